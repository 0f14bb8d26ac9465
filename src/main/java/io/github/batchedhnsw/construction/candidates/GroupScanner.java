// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

/** Estimates the scores of a group of rows with the columns of clusters. Not thread-safe. */
abstract class GroupScanner {

  /** Sets the rows, all of one cell. */
  abstract void setRows(float[][] rows, float[] squares, int count);

  /** Most columns that {@link #scan} finds in a cluster: its members, and padding. */
  abstract int width(int cluster);

  /**
   * Finds the members of a cluster whose estimated scores reach the rows' bounds.
   *
   * @param first number of the first member
   * @param rows numbers of the rows, from {@code from} to {@code to}
   * @param products of the rows with the centroid, at the same positions: squared distances, or dot
   *     products if scores are inner products
   * @param reached receives the members; must have room for {@link #width} of them in each row
   */
  abstract void scan(
      int cluster, int first, int[] rows, float[] products, int from, int to, Reached reached);
}
