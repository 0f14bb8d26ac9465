// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.util.Arrays;
import java.util.Comparator;

/**
 * Sorts vectors that have no natural order cluster after cluster: each belongs to the nearest of
 * some vectors drawn as pivots, ties to the smaller pivot, and vectors of one pivot stay in their
 * order.
 */
final class ClusterOrder {
  /** Enough to make long runs of similar vectors, few enough to take seconds. */
  private static final int PIVOTS = 64;

  private ClusterOrder() {}

  /** The same vectors, sorted. */
  static FloatVectors sort(FloatVectors vectors, long seed) {
    int[] drawn = RowOrder.permutation(vectors.count(), seed);
    float[][] pivots =
        RowOrder.select(vectors, Arrays.copyOf(drawn, Math.min(PIVOTS, drawn.length))).rows();
    float[][] nearest =
        ParallelRows.make(
                "sort by cluster",
                vectors.count(),
                row -> new float[] {nearest(pivots, vectors.rows()[row])})
            .rows();
    Integer[] order = new Integer[vectors.count()];
    Arrays.setAll(order, row -> row);
    Arrays.sort(order, Comparator.comparingDouble(row -> nearest[row][0]));
    return RowOrder.select(vectors, Arrays.stream(order).mapToInt(row -> row).toArray());
  }

  private static int nearest(float[][] pivots, float[] row) {
    int best = 0;
    float bestDistance = Float.POSITIVE_INFINITY;
    for (int pivot = 0; pivot < pivots.length; pivot++) {
      float distance = squaredDistance(pivots[pivot], row);
      if (distance < bestDistance) {
        bestDistance = distance;
        best = pivot;
      }
    }
    return best;
  }

  /** Adds in a fixed order, so that data do not differ from JVM to JVM. */
  private static float squaredDistance(float[] a, float[] b) {
    float sum = 0;
    for (int i = 0; i < a.length; i++) {
      float difference = a[i] - b[i];
      sum += difference * difference;
    }
    return sum;
  }
}
