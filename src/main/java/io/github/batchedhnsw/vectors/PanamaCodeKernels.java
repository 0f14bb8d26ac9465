// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import static io.github.batchedhnsw.vectors.PanamaLanes.FLOATS;
import static io.github.batchedhnsw.vectors.PanamaLanes.INTS;
import static io.github.batchedhnsw.vectors.PanamaLanes.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/** {@link CodeKernels} on the JDK's vector module. */
final class PanamaCodeKernels implements CodeKernels {
  @Override
  public void estimates(
      int[] rows,
      int count,
      int words,
      int[] columns,
      int blocks,
      float[] lengths,
      float[] biases,
      float[] base,
      float[] scale,
      float radiansPerBit,
      float[] out,
      int[] outOffsets,
      float[] maxima,
      int[] maximaOffsets) {
    // Two passes, each of them a loop that the compiler still inlines as a whole.
    int end = blocks * BLOCK_COLUMNS;
    int column = 0;
    for (; column + 2 * LANES <= end; column += 2 * LANES) {
      twoVectors(rows, count, words, columns, column, out, outOffsets);
    }
    if (column < end) {
      oneVector(rows, count, words, columns, column, out, outOffsets);
    }
    for (int row = 0; row < count; row++) {
      for (int part = 0; part < BLOCK_COLUMNS; part += LANES) {
        estimate(
            out,
            outOffsets[row],
            part,
            end,
            lengths,
            biases,
            base[row],
            scale[row],
            radiansPerBit,
            maxima,
            maximaOffsets[row] + part);
      }
    }
  }

  /** Where word 0 of a column is. */
  private static int offset(int column, int words) {
    return column / BLOCK_COLUMNS * BLOCK_COLUMNS * words + column % BLOCK_COLUMNS;
  }

  /**
   * Distances, as bits of floats, of four rows to two vectors of columns; they stay in registers.
   */
  private static void twoVectors(
      int[] rows, int count, int words, int[] columns, int column, float[] out, int[] outOffsets) {
    int last = count - 1; // which also takes the places of missing rows
    int r1 = Math.min(1, last);
    int r2 = Math.min(2, last);
    int r3 = Math.min(3, last);
    int words1 = r1 * words;
    int words2 = r2 * words;
    int words3 = r3 * words;
    IntVector d00 = IntVector.zero(INTS);
    IntVector d01 = IntVector.zero(INTS);
    IntVector d10 = IntVector.zero(INTS);
    IntVector d11 = IntVector.zero(INTS);
    IntVector d20 = IntVector.zero(INTS);
    IntVector d21 = IntVector.zero(INTS);
    IntVector d30 = IntVector.zero(INTS);
    IntVector d31 = IntVector.zero(INTS);
    int at0 = offset(column, words);
    int at1 = offset(column + LANES, words);
    for (int w = 0; w < words; w++) {
      IntVector c0 = IntVector.fromArray(INTS, columns, at0 + w * BLOCK_COLUMNS);
      IntVector c1 = IntVector.fromArray(INTS, columns, at1 + w * BLOCK_COLUMNS);
      IntVector row = IntVector.broadcast(INTS, rows[w]);
      d00 = d00.add(c0.lanewise(VectorOperators.XOR, row).lanewise(VectorOperators.BIT_COUNT));
      d01 = d01.add(c1.lanewise(VectorOperators.XOR, row).lanewise(VectorOperators.BIT_COUNT));
      row = IntVector.broadcast(INTS, rows[w + words1]);
      d10 = d10.add(c0.lanewise(VectorOperators.XOR, row).lanewise(VectorOperators.BIT_COUNT));
      d11 = d11.add(c1.lanewise(VectorOperators.XOR, row).lanewise(VectorOperators.BIT_COUNT));
      row = IntVector.broadcast(INTS, rows[w + words2]);
      d20 = d20.add(c0.lanewise(VectorOperators.XOR, row).lanewise(VectorOperators.BIT_COUNT));
      d21 = d21.add(c1.lanewise(VectorOperators.XOR, row).lanewise(VectorOperators.BIT_COUNT));
      row = IntVector.broadcast(INTS, rows[w + words3]);
      d30 = d30.add(c0.lanewise(VectorOperators.XOR, row).lanewise(VectorOperators.BIT_COUNT));
      d31 = d31.add(c1.lanewise(VectorOperators.XOR, row).lanewise(VectorOperators.BIT_COUNT));
    }
    d00.reinterpretAsFloats().intoArray(out, outOffsets[0] + column);
    d01.reinterpretAsFloats().intoArray(out, outOffsets[0] + column + LANES);
    d10.reinterpretAsFloats().intoArray(out, outOffsets[r1] + column);
    d11.reinterpretAsFloats().intoArray(out, outOffsets[r1] + column + LANES);
    d20.reinterpretAsFloats().intoArray(out, outOffsets[r2] + column);
    d21.reinterpretAsFloats().intoArray(out, outOffsets[r2] + column + LANES);
    d30.reinterpretAsFloats().intoArray(out, outOffsets[r3] + column);
    d31.reinterpretAsFloats().intoArray(out, outOffsets[r3] + column + LANES);
  }

  /** Distances of four rows to one vector of columns. */
  private static void oneVector(
      int[] rows, int count, int words, int[] columns, int column, float[] out, int[] outOffsets) {
    int last = count - 1; // which also takes the places of missing rows
    int r1 = Math.min(1, last);
    int r2 = Math.min(2, last);
    int r3 = Math.min(3, last);
    int words1 = r1 * words;
    int words2 = r2 * words;
    int words3 = r3 * words;
    IntVector d00 = IntVector.zero(INTS);
    IntVector d10 = IntVector.zero(INTS);
    IntVector d20 = IntVector.zero(INTS);
    IntVector d30 = IntVector.zero(INTS);
    int at0 = offset(column, words);
    for (int w = 0; w < words; w++) {
      IntVector c0 = IntVector.fromArray(INTS, columns, at0 + w * BLOCK_COLUMNS);
      IntVector row = IntVector.broadcast(INTS, rows[w]);
      d00 = d00.add(c0.lanewise(VectorOperators.XOR, row).lanewise(VectorOperators.BIT_COUNT));
      row = IntVector.broadcast(INTS, rows[w + words1]);
      d10 = d10.add(c0.lanewise(VectorOperators.XOR, row).lanewise(VectorOperators.BIT_COUNT));
      row = IntVector.broadcast(INTS, rows[w + words2]);
      d20 = d20.add(c0.lanewise(VectorOperators.XOR, row).lanewise(VectorOperators.BIT_COUNT));
      row = IntVector.broadcast(INTS, rows[w + words3]);
      d30 = d30.add(c0.lanewise(VectorOperators.XOR, row).lanewise(VectorOperators.BIT_COUNT));
    }
    d00.reinterpretAsFloats().intoArray(out, outOffsets[0] + column);
    d10.reinterpretAsFloats().intoArray(out, outOffsets[r1] + column);
    d20.reinterpretAsFloats().intoArray(out, outOffsets[r2] + column);
    d30.reinterpretAsFloats().intoArray(out, outOffsets[r3] + column);
  }

  /** Turns a row's distances into estimates, in place, for one part of each block. */
  private static void estimate(
      float[] out,
      int offset,
      int part,
      int end,
      float[] lengths,
      float[] biases,
      float base,
      float scale,
      float radiansPerBit,
      float[] maxima,
      int maximaOffset) {
    FloatVector right = FloatVector.broadcast(FLOATS, ScalarCodeKernels.HALF_PI);
    FloatVector greatest = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    for (int column = part; column < end; column += BLOCK_COLUMNS) {
      IntVector distance = FloatVector.fromArray(FLOATS, out, offset + column).reinterpretAsInts();
      FloatVector x =
          right.sub(((FloatVector) distance.convert(VectorOperators.I2F, 0)).mul(radiansPerBit));
      FloatVector x2 = x.mul(x);
      FloatVector cosine =
          x2.mul(ScalarCodeKernels.FIFTH).sub(ScalarCodeKernels.THIRD).mul(x2).add(1f).mul(x);
      FloatVector estimate =
          FloatVector.fromArray(FLOATS, lengths, column)
              .mul(scale)
              .mul(cosine)
              .sub(FloatVector.fromArray(FLOATS, biases, column))
              .add(base);
      estimate.intoArray(out, offset + column);
      greatest = greatest.max(estimate);
    }
    greatest.intoArray(maxima, maximaOffset);
  }

  private static final VectorShuffle<Float>[] FLIPS = flips();
  private static final FloatVector[] FLIP_SIGNS = flipSigns();

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static VectorShuffle<Float>[] flips() {
    VectorShuffle<Float>[] flips = new VectorShuffle[Integer.numberOfTrailingZeros(LANES)];
    for (int i = 0; i < flips.length; i++) {
      int part = 1 << i;
      flips[i] = VectorShuffle.fromOp(FLOATS, lane -> lane ^ part);
    }
    return flips;
  }

  private static FloatVector[] flipSigns() {
    FloatVector[] signs = new FloatVector[Integer.numberOfTrailingZeros(LANES)];
    for (int i = 0; i < signs.length; i++) {
      float[] lanes = new float[LANES];
      for (int lane = 0; lane < LANES; lane++) {
        lanes[lane] = (lane >> i & 1) == 0 ? 1 : -1;
      }
      signs[i] = FloatVector.fromArray(FLOATS, lanes, 0);
    }
    return signs;
  }

  @Override
  public void hadamard(float[] values, int offset, int length) {
    if (length < LANES) {
      SCALAR.hadamard(values, offset, length);
      return;
    }
    for (int i = offset; i < offset + length; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOATS, values, i);
      for (int stage = 0; stage < FLIPS.length; stage++) {
        // The lower lane of a pair becomes low + high, the upper one low - high.
        v = v.rearrange(FLIPS[stage]).add(v.mul(FLIP_SIGNS[stage]));
      }
      v.intoArray(values, i);
    }
    for (int half = LANES; half < length; half *= 2) {
      for (int i = offset; i < offset + length; i += 2 * half) {
        butterflies(values, i, half);
      }
    }
  }

  private static void butterflies(float[] values, int from, int half) {
    for (int j = from; j < from + half; j += LANES) {
      FloatVector low = FloatVector.fromArray(FLOATS, values, j);
      FloatVector high = FloatVector.fromArray(FLOATS, values, j + half);
      low.add(high).intoArray(values, j);
      low.sub(high).intoArray(values, j + half);
    }
  }

  @Override
  public void signs(
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      int count,
      int[] code,
      int offset,
      int stride) {
    int from = 0;
    int at = offset;
    if (LANES == Integer.SIZE / 2) { // written out for the compiler
      for (; from + Integer.SIZE <= count; from += Integer.SIZE, at += stride) {
        int low = negative(a, aOffset + from, b, bOffset + from);
        int high = negative(a, aOffset + from + LANES, b, bOffset + from + LANES);
        code[at] = low | high << LANES;
      }
    }
    for (; from + Integer.SIZE <= count; from += Integer.SIZE, at += stride) {
      int word = 0;
      for (int i = 0; i < Integer.SIZE; i += LANES) {
        word |= negative(a, aOffset + from + i, b, bOffset + from + i) << i;
      }
      code[at] = word;
    }
    if (from < count) {
      SCALAR.signs(a, aOffset + from, b, bOffset + from, count - from, code, at, stride);
    }
  }

  /** A bit for each lane: whether {@code a - b} is negative. */
  private static int negative(float[] a, int aOffset, float[] b, int bOffset) {
    return (int)
        FloatVector.fromArray(FLOATS, a, aOffset)
            .compare(VectorOperators.LT, FloatVector.fromArray(FLOATS, b, bOffset))
            .toLong();
  }

  private static final ScalarCodeKernels SCALAR = new ScalarCodeKernels();
}
