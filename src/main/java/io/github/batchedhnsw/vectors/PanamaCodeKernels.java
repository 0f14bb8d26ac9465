// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import static io.github.batchedhnsw.vectors.PanamaLanes.ALL_BYTES;
import static io.github.batchedhnsw.vectors.PanamaLanes.COMPRESSES;
import static io.github.batchedhnsw.vectors.PanamaLanes.FLOATS;
import static io.github.batchedhnsw.vectors.PanamaLanes.INTS;
import static io.github.batchedhnsw.vectors.PanamaLanes.IOTA;
import static io.github.batchedhnsw.vectors.PanamaLanes.LANES;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/** {@link CodeKernels} on the JDK's vector module. */
final class PanamaCodeKernels implements CodeKernels {
  @Override
  public void atLeast(
      int[] rows,
      int words,
      int[] columns,
      int blocks,
      float[] lengths,
      float[] biases,
      float[] base,
      float[] scale,
      float radiansPerBit,
      float[] bounds,
      int first,
      int[][] members,
      float[][] estimates,
      int[] counts,
      int[] scratch) {
    if (COMPRESSES) {
      compressed(
          rows,
          words,
          columns,
          blocks,
          lengths,
          biases,
          base,
          scale,
          radiansPerBit,
          bounds,
          first,
          members,
          estimates,
          counts);
      return;
    }
    int end = blocks * BLOCK_COLUMNS;
    for (int from = 0, at = 0; from < words; from += BYTE_WORDS, at += ROWS * end) {
      int to = Math.min(words, from + BYTE_WORDS);
      for (int column = 0; column < end; column += LANES) {
        distances(rows, words, from, to, columns, column, scratch, at, end);
      }
    }
    for (int row = 0; row < ROWS; row++) {
      counts[row] =
          append(
              scratch,
              row * end,
              end,
              words,
              lengths,
              biases,
              base[row],
              scale[row],
              radiansPerBit,
              bounds[row],
              first,
              members[row],
              estimates[row],
              counts[row]);
    }
  }

  /**
   * All in one pass, where a block of columns is one vector and lanes can be compressed (AVX-512).
   */
  private static void compressed(
      int[] rows,
      int words,
      int[] columns,
      int blocks,
      float[] lengths,
      float[] biases,
      float[] base,
      float[] scale,
      float radiansPerBit,
      float[] bounds,
      int first,
      int[][] members,
      float[][] estimates,
      int[] counts) {
    int[] members0 = members[0];
    int[] members1 = members[1];
    int[] members2 = members[2];
    int[] members3 = members[3];
    float[] estimates0 = estimates[0];
    float[] estimates1 = estimates[1];
    float[] estimates2 = estimates[2];
    float[] estimates3 = estimates[3];
    int n0 = counts[0];
    int n1 = counts[1];
    int n2 = counts[2];
    int n3 = counts[3];
    FloatVector right = FloatVector.broadcast(FLOATS, ScalarCodeKernels.HALF_PI);
    for (int block = 0, at = 0; block < blocks; block++) {
      IntVector d0 = IntVector.zero(INTS);
      IntVector d1 = IntVector.zero(INTS);
      IntVector d2 = IntVector.zero(INTS);
      IntVector d3 = IntVector.zero(INTS);
      IntVector c;
      for (int w = 0; w < words; w++, at += BLOCK_COLUMNS) {
        c = IntVector.fromArray(INTS, columns, at);
        d0 = d0.add(c.lanewise(VectorOperators.XOR, rows[w]).lanewise(VectorOperators.BIT_COUNT));
        d1 =
            d1.add(
                c.lanewise(VectorOperators.XOR, rows[w + words])
                    .lanewise(VectorOperators.BIT_COUNT));
        d2 =
            d2.add(
                c.lanewise(VectorOperators.XOR, rows[w + 2 * words])
                    .lanewise(VectorOperators.BIT_COUNT));
        d3 =
            d3.add(
                c.lanewise(VectorOperators.XOR, rows[w + 3 * words])
                    .lanewise(VectorOperators.BIT_COUNT));
      }
      FloatVector length = FloatVector.fromArray(FLOATS, lengths, block * BLOCK_COLUMNS);
      FloatVector bias = FloatVector.fromArray(FLOATS, biases, block * BLOCK_COLUMNS);
      IntVector numbers = IOTA.add(first + block * BLOCK_COLUMNS);
      FloatVector x, x2, cosine, estimate;
      VectorMask<Float> reached;
      x = right.sub(((FloatVector) d0.convert(VectorOperators.I2F, 0)).mul(radiansPerBit));
      x2 = x.mul(x);
      cosine = x2.mul(ScalarCodeKernels.FIFTH).sub(ScalarCodeKernels.THIRD).mul(x2).add(1f).mul(x);
      estimate = length.mul(scale[0]).mul(cosine).sub(bias).add(base[0]);
      reached = estimate.compare(VectorOperators.GE, bounds[0]);
      estimate.compress(reached).intoArray(estimates0, n0);
      numbers.compress(reached.cast(INTS)).intoArray(members0, n0);
      n0 += reached.trueCount();
      x = right.sub(((FloatVector) d1.convert(VectorOperators.I2F, 0)).mul(radiansPerBit));
      x2 = x.mul(x);
      cosine = x2.mul(ScalarCodeKernels.FIFTH).sub(ScalarCodeKernels.THIRD).mul(x2).add(1f).mul(x);
      estimate = length.mul(scale[1]).mul(cosine).sub(bias).add(base[1]);
      reached = estimate.compare(VectorOperators.GE, bounds[1]);
      estimate.compress(reached).intoArray(estimates1, n1);
      numbers.compress(reached.cast(INTS)).intoArray(members1, n1);
      n1 += reached.trueCount();
      x = right.sub(((FloatVector) d2.convert(VectorOperators.I2F, 0)).mul(radiansPerBit));
      x2 = x.mul(x);
      cosine = x2.mul(ScalarCodeKernels.FIFTH).sub(ScalarCodeKernels.THIRD).mul(x2).add(1f).mul(x);
      estimate = length.mul(scale[2]).mul(cosine).sub(bias).add(base[2]);
      reached = estimate.compare(VectorOperators.GE, bounds[2]);
      estimate.compress(reached).intoArray(estimates2, n2);
      numbers.compress(reached.cast(INTS)).intoArray(members2, n2);
      n2 += reached.trueCount();
      x = right.sub(((FloatVector) d3.convert(VectorOperators.I2F, 0)).mul(radiansPerBit));
      x2 = x.mul(x);
      cosine = x2.mul(ScalarCodeKernels.FIFTH).sub(ScalarCodeKernels.THIRD).mul(x2).add(1f).mul(x);
      estimate = length.mul(scale[3]).mul(cosine).sub(bias).add(base[3]);
      reached = estimate.compare(VectorOperators.GE, bounds[3]);
      estimate.compress(reached).intoArray(estimates3, n3);
      numbers.compress(reached.cast(INTS)).intoArray(members3, n3);
      n3 += reached.trueCount();
    }
    counts[0] = n0;
    counts[1] = n1;
    counts[2] = n2;
    counts[3] = n3;
  }

  /**
   * Distances of four rows to one vector of columns; they stay in registers. Bits are counted in
   * bytes, because processors that cannot count those of an int look them up byte by byte.
   *
   * @param from first word
   * @param to after the last word, at most {@link #BYTE_WORDS} later
   * @param column the first one
   * @param out receives four bytes for each column, those of each row {@code stride} after those of
   *     the row before
   */
  private static void distances(
      int[] rows,
      int words,
      int from,
      int to,
      int[] columns,
      int column,
      int[] out,
      int offset,
      int stride) {
    int at = column / BLOCK_COLUMNS * BLOCK_COLUMNS * words + column % BLOCK_COLUMNS;
    ByteVector d0 = ByteVector.zero(ALL_BYTES);
    ByteVector d1 = ByteVector.zero(ALL_BYTES);
    ByteVector d2 = ByteVector.zero(ALL_BYTES);
    ByteVector d3 = ByteVector.zero(ALL_BYTES);
    IntVector c;
    for (int w = from; w < to; w++) {
      c = IntVector.fromArray(INTS, columns, at + w * BLOCK_COLUMNS);
      d0 =
          d0.add(
              c.lanewise(VectorOperators.XOR, rows[w])
                  .reinterpretAsBytes()
                  .lanewise(VectorOperators.BIT_COUNT));
      d1 =
          d1.add(
              c.lanewise(VectorOperators.XOR, rows[w + words])
                  .reinterpretAsBytes()
                  .lanewise(VectorOperators.BIT_COUNT));
      d2 =
          d2.add(
              c.lanewise(VectorOperators.XOR, rows[w + 2 * words])
                  .reinterpretAsBytes()
                  .lanewise(VectorOperators.BIT_COUNT));
      d3 =
          d3.add(
              c.lanewise(VectorOperators.XOR, rows[w + 3 * words])
                  .reinterpretAsBytes()
                  .lanewise(VectorOperators.BIT_COUNT));
    }
    d0.reinterpretAsInts().intoArray(out, offset + column);
    d1.reinterpretAsInts().intoArray(out, offset + column + stride);
    d2.reinterpretAsInts().intoArray(out, offset + column + 2 * stride);
    d3.reinterpretAsInts().intoArray(out, offset + column + 3 * stride);
  }

  /**
   * Turns a row's distances into estimates, and appends those that reach the bound.
   *
   * @param distances of the row, from {@code offset} on, in bytes
   * @param n where to append
   * @return where the next one is appended
   */
  private static int append(
      int[] distances,
      int offset,
      int end,
      int words,
      float[] lengths,
      float[] biases,
      float base,
      float scale,
      float radiansPerBit,
      float bound,
      int first,
      int[] members,
      float[] estimates,
      int n) {
    FloatVector right = FloatVector.broadcast(FLOATS, ScalarCodeKernels.HALF_PI);
    for (int column = 0; column < end; column += LANES) {
      IntVector distance = IntVector.zero(INTS);
      for (int from = 0, at = offset + column; from < words; from += BYTE_WORDS, at += ROWS * end) {
        IntVector bytes = IntVector.fromArray(INTS, distances, at);
        bytes = bytes.and(EVEN).add(bytes.lanewise(VectorOperators.LSHR, 8).and(EVEN));
        distance =
            distance.add(bytes.add(bytes.lanewise(VectorOperators.LSHR, 16)).and(Short.MAX_VALUE));
      }
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
      long hits = estimate.compare(VectorOperators.GE, bound).toLong();
      if (hits != 0) {
        estimate.intoArray(estimates, n);
      }
      if (hits == ALL) {
        IOTA.add(first + column).intoArray(members, n);
        n += LANES;
      } else {
        for (int at = n; hits != 0; hits &= hits - 1) {
          int lane = Long.numberOfTrailingZeros(hits);
          members[n] = first + column + lane;
          estimates[n++] = estimates[at + lane];
        }
      }
    }
    return n;
  }

  /** Every other byte. */
  private static final int EVEN = 0x00ff00ff;

  /** A bit for each lane. */
  private static final long ALL = (1L << LANES) - 1;

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
