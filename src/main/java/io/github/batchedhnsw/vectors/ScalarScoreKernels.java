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
      int outOffset,
      float[] maxima,
      int maximaOffset) {
    for (int i = 0; i < count; i++) {
      out[outOffset + i] = scale * (products[offset + i] - bias[i]) - shift;
    }
    for (int stripe = 0; stripe < SCORE_STRIPES; stripe++) {
      float greatest = Float.NEGATIVE_INFINITY;
      for (int i = stripe; i < count; i += SCORE_STRIPES) {
        greatest = Math.max(greatest, out[outOffset + i]);
      }
      maxima[maximaOffset + stripe] = greatest;
    }
  }

  @Override
  default void stripeMaxima(float[] values, int offset, int count, float[] maxima, int stripes) {
    Arrays.fill(maxima, 0, stripes, Float.NEGATIVE_INFINITY);
    for (int from = 0; from < count; from += stripes) {
      for (int i = from, to = Math.min(count, from + stripes); i < to; i++) {
        maxima[i - from] = Math.max(maxima[i - from], values[offset + i]);
      }
    }
  }

  @Override
  default boolean anyAtLeast(float[] values, int offset, int count, float bound) {
    boolean any = false;
    for (int i = offset; i < offset + count; i++) {
      any |= values[i] >= bound;
    }
    return any;
  }

  @Override
  default int atLeast(
      float[] values, int offset, int count, float bound, int[] indices, float[] found) {
    int n = 0;
    for (int i = 0; i < count; i++) {
      if (values[offset + i] >= bound) {
        indices[n] = i;
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
