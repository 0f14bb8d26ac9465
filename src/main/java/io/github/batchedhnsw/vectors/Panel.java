// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import java.io.IOException;
import java.util.Arrays;

/**
 * Vectors gathered and interleaved for blocked products, see {@link DistanceKernels#products}. Rows
 * are numbered from 0 in the order of loading; the last block is padded with columns that no bound
 * accepts. Not thread-safe.
 */
public final class Panel {
  private static final int BLOCK_ROWS = DistanceKernels.BLOCK_ROWS;

  private final DistanceKernels kernels = DistanceKernels.best();
  private final int dimension;
  private float[] blockBuffer; // null after trimming
  private float[] packed = new float[0];
  private float[] bias = new float[0];
  private int rows;

  /** An empty panel for vectors of the given dimension. It grows as needed and keeps its arrays. */
  public Panel(int dimension) {
    this.dimension = dimension;
  }

  /**
   * Replaces the contents with {@code count} vectors.
   *
   * @param ordinals their ordinals, from position {@code from} on
   * @throws IOException if a vector cannot be read
   */
  public void load(RowReader reader, int[] ordinals, int from, int count) throws IOException {
    rows = count;
    int padded = columns();
    if (blockBuffer == null) {
      blockBuffer = new float[BLOCK_ROWS * dimension];
    }
    if (bias.length < padded) {
      packed = new float[Math.multiplyExact(padded, dimension)];
      bias = new float[padded];
    }
    for (int block = 0; block < count; block += BLOCK_ROWS) {
      int inBlock = Math.min(count - block, BLOCK_ROWS);
      reader.readBlock(
          ordinals, from + block, inBlock, dimension, blockBuffer, packed, offset(block));
    }
    for (int row = 0; row < count; row++) {
      bias[row] = reader.bias(ordinals[from + row]);
    }
    Arrays.fill(bias, count, padded, Float.POSITIVE_INFINITY);
  }

  /** Releases the buffers that are needed for loading only. */
  public void trim() {
    blockBuffer = null;
  }

  /** Number of components of the vectors. */
  public int dimension() {
    return dimension;
  }

  /** Number of vectors, rounded up to full blocks. */
  public int columns() {
    return (rows + BLOCK_ROWS - 1) / BLOCK_ROWS * BLOCK_ROWS;
  }

  /** The biases of all columns; positive infinity in the padding. */
  public float[] biases() {
    return bias;
  }

  private int offset(int row) {
    return row / BLOCK_ROWS * BLOCK_ROWS * dimension + row % BLOCK_ROWS;
  }

  /**
   * Products of {@link DistanceKernels#STRIP_ROWS} rows with rows of this panel.
   *
   * @param left the rows, one after the other
   * @param leftOffset where the first of them begins
   * @param fromColumn first row of this panel, a multiple of {@link DistanceKernels#BLOCK_ROWS}
   * @param toColumn end (exclusive), likewise
   * @param out product of row {@code r} and column {@code fromColumn + c} at {@code outOffset + r *
   *     outStride + c}
   */
  public void products(
      float[] left,
      int leftOffset,
      int fromColumn,
      int toColumn,
      float[] out,
      int outOffset,
      int outStride) {
    kernels.products(
        left,
        leftOffset,
        packed,
        fromColumn / BLOCK_ROWS,
        toColumn / BLOCK_ROWS,
        dimension,
        out,
        outOffset,
        outStride);
  }
}
