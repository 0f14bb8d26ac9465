// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import java.util.Arrays;

/** {@link BlockKernels} in plain Java. */
sealed interface ScalarBlockKernels extends BlockKernels permits ScalarKernels {

  @Override
  default void interleave(float[] rows, int rowStride, int dimension, float[] packed, int offset) {
    for (int row = 0; row < BLOCK_ROWS; row++) {
      for (int k = 0, o = offset + row; k < dimension; k++, o += BLOCK_ROWS) {
        packed[o] = rows[row * rowStride + k];
      }
    }
  }

  @Override
  default void products(
      float[] left,
      int leftOffset,
      float[] right,
      int fromBlock,
      int toBlock,
      int dimension,
      float[] out,
      int outOffset,
      int outStride) {
    float[] sums = new float[BLOCK_ROWS];
    for (int block = fromBlock; block < toBlock; block++) {
      for (int row = 0; row < STRIP_ROWS; row++) {
        Arrays.fill(sums, 0);
        int l = leftOffset + row * dimension;
        int r = block * dimension * BLOCK_ROWS;
        for (int k = 0; k < dimension; k++, r += BLOCK_ROWS) {
          float component = left[l + k];
          for (int lane = 0; lane < BLOCK_ROWS; lane++) { // vectorised by the JIT compiler
            sums[lane] = ScalarKernels.fma(component, right[r + lane], sums[lane]);
          }
        }
        System.arraycopy(
            sums,
            0,
            out,
            outOffset + row * outStride + (block - fromBlock) * BLOCK_ROWS,
            BLOCK_ROWS);
      }
    }
  }
}
