// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.construction.linking.ForwardLists;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.selection.EagerPairwiseScores;
import io.github.batchedhnsw.construction.selection.NeighborSelector;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Lists are what the diversity rule selects from a node's nearest, found one by one. */
public class TestAllPairs extends LuceneTestCase {
  private static final int MAX_DEGREE = 12;

  /** Some ordinals, ascending. */
  private static int[] someOf(int size) {
    int[] some = IntStream.range(0, size).filter(i -> random().nextInt(3) > 0).toArray();
    return some.length < 2 ? new int[] {0, size - 1} : some;
  }

  private static OrdinalScorer[] scorers(VectorSet vectors, int count) throws IOException {
    OrdinalScorer[] scorers = new OrdinalScorer[count];
    for (int i = 0; i < count; i++) {
      scorers[i] = vectors.scorer();
    }
    return scorers;
  }

  /** Selects the neighbours of a node from the nearest of the others, without a matrix. */
  private static long[] expected(
      VectorSet vectors, int[] ordinals, int node, int used, int targetDegree, int[] diverse)
      throws IOException {
    OrdinalScorer scorer = vectors.scorer();
    int[] others = Arrays.stream(ordinals).filter(o -> o != node).toArray();
    float[] scores = new float[others.length];
    scorer.setQuery(node);
    scorer.score(others, others.length, scores);
    long[] pairs = new long[others.length];
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = ScoredOrdinal.encode(scores[i], others[i]);
    }
    Arrays.sort(pairs);
    long[] best = new long[Math.min(used, pairs.length)];
    for (int i = 0; i < best.length; i++) {
      best[i] = pairs[pairs.length - 1 - i];
    }
    NeighborSelector selector = new NeighborSelector(new EagerPairwiseScores(scorer));
    long[] selected = new long[MAX_DEGREE];
    int count = selector.select(best, best.length, MAX_DEGREE, targetDegree, selected);
    diverse[0] = selector.diverseCount();
    return Arrays.copyOf(selected, count);
  }

  public void testSelectsFromTheNearest() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      for (int size : new int[] {2, 17, 33, random().nextInt(100, 300)}) {
        int dimension = random().nextInt(2, 40);
        float[][] data =
            similarity == VectorSimilarityFunction.DOT_PRODUCT
                ? VectorData.normalized(random(), size, dimension)
                : VectorData.uniform(random(), size, dimension);
        List<?> rows =
            random().nextInt(4) == 0
                ? List.of(VectorData.bytes(random(), size, dimension))
                : VectorData.list(data);
        VectorSet vectors = VectorSets.ofHeap(rows, null, dimension, similarity);
        int[] ordinals = someOf(size);
        BitSet selecting = new BitSet();
        IntStream.range(0, ordinals.length)
            .filter(i -> random().nextInt(5) > 0)
            .forEach(selecting::set);
        int used = random().nextInt(1, 60);
        int targetDegree = random().nextInt(MAX_DEGREE);
        ForwardLists lists =
            new ForwardLists(
                new FlatAdjacency(ordinals, ordinals.length, MAX_DEGREE),
                random().nextBoolean() ? null : selecting,
                new short[ordinals.length]);
        ParallelRanges serial = ParallelRanges.serial();
        AllPairs.select(lists, scorers(vectors, 1), used, targetDegree, serial);
        for (int slot = 0; slot < ordinals.length; slot++) {
          String message = similarity + " " + size + " " + slot;
          if (!lists.selects(slot)) {
            assertEquals(message, 0, lists.level().degree(slot));
            continue;
          }
          int[] diverse = new int[1];
          long[] expected =
              expected(vectors, ordinals, ordinals[slot], used, targetDegree, diverse);
          assertEquals(message, diverse[0], lists.diverse()[slot]);
          assertEquals(message, expected.length, lists.level().degree(slot));
          for (int i = 0; i < expected.length; i++) {
            assertEquals(
                message, ScoredOrdinal.ordinal(expected[i]), lists.level().neighbor(slot, i));
            assertEquals(
                message, ScoredOrdinal.score(expected[i]), lists.level().score(slot, i), 0f);
          }
        }
      }
    }
  }
}
