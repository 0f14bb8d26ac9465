// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

import io.github.batchedhnsw.vectors.DistanceKernels;
import java.util.Arrays;

/**
 * For each of some rows, the columns whose estimated scores reach a bound, in no particular order.
 * Not thread-safe.
 */
final class Reached {
  private final DistanceKernels kernels = DistanceKernels.best();

  /** Numbers of each row's columns. */
  final int[][] members;

  /** Their estimates. */
  final float[][] estimates;

  /** How many there are. */
  final int[] counts;

  final float[] bounds;

  private int[] kept = new int[0];

  Reached(int rows) {
    this.members = new int[rows][0];
    this.estimates = new float[rows][0];
    this.counts = new int[rows];
    this.bounds = new float[rows];
  }

  /** Removes a row's columns and sets a bound that every number reaches. */
  void clear(int row) {
    counts[row] = 0;
    bounds[row] = -Float.MAX_VALUE;
  }

  /** Makes room for more columns, and for a block that kernels may overwrite. */
  void reserve(int row, int more) {
    int room = counts[row] + more + DistanceKernels.BLOCK_ROWS;
    if (members[row].length < room) {
      members[row] = Arrays.copyOf(members[row], room + room / 2);
      estimates[row] = Arrays.copyOf(estimates[row], room + room / 2);
    }
  }

  /**
   * Drops columns with estimates below the wanted-th best, which becomes the row's bound. Nothing
   * changes if there are fewer.
   */
  void keepBest(int row, int wanted) {
    int count = counts[row];
    if (count < wanted) {
      return;
    }
    int padded = (count + DistanceKernels.BLOCK_ROWS - 1) & -DistanceKernels.BLOCK_ROWS;
    float[] values = estimates[row];
    Arrays.fill(values, count, padded, Float.NEGATIVE_INFINITY);
    bounds[row] = kernels.greatest(values, 0, padded, wanted);
    if (kept.length < padded + DistanceKernels.BLOCK_ROWS) {
      kept = new int[2 * padded + DistanceKernels.BLOCK_ROWS];
    }
    counts[row] = kernels.atLeast(values, 0, padded, bounds[row], 0, kept, values, 0);
    for (int i = 0; i < counts[row]; i++) {
      members[row][i] = members[row][kept[i]];
    }
  }
}
