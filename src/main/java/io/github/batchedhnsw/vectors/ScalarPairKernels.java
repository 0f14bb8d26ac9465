// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

/**
 * {@link PairKernels} in plain Java: four independent sums per pair of floats, combined in a fixed
 * order, so that the processor can overlap them.
 */
sealed interface ScalarPairKernels extends PairKernels permits ScalarKernels {

  @Override
  default float dot(float[] a, float[] b) {
    float s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    int i = 0;
    for (int bound = a.length & ~3; i < bound; i += 4) {
      s0 += a[i] * b[i];
      s1 += a[i + 1] * b[i + 1];
      s2 += a[i + 2] * b[i + 2];
      s3 += a[i + 3] * b[i + 3];
    }
    for (; i < a.length; i++) {
      s0 += a[i] * b[i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  private static float squareDistance(float[] a, float[] b) {
    float s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    int i = 0;
    for (int bound = a.length & ~3; i < bound; i += 4) {
      float d0 = a[i] - b[i];
      float d1 = a[i + 1] - b[i + 1];
      float d2 = a[i + 2] - b[i + 2];
      float d3 = a[i + 3] - b[i + 3];
      s0 += d0 * d0;
      s1 += d1 * d1;
      s2 += d2 * d2;
      s3 += d3 * d3;
    }
    for (; i < a.length; i++) {
      float d = a[i] - b[i];
      s0 += d * d;
    }
    return (s0 + s1) + (s2 + s3);
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
    float square = 0;
    for (int i = 0; i < b.length; i++) {
      float d = a[aOffset + i] - b[i];
      out[outOffset + i] = d;
      square += d * d;
    }
    return square;
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
