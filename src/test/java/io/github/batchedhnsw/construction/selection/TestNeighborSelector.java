// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.selection;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.ArrayList;
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
        int targetDegree = random().nextInt(maxDegree + 1);
        List<Long> expected = NaiveSelection.select(scores, candidates, maxDegree, targetDegree);
        long[] selected = new long[maxDegree];
        int count = candidates.length;
        // longer than the number of candidates, as callers pass it
        long[] scratch = Arrays.copyOf(candidates, count + random().nextInt(3));
        int chosen = selector.select(scratch, count, maxDegree, targetDegree, selected);
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

  /** More candidates are rejected than a new selector has room for. */
  public void testManyRejected() throws IOException {
    int size = 400;
    long[] candidates = new long[size];
    for (int i = 0; i < size; i++) {
      candidates[i] = ScoredOrdinal.encode(-i, i);
    }
    NeighborSelector selector = new NeighborSelector(new OnlyTheFirst());
    long[] selected = new long[size];
    assertEquals(size, selector.select(candidates, size, size, size, selected));
    assertEquals(1, selector.diverseCount());
    assertArrayEquals(candidates, selected);
  }

  /** Choosing a candidate compares it with all later ones: of no use once there are enough. */
  public void testTheLastOneIsNotCompared() throws IOException {
    long[] candidates = new long[10];
    for (int i = 0; i < candidates.length; i++) {
      candidates[i] = ScoredOrdinal.encode(-i, i);
    }
    List<Integer> compared = new ArrayList<>();
    PairwiseScores allFarApart =
        new PairwiseScores() {
          @Override
          public void reset(long[] all, int count) {}

          @Override
          public boolean isCloseToChosen(int candidate) {
            return false;
          }

          @Override
          public void choose(int candidate) {
            compared.add(candidate);
          }
        };
    NeighborSelector selector = new NeighborSelector(allFarApart);
    assertEquals(4, selector.select(candidates, candidates.length, 4, 0, new long[4]));
    assertEquals(List.of(0, 1, 2), compared);
  }

  /** Every candidate is close to the first one. */
  private static final class OnlyTheFirst implements PairwiseScores {
    private boolean chosen;

    @Override
    public void reset(long[] candidates, int count) {
      chosen = false;
    }

    @Override
    public boolean isCloseToChosen(int candidate) {
      return chosen;
    }

    @Override
    public void choose(int candidate) {
      chosen = true;
    }
  }
}
