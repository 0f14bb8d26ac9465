// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

import io.github.batchedhnsw.vectors.CodeKernels;

/** Estimates scores from sign codes. */
final class SignScanner extends GroupScanner {
  private final CodeKernels kernels = CodeKernels.best();
  private final SignCodes columns;
  private final boolean innerProduct;
  private final float[] rotated;
  private final float[] zero;
  private final int[] codes;
  private final float[] base = new float[CodeKernels.ROWS];
  private final float[] scale = new float[CodeKernels.ROWS];
  private final int[] outOffsets = new int[CodeKernels.ROWS];
  private final int[] rowMaxima = new int[CodeKernels.ROWS];
  private float[] squares;

  SignScanner(SignCodes columns, int groupRows, boolean innerProduct) {
    this.columns = columns;
    this.innerProduct = innerProduct;
    this.rotated = new float[groupRows * columns.dimension];
    this.zero = new float[columns.dimension];
    this.codes = new int[CodeKernels.ROWS * columns.words];
  }

  @Override
  void setRows(int cell, float[] rows, float[] squares, int count) {
    System.arraycopy(rows, 0, rotated, 0, count * columns.dimension);
    for (int r = 0; r < count; r++) {
      columns.rotation.apply(rotated, r * columns.dimension);
    }
    this.squares = squares;
  }

  @Override
  float[] rotatedRows() {
    return rotated;
  }

  @Override
  int width(int cluster) {
    return columns.lengths[cluster].length;
  }

  @Override
  void scan(
      int cluster,
      int[] rows,
      float[] products,
      int from,
      int to,
      float[] out,
      int[] offsets,
      float[] maxima,
      int[] maximaOffsets) {
    float[] origin = innerProduct ? zero : columns.rotatedCentroids[cluster];
    for (int at = from; at < to; at += CodeKernels.ROWS) {
      int count = Math.min(CodeKernels.ROWS, to - at);
      for (int i = 0; i < count; i++) {
        int pair = at + i;
        int row = rows[pair];
        kernels.signs(
            rotated,
            row * columns.dimension,
            origin,
            0,
            columns.dimension,
            codes,
            i * columns.words,
            1);
        if (innerProduct) {
          base[i] = products[pair];
          scale[i] = (float) Math.sqrt(squares[row]);
        } else {
          float square = Math.max(0, products[pair]);
          base[i] = -square;
          scale[i] = 2 * (float) Math.sqrt(square);
        }
        outOffsets[i] = offsets[row];
        rowMaxima[i] = maximaOffsets[row];
      }
      kernels.estimates(
          codes,
          count,
          columns.words,
          columns.codes[cluster],
          width(cluster) / CodeKernels.BLOCK_COLUMNS,
          columns.lengths[cluster],
          columns.biases[cluster],
          base,
          scale,
          (float) (Math.PI / columns.dimension),
          out,
          outOffsets,
          maxima,
          rowMaxima);
    }
  }
}
