// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

/** Arithmetic over panels of interleaved rows; see {@link DistanceKernels} and {@link Panel}. */
sealed interface BlockKernels permits DistanceKernels, PanamaBlockKernels, ScalarBlockKernels {

  /** Rows that {@link #products} multiplies at once with all rows of a panel. */
  int STRIP_ROWS = 8;

  /**
   * Number of rows that a {@link Panel} interleaves. Row {@code r} of a panel is lane {@code r %
   * BLOCK_ROWS} of block {@code r / BLOCK_ROWS}.
   */
  int BLOCK_ROWS = 16;

  /**
   * Interleaves {@link #BLOCK_ROWS} rows: component {@code k} of row {@code l} goes from {@code
   * rows[l * rowStride + k]} to {@code packed[offset + k * BLOCK_ROWS + l]}.
   *
   * @param rowStride at least {@code dimension}
   */
  void interleave(float[] rows, int rowStride, int dimension, float[] packed, int offset);

  /**
   * Dot products of {@link #STRIP_ROWS} rows with all rows of some blocks. Panels hold component
   * {@code k} of lane {@code l} of block {@code b} at {@code (b * dimension + k) * BLOCK_ROWS + l}.
   * Every product is summed over the components in ascending order, by fused multiply-adds, so its
   * bits depend on the two rows alone.
   *
   * @param left the strip's rows, {@code dimension} components each, one after the other; there are
   *     always {@link #STRIP_ROWS}
   * @param leftOffset where the strip's first row begins
   * @param right panel of the other rows
   * @param fromBlock first block of {@code right}
   * @param toBlock end (exclusive) of the blocks of {@code right}
   * @param out receives the product of the strip's row {@code r} with row {@code c} of {@code
   *     right}, counted from {@code fromBlock}, at {@code r * outStride + c}
   */
  void products(
      float[] left,
      int leftOffset,
      float[] right,
      int fromBlock,
      int toBlock,
      int dimension,
      float[] out,
      int outOffset,
      int outStride);
}
