// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import static io.github.batchedhnsw.vectors.PanamaLanes.FLIP_1;
import static io.github.batchedhnsw.vectors.PanamaLanes.FLIP_2;
import static io.github.batchedhnsw.vectors.PanamaLanes.FLIP_4;
import static io.github.batchedhnsw.vectors.PanamaLanes.FLIP_8;
import static io.github.batchedhnsw.vectors.PanamaLanes.FLOATS;
import static io.github.batchedhnsw.vectors.PanamaLanes.LANES;
import static io.github.batchedhnsw.vectors.PanamaLanes.UPPER_1;
import static io.github.batchedhnsw.vectors.PanamaLanes.UPPER_2;
import static io.github.batchedhnsw.vectors.PanamaLanes.UPPER_4;
import static io.github.batchedhnsw.vectors.PanamaLanes.UPPER_8;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/** {@link BlockKernels} on the JDK's vector module. */
sealed interface PanamaBlockKernels extends BlockKernels permits PanamaKernels {

  @Override
  default void interleave(float[] rows, int rowStride, int dimension, float[] packed, int offset) {
    float[] tile = new float[LANES * LANES];
    for (int row = 0; row < BLOCK_ROWS; row += LANES) {
      int from = row * rowStride;
      int to = offset + row;
      int k = 0;
      for (int bound = FLOATS.loopBound(dimension); k < bound; k += LANES) {
        transpose(rows, from + k, rowStride, tile, packed, to + k * BLOCK_ROWS);
      }
      for (; k < dimension; k++) {
        for (int lane = 0; lane < LANES; lane++) {
          packed[to + k * BLOCK_ROWS + lane] = rows[from + lane * rowStride + k];
        }
      }
    }
  }

  /** Transposes a square of {@code LANES} rows, by exchanging ever smaller parts of them. */
  private static void transpose(
      float[] rows, int from, int rowStride, float[] tile, float[] packed, int to) {
    for (int i = 0; i < LANES; i++) {
      FloatVector.fromArray(FLOATS, rows, from + i * rowStride).intoArray(tile, i * LANES);
    }
    exchangeLarge(tile);
    exchange(tile, 1, FLIP_1, UPPER_1, packed, to, BLOCK_ROWS);
  }

  /** Exchanges all but the smallest parts of a square, in place. */
  private static void exchangeLarge(float[] tile) {
    if (LANES > 8) {
      exchange(tile, 8, FLIP_8, UPPER_8, tile, 0, LANES);
    }
    if (LANES > 4) {
      exchange(tile, 4, FLIP_4, UPPER_4, tile, 0, LANES);
    }
    if (LANES > 2) {
      exchange(tile, 2, FLIP_2, UPPER_2, tile, 0, LANES);
    }
  }

  /**
   * In squares of {@code 2 * part} rows and columns, exchanges the upper right with the lower left
   * quarter.
   *
   * @param flip moves lane {@code l} to {@code l ^ part}
   * @param upper lanes with {@code (l & part) != 0}
   */
  private static void exchange(
      float[] tile,
      int part,
      VectorShuffle<Float> flip,
      VectorMask<Float> upper,
      float[] destination,
      int offset,
      int stride) {
    for (int i = 0; i < LANES; i += 2 * part) {
      for (int j = i; j < i + part; j++) {
        FloatVector a = FloatVector.fromArray(FLOATS, tile, j * LANES);
        FloatVector b = FloatVector.fromArray(FLOATS, tile, (j + part) * LANES);
        a.blend(b.rearrange(flip), upper).intoArray(destination, offset + j * stride);
        a.rearrange(flip).blend(b, upper).intoArray(destination, offset + (j + part) * stride);
      }
    }
  }

  @Override
  default void products(
      float[] left,
      int leftOffset,
      float[] right,
      int fromBlock,
      int toBlock,
      int dimension,
      float[] out,
      int outOffset,
      int outStride) {
    int vectors = (toBlock - fromBlock) * BLOCK_ROWS / LANES;
    int first = fromBlock * BLOCK_ROWS / LANES;
    int v = 0;
    for (; v + 1 < vectors; v += 2) {

      int r0 = offset(first + v, dimension);
      int r1 = offset(first + v + 1, dimension);
      int o = outOffset + v * LANES;
      if (LANES == 8) { // AVX2 has too few registers for all rows of a strip
        halfTile2(left, leftOffset, right, r0, r1, dimension, out, o, outStride);
        int half = leftOffset + STRIP_ROWS / 2 * dimension;
        halfTile2(
            left, half, right, r0, r1, dimension, out, o + STRIP_ROWS / 2 * outStride, outStride);
      } else {
        tile2(left, leftOffset, right, r0, r1, dimension, out, o, outStride);
      }
    }
    for (; v < vectors; v++) {
      int r = offset(first + v, dimension);
      tile1(left, leftOffset, right, r, dimension, out, outOffset + v * LANES, outStride);
    }
  }

  /** Where component 0 of the rows of a panel's {@code v}-th vector is. */
  private static int offset(int v, int dimension) {
    int row = v * LANES;
    return row / BLOCK_ROWS * BLOCK_ROWS * dimension + row % BLOCK_ROWS;
  }

  /** One strip against two vectors of rows; the sums stay in registers. */
  private static void tile2(
      float[] left,
      int l,
      float[] right,
      int r0,
      int r1,
      int dimension,
      float[] out,
      int o,
      int stride) {
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector s00 = zero, s01 = zero;
    FloatVector s10 = zero, s11 = zero;
    FloatVector s20 = zero, s21 = zero;
    FloatVector s30 = zero, s31 = zero;
    FloatVector s40 = zero, s41 = zero;
    FloatVector s50 = zero, s51 = zero;
    FloatVector s60 = zero, s61 = zero;
    FloatVector s70 = zero, s71 = zero;
    int l1 = l + dimension;
    int l2 = l1 + dimension;
    int l3 = l2 + dimension;
    int l4 = l3 + dimension;
    int l5 = l4 + dimension;
    int l6 = l5 + dimension;
    int l7 = l6 + dimension;
    for (int k = 0; k < dimension; k++, r0 += BLOCK_ROWS, r1 += BLOCK_ROWS) {
      FloatVector b0 = FloatVector.fromArray(FLOATS, right, r0);
      FloatVector b1 = FloatVector.fromArray(FLOATS, right, r1);
      FloatVector a = FloatVector.broadcast(FLOATS, left[l + k]);
      s00 = a.fma(b0, s00);
      s01 = a.fma(b1, s01);
      a = FloatVector.broadcast(FLOATS, left[l1 + k]);
      s10 = a.fma(b0, s10);
      s11 = a.fma(b1, s11);
      a = FloatVector.broadcast(FLOATS, left[l2 + k]);
      s20 = a.fma(b0, s20);
      s21 = a.fma(b1, s21);
      a = FloatVector.broadcast(FLOATS, left[l3 + k]);
      s30 = a.fma(b0, s30);
      s31 = a.fma(b1, s31);
      a = FloatVector.broadcast(FLOATS, left[l4 + k]);
      s40 = a.fma(b0, s40);
      s41 = a.fma(b1, s41);
      a = FloatVector.broadcast(FLOATS, left[l5 + k]);
      s50 = a.fma(b0, s50);
      s51 = a.fma(b1, s51);
      a = FloatVector.broadcast(FLOATS, left[l6 + k]);
      s60 = a.fma(b0, s60);
      s61 = a.fma(b1, s61);
      a = FloatVector.broadcast(FLOATS, left[l7 + k]);
      s70 = a.fma(b0, s70);
      s71 = a.fma(b1, s71);
    }
    s00.intoArray(out, o);
    s01.intoArray(out, o + LANES);
    s10.intoArray(out, o + stride);
    s11.intoArray(out, o + stride + LANES);
    s20.intoArray(out, o + 2 * stride);
    s21.intoArray(out, o + 2 * stride + LANES);
    s30.intoArray(out, o + 3 * stride);
    s31.intoArray(out, o + 3 * stride + LANES);
    s40.intoArray(out, o + 4 * stride);
    s41.intoArray(out, o + 4 * stride + LANES);
    s50.intoArray(out, o + 5 * stride);
    s51.intoArray(out, o + 5 * stride + LANES);
    s60.intoArray(out, o + 6 * stride);
    s61.intoArray(out, o + 6 * stride + LANES);
    s70.intoArray(out, o + 7 * stride);
    s71.intoArray(out, o + 7 * stride + LANES);
  }

  /** Half a strip against two vectors of rows; the sums stay in registers. */
  private static void halfTile2(
      float[] left,
      int l,
      float[] right,
      int r0,
      int r1,
      int dimension,
      float[] out,
      int o,
      int stride) {
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector s00 = zero, s01 = zero;
    FloatVector s10 = zero, s11 = zero;
    FloatVector s20 = zero, s21 = zero;
    FloatVector s30 = zero, s31 = zero;
    int l1 = l + dimension;
    int l2 = l1 + dimension;
    int l3 = l2 + dimension;
    for (int k = 0; k < dimension; k++, r0 += BLOCK_ROWS, r1 += BLOCK_ROWS) {
      FloatVector b0 = FloatVector.fromArray(FLOATS, right, r0);
      FloatVector b1 = FloatVector.fromArray(FLOATS, right, r1);
      FloatVector a = FloatVector.broadcast(FLOATS, left[l + k]);
      s00 = a.fma(b0, s00);
      s01 = a.fma(b1, s01);
      a = FloatVector.broadcast(FLOATS, left[l1 + k]);
      s10 = a.fma(b0, s10);
      s11 = a.fma(b1, s11);
      a = FloatVector.broadcast(FLOATS, left[l2 + k]);
      s20 = a.fma(b0, s20);
      s21 = a.fma(b1, s21);
      a = FloatVector.broadcast(FLOATS, left[l3 + k]);
      s30 = a.fma(b0, s30);
      s31 = a.fma(b1, s31);
    }
    s00.intoArray(out, o);
    s01.intoArray(out, o + LANES);
    s10.intoArray(out, o + stride);
    s11.intoArray(out, o + stride + LANES);
    s20.intoArray(out, o + 2 * stride);
    s21.intoArray(out, o + 2 * stride + LANES);
    s30.intoArray(out, o + 3 * stride);
    s31.intoArray(out, o + 3 * stride + LANES);
  }

  /** One strip against one vector of rows; the sums stay in registers. */
  private static void tile1(
      float[] left, int l, float[] right, int r, int dimension, float[] out, int o, int stride) {
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector s00 = zero;
    FloatVector s10 = zero;
    FloatVector s20 = zero;
    FloatVector s30 = zero;
    FloatVector s40 = zero;
    FloatVector s50 = zero;
    FloatVector s60 = zero;
    FloatVector s70 = zero;
    int l1 = l + dimension;
    int l2 = l1 + dimension;
    int l3 = l2 + dimension;
    int l4 = l3 + dimension;
    int l5 = l4 + dimension;
    int l6 = l5 + dimension;
    int l7 = l6 + dimension;
    for (int k = 0; k < dimension; k++, r += BLOCK_ROWS) {
      FloatVector b0 = FloatVector.fromArray(FLOATS, right, r);
      FloatVector a = FloatVector.broadcast(FLOATS, left[l + k]);
      s00 = a.fma(b0, s00);
      a = FloatVector.broadcast(FLOATS, left[l1 + k]);
      s10 = a.fma(b0, s10);
      a = FloatVector.broadcast(FLOATS, left[l2 + k]);
      s20 = a.fma(b0, s20);
      a = FloatVector.broadcast(FLOATS, left[l3 + k]);
      s30 = a.fma(b0, s30);
      a = FloatVector.broadcast(FLOATS, left[l4 + k]);
      s40 = a.fma(b0, s40);
      a = FloatVector.broadcast(FLOATS, left[l5 + k]);
      s50 = a.fma(b0, s50);
      a = FloatVector.broadcast(FLOATS, left[l6 + k]);
      s60 = a.fma(b0, s60);
      a = FloatVector.broadcast(FLOATS, left[l7 + k]);
      s70 = a.fma(b0, s70);
    }
    s00.intoArray(out, o);
    s10.intoArray(out, o + stride);
    s20.intoArray(out, o + 2 * stride);
    s30.intoArray(out, o + 3 * stride);
    s40.intoArray(out, o + 4 * stride);
    s50.intoArray(out, o + 5 * stride);
    s60.intoArray(out, o + 6 * stride);
    s70.intoArray(out, o + 7 * stride);
  }
}
