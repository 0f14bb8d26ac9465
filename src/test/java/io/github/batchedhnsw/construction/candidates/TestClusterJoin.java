// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.construction.candidates.JoinPlan.ColumnCode;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.parallel.Workers;
import io.github.batchedhnsw.construction.partition.Clustering;
import io.github.batchedhnsw.construction.partition.Clusters;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Candidates have exact scores, and are complete where everything is compared. */
public class TestClusterJoin extends LuceneTestCase {
  private static final int USED = 20;

  private static VectorSet set(List<?> vectors, VectorSimilarityFunction similarity)
      throws IOException {
    int dimension =
        vectors.get(0) instanceof float[] floats ? floats.length : ((byte[]) vectors.get(0)).length;
    return VectorSets.ofHeap(vectors, null, dimension, similarity);
  }

  /** The candidates of each row, null for rows that are none. */
  private static long[][] join(
      VectorSet vectors, int[] ordinals, JoinPlan plan, BitSet rows, ParallelRanges parallel)
      throws IOException {
    Clusters clusters = new Clustering(vectors, parallel, 64, 3).group(ordinals);
    long[][] candidates = new long[ordinals.length][];
    OrdinalScorer[] scorers = new OrdinalScorer[parallel.workers()];
    for (int i = 0; i < scorers.length; i++) {
      scorers[i] = vectors.scorer();
    }
    new ClusterJoin(vectors, ordinals, clusters, plan.code(), parallel, 5)
        .forEachRow(
            plan,
            rows,
            scorers,
            (worker, position, pairs, count) -> {
              assertNull("visited twice", candidates[position]);
              candidates[position] = Arrays.copyOf(pairs, count);
            });
    return candidates;
  }

  private static JoinPlan plan(ColumnCode code, int columns, int hits) {
    return new JoinPlan(code, columns, hits, USED, 0, JoinPlan.LongEdges.NONE);
  }

  /** Exact scores, best first, each once, without the row itself. */
  private static void assertValid(VectorSet vectors, int[] ordinals, long[][] candidates)
      throws IOException {
    OrdinalScorer scorer = vectors.scorer();
    float[] score = new float[1];
    for (int row = 0; row < ordinals.length; row++) {
      if (candidates[row] == null) {
        continue;
      }
      assertTrue(candidates[row].length <= USED);
      scorer.setQuery(ordinals[row]);
      Set<Integer> seen = new HashSet<>();
      for (int i = 0; i < candidates[row].length; i++) {
        int other = ScoredOrdinal.ordinal(candidates[row][i]);
        assertTrue("twice: " + other, seen.add(other));
        assertNotEquals("itself", ordinals[row], other);
        assertTrue(Arrays.binarySearch(ordinals, other) >= 0);
        scorer.score(new int[] {other}, 1, score);
        assertEquals(score[0], ScoredOrdinal.score(candidates[row][i]), 0f);
        assertTrue(i == 0 || candidates[row][i - 1] > candidates[row][i]);
      }
    }
  }

  /** Share of the nearest that candidates hold. */
  private static double share(VectorSet vectors, int[] ordinals, long[][] candidates)
      throws IOException {
    OrdinalScorer scorer = vectors.scorer();
    float[] scores = new float[ordinals.length];
    int found = 0;
    int wanted = 0;
    for (int row = 0; row < ordinals.length; row += 7) {
      scorer.setQuery(ordinals[row]);
      scorer.score(ordinals, ordinals.length, scores);
      scores[row] = Float.NEGATIVE_INFINITY;
      float[] sorted = scores.clone();
      Arrays.sort(sorted);
      float bound = sorted[Math.max(0, sorted.length - USED)];
      for (long pair : candidates[row]) {
        found += ScoredOrdinal.score(pair) >= bound ? 1 : 0;
      }
      wanted += Math.min(USED, ordinals.length - 1);
    }
    return found / (double) wanted;
  }

  public void testCompleteWhereAllColumnsAreProbed() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      for (int size : new int[] {1, 2, 40, 900}) {
        for (List<?> rows :
            List.of(
                VectorData.list(VectorData.normalized(random(), size, 24)),
                VectorData.list(VectorData.bytes(random(), size, 24)))) {
          if (similarity == VectorSimilarityFunction.DOT_PRODUCT && rows.get(0) instanceof byte[]) {
            continue; // not of one length, which Lucene asks for and does not check
          }
          VectorSet vectors = set(rows, similarity);
          int[] all = IntStream.range(0, size).toArray();
          long[][] floats =
              join(vectors, all, plan(ColumnCode.FLOATS, size, 30), null, ParallelRanges.serial());
          assertValid(vectors, all, floats);
          if (size > 1) {
            assertEquals(similarity + ", " + size, 1, share(vectors, all, floats), 1e-3);
          }
          long[][] signs =
              join(vectors, all, plan(ColumnCode.SIGNS, size, 200), null, ParallelRanges.serial());
          assertValid(vectors, all, signs);
          if (size > 1) {
            double share = share(vectors, all, signs);
            assertTrue(similarity + ", " + size + ": " + share, share > 0.8);
          }
        }
      }
    }
  }

  /** A few near columns hold most of the nearest. */
  public void testSomeColumns() throws IOException {
    VectorSet vectors =
        set(
            VectorData.list(VectorData.lowRank(random(), 3000, 64, 6, 0.01f)),
            VectorSimilarityFunction.EUCLIDEAN);
    int[] all = IntStream.range(0, 3000).toArray();
    for (ColumnCode code : ColumnCode.values()) {
      long[][] candidates = join(vectors, all, plan(code, 900, 80), null, ParallelRanges.serial());
      assertValid(vectors, all, candidates);
      double share = share(vectors, all, candidates);
      assertTrue(code + ": " + share, share > 0.75);
    }
  }

  public void testRows() throws IOException {
    int size = 1500;
    VectorSet vectors =
        set(
            VectorData.list(VectorData.uniform(random(), 2 * size, 9)),
            VectorSimilarityFunction.EUCLIDEAN);
    int[] odd = IntStream.range(0, size).map(i -> 2 * i + 1).toArray();
    BitSet rows = new BitSet(size);
    IntStream.range(0, 200).forEach(i -> rows.set(random().nextInt(size)));
    for (ColumnCode code : ColumnCode.values()) {
      JoinPlan plan = plan(code, 700, 40);
      long[][] every = join(vectors, odd, plan, null, ParallelRanges.serial());
      long[][] some = join(vectors, odd, plan, rows, ParallelRanges.serial());
      assertValid(vectors, odd, every);
      for (int row = 0; row < size; row++) {
        assertNotNull(every[row]);
        assertEquals(rows.get(row), some[row] != null);
        if (rows.get(row)) {
          assertArrayEquals(every[row], some[row]);
        }
      }
    }
  }

  public void testSameForAnyNumberOfWorkers() throws IOException {
    VectorSet vectors =
        set(
            VectorData.list(VectorData.uniform(random(), 2000, 20)),
            VectorSimilarityFunction.EUCLIDEAN);
    int[] all = IntStream.range(0, 2000).toArray();
    try (Workers workers = new Workers(8)) {
      for (ColumnCode code : ColumnCode.values()) {
        JoinPlan plan = plan(code, 500, 40);
        long[][] expected = join(vectors, all, plan, null, ParallelRanges.serial());
        for (int threads : new int[] {2, 3, 8}) {
          assertArrayEquals(expected, join(vectors, all, plan, null, workers.ranges(threads)));
        }
      }
    }
  }

  /** Scores that are not finite, and rows that are no nearer to one cluster than to another. */
  public void testHugeAndInfiniteComponents() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      float[][] rows = VectorData.uniform(random(), 3000, 6);
      for (int i = 0; i < rows.length; i += 3) {
        rows[i][i % 6] *= i % 2 == 0 ? 1e30f : Float.POSITIVE_INFINITY;
      }
      VectorSet vectors = set(VectorData.list(rows), similarity);
      int[] all = IntStream.range(0, rows.length).toArray();
      for (ColumnCode code : ColumnCode.values()) {
        long[][] candidates =
            join(vectors, all, plan(code, 200, 40), null, ParallelRanges.serial());
        for (int row = 0; row < rows.length; row++) {
          assertNotNull(candidates[row]);
          int self = row;
          assertTrue(
              Arrays.stream(candidates[row]).noneMatch(p -> ScoredOrdinal.ordinal(p) == self));
        }
      }
    }
  }
}
