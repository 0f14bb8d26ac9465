// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

/** {@link CodeKernels} in plain Java. */
final class ScalarCodeKernels implements CodeKernels {
  @Override
  public void atLeast(
      int[] rows,
      int words,
      int[] columns,
      int blocks,
      float[] lengths,
      float[] biases,
      float[] base,
      float[] scale,
      float radiansPerBit,
      float[] bounds,
      int first,
      int[][] members,
      float[][] estimates,
      int[] counts,
      int[] scratch) {
    for (int row = 0; row < ROWS; row++) {
      for (int column = 0; column < blocks * BLOCK_COLUMNS; column++) {
        int at = column / BLOCK_COLUMNS * words * BLOCK_COLUMNS + column % BLOCK_COLUMNS;
        int distance = 0;
        for (int w = 0; w < words; w++) {
          distance += Integer.bitCount(rows[row * words + w] ^ columns[at + w * BLOCK_COLUMNS]);
        }
        float x = HALF_PI - radiansPerBit * distance;
        float x2 = x * x;
        float cosine = x * ((FIFTH * x2 - THIRD) * x2 + 1);
        float estimate = (scale[row] * lengths[column] * cosine - biases[column]) + base[row];
        if (estimate >= bounds[row]) {
          members[row][counts[row]] = first + column;
          estimates[row][counts[row]++] = estimate;
        }
      }
    }
  }

  @Override
  public void hadamard(float[] values, int offset, int length) {
    for (int half = 1; half < length; half *= 2) {
      for (int i = offset; i < offset + length; i += 2 * half) {
        for (int j = i; j < i + half; j++) {
          float sum = values[j] + values[j + half];
          values[j + half] = values[j] - values[j + half];
          values[j] = sum;
        }
      }
    }
  }

  @Override
  public void signs(
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      int count,
      int[] code,
      int offset,
      int stride) {
    for (int from = 0, at = offset; from < count; from += Integer.SIZE, at += stride) {
      int word = 0;
      for (int i = from; i < Math.min(from + Integer.SIZE, count); i++) {
        word |= a[aOffset + i] < b[bOffset + i] ? 1 << i : 0;
      }
      code[at] = word;
    }
  }

  static final float HALF_PI = (float) (Math.PI / 2);

  /** Coefficients of the third and the fifth power in the series of the sine. */
  static final float THIRD = 1 / 6f;

  static final float FIFTH = 1 / 120f;
}
