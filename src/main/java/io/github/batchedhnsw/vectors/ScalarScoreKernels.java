// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import java.util.Arrays;

/** {@link ScoreKernels} in plain Java. */
sealed interface ScalarScoreKernels extends ScoreKernels permits ScalarKernels {

  @Override
  default void scores(
      float[] products,
      int offset,
      int count,
      float[] bias,
      float scale,
      float shift,
      float[] out,
      int outOffset) {
    for (int i = 0; i < count; i++) {
      out[outOffset + i] = scale * (products[offset + i] - bias[i]) - shift;
    }
  }

  @Override
  default int atLeast(
      float[] values,
      int offset,
      int count,
      float bound,
      int first,
      int[] numbers,
      float[] found,
      int at) {
    int n = at;
    for (int i = 0; i < count; i++) {
      if (values[offset + i] >= bound) {
        numbers[n] = first + i;
        found[n++] = values[offset + i];
      }
    }
    return n;
  }

  @Override
  default float greatest(float[] values, int offset, int count, int rank) {
    float[] sorted = Arrays.copyOfRange(values, offset, offset + count);
    Arrays.sort(sorted); // what is no number comes last
    int numbers = count;
    while (numbers > 0 && sorted[numbers - 1] != sorted[numbers - 1]) {
      numbers--;
    }
    return numbers < rank ? Float.NEGATIVE_INFINITY : sorted[numbers - rank];
  }
}
