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
  private final float[] bounds = new float[CodeKernels.ROWS];
  private final int[][] members = new int[CodeKernels.ROWS][];
  private final float[][] estimates = new float[CodeKernels.ROWS][];
  private final int[] counts = new int[CodeKernels.ROWS];
  private final int[] noMembers = new int[CodeKernels.BLOCK_COLUMNS];
  private final float[] noEstimates = new float[CodeKernels.BLOCK_COLUMNS];
  private int[] scratch = new int[0];
  private float[] squares;

  SignScanner(SignCodes columns, int groupRows, boolean innerProduct) {
    this.columns = columns;
    this.innerProduct = innerProduct;
    this.rotated = new float[groupRows * columns.dimension];
    this.zero = new float[columns.dimension];
    this.codes = new int[CodeKernels.ROWS * columns.words];
  }

  @Override
  void setRows(float[][] rows, float[] squares, int count) {
    for (int r = 0; r < count; r++) {
      System.arraycopy(rows[r], 0, rotated, r * columns.dimension, columns.dimension);
      columns.rotation.apply(rotated, r * columns.dimension);
    }
    this.squares = squares;
  }

  @Override
  int width(int cluster) {
    return columns.lengths[cluster].length;
  }

  @Override
  void scan(
      int cluster, int first, int[] rows, float[] products, int from, int to, Reached reached) {
    float[] origin = innerProduct ? zero : columns.rotatedCentroids[cluster];
    int width = width(cluster);
    int length = CodeKernels.scratchLength(columns.words, width);
    if (scratch.length < length) {
      scratch = new int[2 * length];
    }
    for (int at = from; at < to; at += CodeKernels.ROWS) {
      int count = Math.min(CodeKernels.ROWS, to - at);
      for (int i = 0; i < count; i++) {
        int row = rows[at + i];
        int offset = row * columns.dimension;
        int code = i * columns.words;
        kernels.signs(rotated, offset, origin, 0, columns.dimension, codes, code, 1);
        set(i, row, products[at + i], reached);
      }
      for (int i = count; i < CodeKernels.ROWS; i++) {
        bounds[i] = Float.NaN; // no row
        members[i] = noMembers;
        estimates[i] = noEstimates;
        counts[i] = 0;
      }
      kernels.atLeast(
          codes,
          columns.words,
          columns.codes[cluster],
          width / CodeKernels.BLOCK_COLUMNS,
          columns.lengths[cluster],
          columns.biases[cluster],
          base,
          scale,
          (float) (Math.PI / columns.dimension),
          bounds,
          first,
          members,
          estimates,
          counts,
          scratch);
      for (int i = 0; i < count; i++) {
        reached.counts[rows[at + i]] = counts[i];
      }
    }
  }

  private void set(int i, int row, float product, Reached reached) {
    if (innerProduct) {
      base[i] = product;
      scale[i] = (float) Math.sqrt(squares[row]);
    } else {
      float square = Math.max(0, product);
      base[i] = -square;
      scale[i] = 2 * (float) Math.sqrt(square);
    }
    bounds[i] = reached.bounds[row];
    members[i] = reached.members[row];
    estimates[i] = reached.estimates[row];
    counts[i] = reached.counts[row];
  }
}
