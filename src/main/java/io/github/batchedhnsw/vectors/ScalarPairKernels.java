// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

/** {@link PairKernels} in plain Java. */
sealed interface ScalarPairKernels extends PairKernels permits ScalarKernels {

  /** The sum of some partial sums, which are overwritten. */
  static float fold(float[] sums) {
    for (int half = sums.length / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        sums[i] += sums[i + half];
      }
    }
    return sums[0];
  }

  @Override
  default float dot(float[] a, float[] b) {
    float[] sums = new float[SUMS];
    int i = 0;
    for (; i + SUMS <= a.length; i += SUMS) {
      for (int s = 0; s < SUMS; s++) {
        sums[s] = ScalarKernels.fma(a[i + s], b[i + s], sums[s]);
      }
    }
    for (int s = 0; i < a.length; i++, s++) {
      sums[s] = ScalarKernels.fma(a[i], b[i], sums[s]);
    }
    return fold(sums);
  }

  private static float squareDistance(float[] a, float[] b) {
    float[] sums = new float[SUMS];
    int i = 0;
    for (; i + SUMS <= a.length; i += SUMS) {
      for (int s = 0; s < SUMS; s++) {
        float difference = a[i + s] - b[i + s];
        sums[s] = ScalarKernels.fma(difference, difference, sums[s]);
      }
    }
    for (int s = 0; i < a.length; i++, s++) {
      float difference = a[i] - b[i];
      sums[s] = ScalarKernels.fma(difference, difference, sums[s]);
    }
    return fold(sums);
  }

  @Override
  default void dot4(
      float[] query, float[] row0, float[] row1, float[] row2, float[] row3, float[] out) {
    out[0] = dot(query, row0);
    out[1] = dot(query, row1);
    out[2] = dot(query, row2);
    out[3] = dot(query, row3);
  }

  @Override
  default void squareDistance4(
      float[] query, float[] row0, float[] row1, float[] row2, float[] row3, float[] out) {
    out[0] = squareDistance(query, row0);
    out[1] = squareDistance(query, row1);
    out[2] = squareDistance(query, row2);
    out[3] = squareDistance(query, row3);
  }

  @Override
  default float difference(float[] a, int aOffset, float[] b, float[] out, int outOffset) {
    float[] sums = new float[SUMS];
    for (int i = 0; i < b.length; i++) {
      float difference = a[aOffset + i] - b[i];
      out[outOffset + i] = difference;
      sums[i % SUMS] = ScalarKernels.fma(difference, difference, sums[i % SUMS]);
    }
    return fold(sums);
  }

  @Override
  default int dot(byte[] a, byte[] b) {
    int sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  @Override
  default int squareDistance(byte[] a, byte[] b) {
    int sum = 0;
    for (int i = 0; i < a.length; i++) {
      int d = a[i] - b[i];
      sum += d * d;
    }
    return sum;
  }
}
