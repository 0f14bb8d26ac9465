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
sealed interface PairKernels permits TileKernels, PanamaPairKernels, ScalarPairKernels {

  /** Partial sums of every sum over floats: the lanes of a vector of 512 bits. */
  int SUMS = 16;

  /** Room for the partial sums of one vector with four others. */
  int ROW_ROOM = 4 * SUMS;

  /** Dot product of two vectors. */
  float dot(float[] a, float[] b);

  /**
   * Dot products of one vector with four: {@code out[i] = query . row_i}. Reading four rows at a
   * time hides most of the latency of fetching them from memory.
   *
   * @param out with room for {@link #ROW_ROOM} values; what follows the four is overwritten
   */
  void dot4(float[] query, float[] row0, float[] row1, float[] row2, float[] row3, float[] out);

  /** Squared euclidean distances of one vector to four, see {@link #dot4}. */
  void squareDistance4(
      float[] query, float[] row0, float[] row1, float[] row2, float[] row3, float[] out);

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
