// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import java.util.Arrays;

/**
 * {@link DistanceKernels} in plain Java: four independent sums per vector, combined in a fixed
 * order, so that the processor can overlap them.
 */
public final class ScalarKernels implements DistanceKernels {
  private static final int BLOCK_ROWS = 16;

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public float dot(float[] a, float[] b) {
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
  public void dot4(
      float[] query, float[] row0, float[] row1, float[] row2, float[] row3, float[] out) {
    out[0] = dot(query, row0);
    out[1] = dot(query, row1);
    out[2] = dot(query, row2);
    out[3] = dot(query, row3);
  }

  @Override
  public void squareDistance4(
      float[] query, float[] row0, float[] row1, float[] row2, float[] row3, float[] out) {
    out[0] = squareDistance(query, row0);
    out[1] = squareDistance(query, row1);
    out[2] = squareDistance(query, row2);
    out[3] = squareDistance(query, row3);
  }

  @Override
  public float difference(float[] a, int aOffset, float[] b, float[] out, int outOffset) {
    float square = 0;
    for (int i = 0; i < b.length; i++) {
      float d = a[aOffset + i] - b[i];
      out[outOffset + i] = d;
      square += d * d;
    }
    return square;
  }

  @Override
  public int dot(byte[] a, byte[] b) {
    int sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  @Override
  public int squareDistance(byte[] a, byte[] b) {
    int sum = 0;
    for (int i = 0; i < a.length; i++) {
      int d = a[i] - b[i];
      sum += d * d;
    }
    return sum;
  }

  @Override
  public int blockRows() {
    return BLOCK_ROWS;
  }

  @Override
  public void interleave(float[] rows, int rowStride, int dimension, float[] packed, int offset) {
    for (int row = 0; row < BLOCK_ROWS; row++) {
      for (int k = 0, o = offset + row; k < dimension; k++, o += BLOCK_ROWS) {
        packed[o] = rows[row * rowStride + k];
      }
    }
  }

  @Override
  public void products(
      float[] left,
      int leftOffset,
      float[] right,
      int fromBlock,
      int toBlock,
      int dimension,
      float[] out,
      int outOffset,
      int outStride) {
    float[] sums = new float[BLOCK_ROWS];
    for (int block = fromBlock; block < toBlock; block++) {
      for (int row = 0; row < STRIP_ROWS; row++) {
        Arrays.fill(sums, 0);
        int l = leftOffset + row * dimension;
        int r = block * dimension * BLOCK_ROWS;
        for (int k = 0; k < dimension; k++, r += BLOCK_ROWS) {
          float component = left[l + k];
          for (int lane = 0; lane < BLOCK_ROWS; lane++) { // vectorised by the JIT compiler
            sums[lane] += component * right[r + lane];
          }
        }
        System.arraycopy(
            sums,
            0,
            out,
            outOffset + row * outStride + (block - fromBlock) * BLOCK_ROWS,
            BLOCK_ROWS);
      }
    }
  }

  @Override
  public void scores(
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
  public void stripeMaxima(float[] values, int offset, int count, float[] maxima, int stripes) {
    Arrays.fill(maxima, 0, stripes, Float.NEGATIVE_INFINITY);
    for (int from = 0; from < count; from += stripes) {
      for (int i = from, to = Math.min(count, from + stripes); i < to; i++) {
        maxima[i - from] = Math.max(maxima[i - from], values[offset + i]);
      }
    }
  }

  @Override
  public boolean anyAtLeast(float[] values, int offset, int count, float bound) {
    boolean any = false;
    for (int i = offset; i < offset + count; i++) {
      any |= values[i] >= bound;
    }
    return any;
  }

  @Override
  public int atLeast(
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
  public float greatest(float[] values, int offset, int count, int rank) {
    float[] sorted = Arrays.copyOfRange(values, offset, offset + count);
    Arrays.sort(sorted); // what is no number comes last
    int numbers = count;
    while (numbers > 0 && sorted[numbers - 1] != sorted[numbers - 1]) {
      numbers--;
    }
    return numbers < rank ? Float.NEGATIVE_INFINITY : sorted[numbers - rank];
  }
}
