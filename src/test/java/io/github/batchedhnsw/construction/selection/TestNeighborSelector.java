// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.selection;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;

/** The diversity rule. */
public class TestNeighborSelector extends LuceneTestCase {

  public void testAgainstTheDefinition() throws IOException {
    for (int round = 0; round < 50; round++) {
      int size = random().nextInt(1, 80);
      VectorSet set = NaiveSelection.randomSet(size);
      float[][] scores = NaiveSelection.scores(set);
      int largest = random().nextInt(1, 40);
      NeighborSelector selector = new NeighborSelector(new EagerPairwiseScores(set.scorer()));
      for (int i = 0; i < 20; i++) {
        int node = random().nextInt(size);
        long[] candidates =
            NaiveSelection.candidates(
                scores,
                node,
                NaiveSelection.shuffledOrdinals(size).subList(0, random().nextInt(size + 1)));
        int maxDegree = random().nextInt(1, largest + 1);
        int fillDegree = random().nextInt(maxDegree + 1);
        List<Long> expected = NaiveSelection.select(scores, candidates, maxDegree, fillDegree);
        long[] selected = new long[maxDegree];
        int count = candidates.length;
        // longer than the number of candidates, as callers pass it
        long[] scratch = Arrays.copyOf(candidates, count + random().nextInt(3));
        int chosen = selector.select(scratch, count, maxDegree, fillDegree, selected);
        assertArrayEquals(
            expected.stream().mapToLong(Long::longValue).toArray(),
            Arrays.copyOf(selected, chosen));
        assertEquals(
            NaiveSelection.select(scores, candidates, maxDegree, 0).size(),
            selector.diverseCount());
      }
    }
  }

  public void testDuplicatesOfOnePointAreOneNeighbor() throws IOException {
    float[][] vectors = VectorData.identical(random(), 20, 4);
    VectorSet set =
        VectorSets.ofHeap(VectorData.list(vectors), null, 4, VectorSimilarityFunction.EUCLIDEAN);
    long[] candidates =
        NaiveSelection.candidates(
            NaiveSelection.scores(set), 0, NaiveSelection.shuffledOrdinals(20));
    long[] selected = new long[8];
    NeighborSelector selector = new NeighborSelector(new EagerPairwiseScores(set.scorer()));
    assertEquals(1, selector.select(candidates.clone(), 19, 8, 0, selected));
    assertEquals(1, ScoredOrdinal.ordinal(selected[0]));
    assertEquals(6, selector.select(candidates.clone(), 19, 8, 6, selected));
    for (int i = 0; i < 6; i++) {
      assertEquals(i + 1, ScoredOrdinal.ordinal(selected[i]));
    }
  }
}
