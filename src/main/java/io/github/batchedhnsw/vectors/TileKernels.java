// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

/**
 * Arithmetic over four vectors and four others at once, each of which is read for four results; see
 * {@link DistanceKernels}. The sums are those of {@link PairKernels}, bit for bit.
 */
sealed interface TileKernels extends PairKernels permits DistanceKernels, PanamaTileKernels {

  /** Room for the partial sums of four vectors with four others. */
  int TILE_ROOM = 4 * ROW_ROOM;

  /**
   * Dot products of four vectors with four others: {@code out[4 * i + j] = a_i . b_j}.
   *
   * @param out with room for {@link #TILE_ROOM} values; what follows the sixteen is overwritten
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
}
