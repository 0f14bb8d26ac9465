// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

import io.github.batchedhnsw.vectors.DistanceKernels;
import io.github.batchedhnsw.vectors.Panel;

/** Computes scores in float32, relative to the centroid of the columns' cluster. */
final class FloatScanner extends GroupScanner {
  private static final int STRIP_ROWS = DistanceKernels.STRIP_ROWS;

  private final DistanceKernels kernels = DistanceKernels.best();
  private final FloatColumns columns;
  private final float[] strip;
  private final float[] squares = new float[STRIP_ROWS];
  private float[] products = new float[0];
  private float[][] rows;

  FloatScanner(FloatColumns columns) {
    this.columns = columns;
    this.strip = new float[STRIP_ROWS * columns.dimension];
  }

  @Override
  void setRows(float[][] rows, float[] squares, int count) {
    this.rows = rows;
  }

  @Override
  int width(int cluster) {
    return columns.panels[cluster].columns();
  }

  @Override
  void scan(
      int cluster, int first, int[] rowNumbers, float[] unused, int from, int to, Reached reached) {
    Panel panel = columns.panels[cluster];
    int width = panel.columns();
    if (products.length < STRIP_ROWS * width) {
      products = new float[2 * STRIP_ROWS * width];
    }
    int dimension = columns.dimension;
    float[] origin = columns.origins[cluster];
    for (int at = from; at < to; at += STRIP_ROWS) {
      int count = Math.min(STRIP_ROWS, to - at);
      for (int i = 0; i < count; i++) {
        float[] row = rows[rowNumbers[at + i]];
        if (columns.innerProduct) {
          System.arraycopy(row, 0, strip, i * dimension, dimension);
        } else {
          squares[i] = kernels.difference(row, 0, origin, strip, i * dimension);
        }
      }
      panel.products(strip, 0, 0, width, products, 0, width);
      for (int i = 0; i < count; i++) {
        int row = rowNumbers[at + i];
        kernels.scores(
            products,
            i * width,
            width,
            panel.biases(),
            columns.innerProduct ? 1 : 2,
            squares[i],
            products,
            i * width);
        reached.counts[row] =
            kernels.atLeast(
                products,
                i * width,
                width,
                reached.bounds[row],
                first,
                reached.members[row],
                reached.estimates[row],
                reached.counts[row]);
      }
    }
  }
}
