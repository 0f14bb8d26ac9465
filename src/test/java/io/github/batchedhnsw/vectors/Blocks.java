// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import java.util.Arrays;

/** Rows interleaved as {@link DistanceKernels#products} wants them, and what it must then give. */
final class Blocks {
  private Blocks() {}

  /**
   * Rows in the layout of a panel; lanes without row are zero.
   *
   * @param offset floats before the first block, which are not numbers
   */
  static float[] pack(float[][] rows, int offset) {
    int dimension = rows[0].length;
    int blockRows = BlockKernels.BLOCK_ROWS;
    int blocks = (rows.length + blockRows - 1) / blockRows;
    float[] packed = new float[offset + blocks * blockRows * dimension];
    Arrays.fill(packed, 0, offset, Float.NaN);
    for (int row = 0; row < rows.length; row++) {
      for (int k = 0; k < dimension; k++) {
        int block = row / blockRows;
        packed[offset + (block * dimension + k) * blockRows + row % blockRows] = rows[row][k];
      }
    }
    return packed;
  }

  /** The sum in ascending order of components, as some kernels must compute it. */
  static float product(DistanceKernels kernels, float[] a, float[] b) {
    float sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum = KernelTestCase.fma(kernels, a[k], b[k], sum);
    }
    return sum;
  }
}
