// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import java.util.Arrays;

/**
 * Scores of one row with many columns: made from products, and the greatest of them found; see
 * {@link DistanceKernels}.
 */
sealed interface ScoreKernels permits DistanceKernels, PanamaScoreKernels, ScalarScoreKernels {

  /**
   * Stripes by which {@link #scores} keeps maxima: {@code s} is the indices with {@code i % 16 ==
   * s}.
   */
  int SCORE_STRIPES = 16;

  /**
   * Turns products into scores: {@code out[outOffset + i] = scale * (products[offset + i] -
   * bias[i]) - shift} for all {@code i < count}.
   *
   * @param count a multiple of {@link BlockKernels#BLOCK_ROWS}
   * @param maxima receives the greatest of each of {@link #SCORE_STRIPES} stripes, from {@code
   *     maximaOffset} on; negative infinity where there is none
   */
  void scores(
      float[] products,
      int offset,
      int count,
      float[] bias,
      float scale,
      float shift,
      float[] out,
      int outOffset,
      float[] maxima,
      int maximaOffset);

  /**
   * Keeps the greatest value of every stripe: {@code maxima[s]} is that of the indices {@code i}
   * with {@code i % stripes == s}.
   *
   * @param count a multiple of {@link BlockKernels#BLOCK_ROWS}
   * @param stripes a multiple of {@link BlockKernels#BLOCK_ROWS}
   */
  void stripeMaxima(float[] values, int offset, int count, float[] maxima, int stripes);

  /**
   * Whether any of {@code count} values is at least {@code bound}.
   *
   * @param count a multiple of {@link BlockKernels#BLOCK_ROWS}
   */
  boolean anyAtLeast(float[] values, int offset, int count, float bound);

  /**
   * Collects the values {@code values[offset + i] >= bound}, {@code i < count}, ascending by index.
   *
   * @param count a multiple of {@link BlockKernels#BLOCK_ROWS}
   * @param indices receives {@code i}; with room for {@link BlockKernels#BLOCK_ROWS} more than are
   *     found, like {@code found}; what follows those may be overwritten
   * @param found receives the values
   * @return how many there are
   */
  int atLeast(float[] values, int offset, int count, float bound, int[] indices, float[] found);

  /**
   * The {@code rank}-th greatest of {@code count} values, 1 for the greatest; negative infinity
   * where fewer of them are numbers.
   *
   * @param count a multiple of {@link BlockKernels#BLOCK_ROWS}, at least {@code rank}
   */
  float greatest(float[] values, int offset, int count, int rank);

  /**
   * Sorts different values, the greatest first.
   *
   * @param sorted receives the first {@code count} values; another array
   */
  default void sortDescending(long[] values, int count, long[] sorted) {
    System.arraycopy(values, 0, sorted, 0, count);
    Arrays.sort(sorted, 0, count);
    for (int i = 0, j = count - 1; i < j; i++, j--) {
      long swapped = sorted[i];
      sorted[i] = sorted[j];
      sorted[j] = swapped;
    }
  }
}
