// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import static io.github.batchedhnsw.vectors.PanamaLanes.FLOATS;
import static io.github.batchedhnsw.vectors.PanamaLanes.LANES;

import jdk.incubator.vector.FloatVector;

/**
 * {@link TileKernels} on the JDK's vector module. Partial sums go through memory to {@link
 * #foldSums}: with it in one method, the compiler gives up inlining and every vector is an object.
 */
sealed interface PanamaTileKernels extends TileKernels, PanamaPairKernels permits PanamaKernels {

  @Override
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
    if (LANES < 16) { // too few registers for four times four rows
      PanamaSums.dots(a0, b0, b1, b2, b3, out, 0);
      PanamaSums.dots(a1, b0, b1, b2, b3, out, ROW_ROOM);
      PanamaSums.dots(a2, b0, b1, b2, b3, out, 2 * ROW_ROOM);
      PanamaSums.dots(a3, b0, b1, b2, b3, out, 3 * ROW_ROOM);
      PanamaSums.fold(out, 16);
      return;
    }
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector s00 = zero, s01 = zero, s02 = zero, s03 = zero;
    FloatVector s10 = zero, s11 = zero, s12 = zero, s13 = zero;
    FloatVector s20 = zero, s21 = zero, s22 = zero, s23 = zero;
    FloatVector s30 = zero, s31 = zero, s32 = zero, s33 = zero;
    FloatVector x, y0, y1, y2, y3;
    int i = 0;
    for (; i + SUMS <= a0.length; i += SUMS) {
      y0 = FloatVector.fromArray(FLOATS, b0, i);
      y1 = FloatVector.fromArray(FLOATS, b1, i);
      y2 = FloatVector.fromArray(FLOATS, b2, i);
      y3 = FloatVector.fromArray(FLOATS, b3, i);
      x = FloatVector.fromArray(FLOATS, a0, i);
      s00 = x.fma(y0, s00);
      s01 = x.fma(y1, s01);
      s02 = x.fma(y2, s02);
      s03 = x.fma(y3, s03);
      x = FloatVector.fromArray(FLOATS, a1, i);
      s10 = x.fma(y0, s10);
      s11 = x.fma(y1, s11);
      s12 = x.fma(y2, s12);
      s13 = x.fma(y3, s13);
      x = FloatVector.fromArray(FLOATS, a2, i);
      s20 = x.fma(y0, s20);
      s21 = x.fma(y1, s21);
      s22 = x.fma(y2, s22);
      s23 = x.fma(y3, s23);
      x = FloatVector.fromArray(FLOATS, a3, i);
      s30 = x.fma(y0, s30);
      s31 = x.fma(y1, s31);
      s32 = x.fma(y2, s32);
      s33 = x.fma(y3, s33);
    }
    s00.intoArray(out, 0);
    s01.intoArray(out, 16);
    s02.intoArray(out, 32);
    s03.intoArray(out, 48);
    s10.intoArray(out, 64);
    s11.intoArray(out, 80);
    s12.intoArray(out, 96);
    s13.intoArray(out, 112);
    s20.intoArray(out, 128);
    s21.intoArray(out, 144);
    s22.intoArray(out, 160);
    s23.intoArray(out, 176);
    s30.intoArray(out, 192);
    s31.intoArray(out, 208);
    s32.intoArray(out, 224);
    s33.intoArray(out, 240);
    if (i < a0.length) {
      addProducts(a0, i, b0, b1, b2, b3, out, 0);
      addProducts(a1, i, b0, b1, b2, b3, out, 4);
      addProducts(a2, i, b0, b1, b2, b3, out, 8);
      addProducts(a3, i, b0, b1, b2, b3, out, 12);
    }
    foldSums(out);
  }

  @Override
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
    if (LANES < 16) { // too few registers for four times four rows
      PanamaSums.squareDistances(a0, b0, b1, b2, b3, out, 0);
      PanamaSums.squareDistances(a1, b0, b1, b2, b3, out, ROW_ROOM);
      PanamaSums.squareDistances(a2, b0, b1, b2, b3, out, 2 * ROW_ROOM);
      PanamaSums.squareDistances(a3, b0, b1, b2, b3, out, 3 * ROW_ROOM);
      PanamaSums.fold(out, 16);
      return;
    }
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector s00 = zero, s01 = zero, s02 = zero, s03 = zero;
    FloatVector s10 = zero, s11 = zero, s12 = zero, s13 = zero;
    FloatVector s20 = zero, s21 = zero, s22 = zero, s23 = zero;
    FloatVector s30 = zero, s31 = zero, s32 = zero, s33 = zero;
    FloatVector x, y0, y1, y2, y3, d;
    int i = 0;
    for (; i + SUMS <= a0.length; i += SUMS) {
      y0 = FloatVector.fromArray(FLOATS, b0, i);
      y1 = FloatVector.fromArray(FLOATS, b1, i);
      y2 = FloatVector.fromArray(FLOATS, b2, i);
      y3 = FloatVector.fromArray(FLOATS, b3, i);
      x = FloatVector.fromArray(FLOATS, a0, i);
      d = x.sub(y0);
      s00 = d.fma(d, s00);
      d = x.sub(y1);
      s01 = d.fma(d, s01);
      d = x.sub(y2);
      s02 = d.fma(d, s02);
      d = x.sub(y3);
      s03 = d.fma(d, s03);
      x = FloatVector.fromArray(FLOATS, a1, i);
      d = x.sub(y0);
      s10 = d.fma(d, s10);
      d = x.sub(y1);
      s11 = d.fma(d, s11);
      d = x.sub(y2);
      s12 = d.fma(d, s12);
      d = x.sub(y3);
      s13 = d.fma(d, s13);
      x = FloatVector.fromArray(FLOATS, a2, i);
      d = x.sub(y0);
      s20 = d.fma(d, s20);
      d = x.sub(y1);
      s21 = d.fma(d, s21);
      d = x.sub(y2);
      s22 = d.fma(d, s22);
      d = x.sub(y3);
      s23 = d.fma(d, s23);
      x = FloatVector.fromArray(FLOATS, a3, i);
      d = x.sub(y0);
      s30 = d.fma(d, s30);
      d = x.sub(y1);
      s31 = d.fma(d, s31);
      d = x.sub(y2);
      s32 = d.fma(d, s32);
      d = x.sub(y3);
      s33 = d.fma(d, s33);
    }
    s00.intoArray(out, 0);
    s01.intoArray(out, 16);
    s02.intoArray(out, 32);
    s03.intoArray(out, 48);
    s10.intoArray(out, 64);
    s11.intoArray(out, 80);
    s12.intoArray(out, 96);
    s13.intoArray(out, 112);
    s20.intoArray(out, 128);
    s21.intoArray(out, 144);
    s22.intoArray(out, 160);
    s23.intoArray(out, 176);
    s30.intoArray(out, 192);
    s31.intoArray(out, 208);
    s32.intoArray(out, 224);
    s33.intoArray(out, 240);
    if (i < a0.length) {
      addSquares(a0, i, b0, b1, b2, b3, out, 0);
      addSquares(a1, i, b0, b1, b2, b3, out, 4);
      addSquares(a2, i, b0, b1, b2, b3, out, 8);
      addSquares(a3, i, b0, b1, b2, b3, out, 12);
    }
    foldSums(out);
  }

  /** Adds the last terms of a vector's products with four others to their partial sums. */
  private static void addProducts(
      float[] a, int from, float[] b0, float[] b1, float[] b2, float[] b3, float[] sums, int pair) {
    for (int i = from; i < a.length; i++) {
      int at = SUMS * pair + i - from;
      sums[at] = Math.fma(a[i], b0[i], sums[at]);
      sums[at + SUMS] = Math.fma(a[i], b1[i], sums[at + SUMS]);
      sums[at + 2 * SUMS] = Math.fma(a[i], b2[i], sums[at + 2 * SUMS]);
      sums[at + 3 * SUMS] = Math.fma(a[i], b3[i], sums[at + 3 * SUMS]);
    }
  }

  /** Adds the last terms of a vector's distances to four others to their partial sums. */
  private static void addSquares(
      float[] a, int from, float[] b0, float[] b1, float[] b2, float[] b3, float[] sums, int pair) {
    for (int i = from; i < a.length; i++) {
      int at = SUMS * pair + i - from;
      float d = a[i] - b0[i];
      sums[at] = Math.fma(d, d, sums[at]);
      d = a[i] - b1[i];
      sums[at + SUMS] = Math.fma(d, d, sums[at + SUMS]);
      d = a[i] - b2[i];
      sums[at + 2 * SUMS] = Math.fma(d, d, sums[at + 2 * SUMS]);
      d = a[i] - b3[i];
      sums[at + 3 * SUMS] = Math.fma(d, d, sums[at + 3 * SUMS]);
    }
  }

  /** Replaces the partial sums of sixteen pairs by their sums. */
  private static void foldSums(float[] sums) {
    for (int pair = 0; pair < 16; pair += 4) {
      PanamaPairKernels.sums(
          FloatVector.fromArray(FLOATS, sums, SUMS * pair),
          FloatVector.fromArray(FLOATS, sums, SUMS * pair + SUMS),
          FloatVector.fromArray(FLOATS, sums, SUMS * pair + 2 * SUMS),
          FloatVector.fromArray(FLOATS, sums, SUMS * pair + 3 * SUMS),
          sums,
          pair);
    }
  }
}
