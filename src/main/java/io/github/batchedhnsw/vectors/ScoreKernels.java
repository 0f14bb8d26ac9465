// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import java.util.Arrays;

/**
 * Scores of one row with many columns: made from products, and the greatest of them found; see
 * {@link DistanceKernels}.
 */
sealed interface ScoreKernels permits DistanceKernels, PanamaScoreKernels, ScalarScoreKernels {

  /**
   * Turns products into scores: {@code out[outOffset + i] = scale * (products[offset + i] -
   * bias[i]) - shift} for all {@code i < count}.
   *
   * @param count a multiple of {@link BlockKernels#BLOCK_ROWS}
   */
  void scores(
      float[] products,
      int offset,
      int count,
      float[] bias,
      float scale,
      float shift,
      float[] out,
      int outOffset);

  /**
   * Appends the values {@code values[offset + i] >= bound}, {@code i < count}, ascending by index.
   *
   * @param count a multiple of {@link BlockKernels#BLOCK_ROWS}
   * @param first number of the first value
   * @param numbers receives {@code first + i}, from {@code at} on; with room for {@link
   *     BlockKernels#BLOCK_ROWS} more than are found, like {@code found}; what follows those may be
   *     overwritten
   * @param found receives the values; may be {@code values} if {@code at} is at most {@code offset}
   * @return where they end
   */
  int atLeast(
      float[] values,
      int offset,
      int count,
      float bound,
      int first,
      int[] numbers,
      float[] found,
      int at);

  /**
   * Drops the columns {@code i < count} whose {@code others[i] >= scores[from + i]} from three
   * arrays, which keep what remains from their beginning on, in order. All arrays have room for
   * {@link BlockKernels#BLOCK_ROWS} more than are read; what follows the remaining ones may be
   * overwritten.
   *
   * @param from where the columns begin in {@code scores} and {@code positions}; in {@code
   *     ordinals} they begin at 0
   * @return how many remain
   */
  default int dropReached(
      float[] others, int count, float[] scores, int[] positions, int from, int[] ordinals) {
    int n = 0;
    for (int i = 0; i < count; i++) { // without branches
      float score = scores[from + i];
      ordinals[n] = ordinals[i];
      positions[n] = positions[from + i];
      scores[n] = score;
      n += others[i] >= score ? 0 : 1;
    }
    return n;
  }

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
