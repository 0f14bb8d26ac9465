// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.partition;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.graph.SplitMix;
import io.github.batchedhnsw.vectors.DistanceKernels;
import java.io.IOException;
import java.util.Arrays;

/** Centroids by Lloyd's algorithm, and the nearest of them. */
final class Lloyd {
  private static final int ROUNDS = 2;

  /** Vectors that are assigned between two abort checks. */
  static final int CHECK_INTERVAL = 256;

  private Lloyd() {}

  /**
   * Computes centroids of some vectors.
   *
   * @param count of the centroids, at most as many as vectors
   * @param seed of the vectors that centroids start from
   * @param parallel runs the abort check
   */
  static float[][] centroids(float[][] vectors, int count, long seed, ParallelRanges parallel)
      throws IOException {
    float[][] centroids = new float[count][];
    for (int c = 0; c < count; c++) {
      centroids[c] = vectors[SplitMix.sample(seed + 1, c, count, vectors.length)].clone();
    }
    Nearest nearest = new Nearest();
    float[][] rows = new float[Nearest.ROWS][];
    int[] nearestOf = new int[Nearest.ROWS];
    int[] sizes = new int[count];
    double[][] sums = new double[count][vectors[0].length];
    for (int round = 0; round < (count == 1 ? 1 : ROUNDS); round++) {
      Arrays.fill(sizes, 0);
      for (double[] sum : sums) {
        Arrays.fill(sum, 0);
      }
      for (int i = 0; i < vectors.length; i += Nearest.ROWS) {
        if (i % CHECK_INTERVAL == 0) {
          parallel.checkAborted();
        }
        int inRange = Math.min(Nearest.ROWS, vectors.length - i);
        for (int row = 0; row < Nearest.ROWS; row++) {
          rows[row] = vectors[i + Math.min(row, inRange - 1)];
        }
        nearest.of(rows, inRange, centroids, nearestOf, 0);
        for (int row = 0; row < inRange; row++) {
          sizes[nearestOf[row]]++;
          add(rows[row], sums[nearestOf[row]]);
        }
      }
      for (int c = 0; c < count; c++) {
        if (sizes[c] > 0) {
          for (int k = 0; k < sums[c].length; k++) {
            centroids[c][k] = (float) (sums[c][k] / sizes[c]);
          }
        }
      }
    }
    return centroids;
  }

  private static void add(float[] vector, double[] sum) {
    for (int k = 0; k < sum.length; k++) {
      sum[k] += vector[k];
    }
  }

  /** Finds the nearest of some centroids, the first of equally near ones. Not thread-safe. */
  static final class Nearest {
    /** Vectors that are compared at once. */
    static final int ROWS = 4;

    private final DistanceKernels kernels = DistanceKernels.best();
    private final float[] distances = new float[DistanceKernels.TILE_ROOM];
    private final float[] least = new float[ROWS];

    /**
     * Finds the nearest centroids of some vectors.
     *
     * @param vectors of {@link #ROWS}; those from {@code count} on are not looked at
     * @param nearest receives the centroid's number for each vector, from {@code from} on; 0 where
     *     no distance is a number
     */
    void of(float[][] vectors, int count, float[][] centroids, int[] nearest, int from) {
      Arrays.fill(least, Float.POSITIVE_INFINITY);
      Arrays.fill(nearest, from, from + count, 0);
      int last = centroids.length - 1;
      for (int c = 0; c < centroids.length; c += 4) {
        kernels.squareDistance4x4(
            vectors[0],
            vectors[1],
            vectors[2],
            vectors[3],
            centroids[c],
            centroids[Math.min(c + 1, last)],
            centroids[Math.min(c + 2, last)],
            centroids[Math.min(c + 3, last)],
            distances);
        for (int i = 0; i < count; i++) {
          for (int j = 0; j < 4; j++) { // the last centroid, repeated, is not nearer than itself
            if (distances[4 * i + j] < least[i]) {
              least[i] = distances[4 * i + j];
              nearest[from + i] = c + j;
            }
          }
        }
      }
    }
  }
}
