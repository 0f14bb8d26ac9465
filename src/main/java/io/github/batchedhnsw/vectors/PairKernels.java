// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

/**
 * Arithmetic over one pair of vectors, or over one vector and four others; see {@link
 * DistanceKernels}.
 *
 * <p>Every sum over floats has one order, whatever computes it: term {@code i} is added to partial
 * sum {@code i % }{@value #SUMS}, ascending, by a fused multiply-add; then the upper half of the
 * partial sums is added to the lower half, until one is left.
 */
sealed interface PairKernels permits DistanceKernels, PanamaPairKernels, ScalarPairKernels {

  /** Partial sums of every sum over floats: the lanes of a vector of 512 bits. */
  int SUMS = 16;

  /** Room for the partial sums of four vectors with four others. */
  int BLOCK_ROOM = 16 * SUMS;

  /** Dot product of two vectors. */
  float dot(float[] a, float[] b);

  /**
   * Dot products of one vector with four: {@code out[i] = query . row_i}. Reading four rows at a
   * time hides most of the latency of fetching them from memory.
   */
  void dot4(float[] query, float[] row0, float[] row1, float[] row2, float[] row3, float[] out);

  /** Squared euclidean distances of one vector to four, see {@link #dot4}. */
  void squareDistance4(
      float[] query, float[] row0, float[] row1, float[] row2, float[] row3, float[] out);

  /**
   * Dot products of four vectors with four others: {@code out[4 * i + j] = a_i . b_j}. Every vector
   * is read once for four products.
   *
   * @param out with room for {@link #BLOCK_ROOM} values; what follows the sixteen is overwritten
   */
  default void dot4x4(
      float[] a0,
      float[] a1,
      float[] a2,
      float[] a3,
      float[] b0,
      float[] b1,
      float[] b2,
      float[] b3,
      float[] out) {
    dot4(a3, b0, b1, b2, b3, out);
    System.arraycopy(out, 0, out, 12, 4);
    dot4(a2, b0, b1, b2, b3, out);
    System.arraycopy(out, 0, out, 8, 4);
    dot4(a1, b0, b1, b2, b3, out);
    System.arraycopy(out, 0, out, 4, 4);
    dot4(a0, b0, b1, b2, b3, out);
  }

  /** Squared euclidean distances of four vectors to four others, see {@link #dot4x4}. */
  default void squareDistance4x4(
      float[] a0,
      float[] a1,
      float[] a2,
      float[] a3,
      float[] b0,
      float[] b1,
      float[] b2,
      float[] b3,
      float[] out) {
    squareDistance4(a3, b0, b1, b2, b3, out);
    System.arraycopy(out, 0, out, 12, 4);
    squareDistance4(a2, b0, b1, b2, b3, out);
    System.arraycopy(out, 0, out, 8, 4);
    squareDistance4(a1, b0, b1, b2, b3, out);
    System.arraycopy(out, 0, out, 4, 4);
    squareDistance4(a0, b0, b1, b2, b3, out);
  }

  /**
   * Subtracts a vector from one that lies in a longer array.
   *
   * @param a holds the vector from {@code aOffset} on
   * @param b the vector that is subtracted
   * @param out receives the difference from {@code outOffset} on; may be {@code a}
   * @return the sum of the difference's squares
   */
  float difference(float[] a, int aOffset, float[] b, float[] out, int outOffset);

  /** Dot product of two vectors of signed bytes. Exact. */
  int dot(byte[] a, byte[] b);

  /** Squared euclidean distance of two vectors of signed bytes. Exact. */
  int squareDistance(byte[] a, byte[] b);
}
