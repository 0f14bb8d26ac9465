// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

import io.github.batchedhnsw.vectors.DistanceKernels;

/** Estimates the scores of a group of rows with the columns of clusters. Not thread-safe. */
abstract class GroupScanner {

  /**
   * Sets the rows.
   *
   * @param cell the cell that all rows belong to
   * @param rows one after the other
   */
  abstract void setRows(int cell, float[] rows, float[] squares, int count);

  /** The rows, rotated, one after the other; null if columns have no sign codes. */
  float[] rotatedRows() {
    return null;
  }

  /** Number of columns that {@link #scan} writes for a cluster. */
  abstract int width(int cluster);

  /**
   * Estimates scores of some rows with all members of a cluster.
   *
   * @param rows numbers of the rows, from {@code from} to {@code to}
   * @param products of the rows with the centroid, at the same positions: squared distances, or dot
   *     products if scores are inner products
   * @param out receives {@link #width} estimates for each row, at {@code offsets[row]}
   * @param maxima receives the greatest estimates of {@link DistanceKernels#SCORE_STRIPES} stripes
   *     for each row, at {@code maximaOffsets[row]}
   */
  abstract void scan(
      int cluster,
      int[] rows,
      float[] products,
      int from,
      int to,
      float[] out,
      int[] offsets,
      float[] maxima,
      int[] maximaOffsets);
}
