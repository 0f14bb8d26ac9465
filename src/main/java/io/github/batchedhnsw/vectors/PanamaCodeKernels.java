package io.github.batchedhnsw.vectors;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** {@link CodeKernels} on the JDK's vector module. */
final class PanamaCodeKernels implements CodeKernels {
  private static final VectorSpecies<Float> FLOATS =
      FloatVector.SPECIES_PREFERRED.length() > BLOCK_COLUMNS
          ? FloatVector.SPECIES_512
          : FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, FLOATS.vectorShape());
  private static final int LANES = INTS.length();

  @Override
  public void estimates(
      int[] rows,
      int words,
      int[] columns,
      int blocks,
      float[] lengths,
      float[] biases,
      float[] base,
      float[] scale,
      float radiansPerBit,
      float[] out,
      int[] outOffsets) {
    for (int part = 0; part < BLOCK_COLUMNS; part += LANES) {
      for (int block = 0; block < blocks; block++) {
        distances(
            rows,
            words,
            columns,
            block * words * BLOCK_COLUMNS + part,
            lengths,
            biases,
            base,
            scale,
            radiansPerBit,
            block * BLOCK_COLUMNS + part,
            out,
            outOffsets);
      }
    }
  }

  private static void distances(
      int[] rows,
      int words,
      int[] columns,
      int offset,
      float[] lengths,
      float[] biases,
      float[] base,
      float[] scale,
      float radiansPerBit,
      int column,
      float[] out,
      int[] outOffsets) {
    IntVector d0 = IntVector.zero(INTS);
    IntVector d1 = IntVector.zero(INTS);
    IntVector d2 = IntVector.zero(INTS);
    IntVector d3 = IntVector.zero(INTS);
    for (int w = 0; w < words; w++) {
      IntVector c = IntVector.fromArray(INTS, columns, offset + w * BLOCK_COLUMNS);
      d0 = d0.add(c.lanewise(VectorOperators.XOR, rows[w]).lanewise(VectorOperators.BIT_COUNT));
      d1 =
          d1.add(
              c.lanewise(VectorOperators.XOR, rows[w + words]).lanewise(VectorOperators.BIT_COUNT));
      d2 =
          d2.add(
              c.lanewise(VectorOperators.XOR, rows[w + 2 * words])
                  .lanewise(VectorOperators.BIT_COUNT));
      d3 =
          d3.add(
              c.lanewise(VectorOperators.XOR, rows[w + 3 * words])
                  .lanewise(VectorOperators.BIT_COUNT));
    }
    FloatVector length = FloatVector.fromArray(FLOATS, lengths, column);
    FloatVector bias = FloatVector.fromArray(FLOATS, biases, column);
    estimate(d0, radiansPerBit, length, bias, scale[0], base[0])
        .intoArray(out, outOffsets[0] + column);
    estimate(d1, radiansPerBit, length, bias, scale[1], base[1])
        .intoArray(out, outOffsets[1] + column);
    estimate(d2, radiansPerBit, length, bias, scale[2], base[2])
        .intoArray(out, outOffsets[2] + column);
    estimate(d3, radiansPerBit, length, bias, scale[3], base[3])
        .intoArray(out, outOffsets[3] + column);
  }

  private static FloatVector estimate(
      IntVector distance,
      float radiansPerBit,
      FloatVector length,
      FloatVector bias,
      float scale,
      float base) {
    FloatVector x =
        FloatVector.broadcast(FLOATS, ScalarCodeKernels.HALF_PI)
            .sub(((FloatVector) distance.convert(VectorOperators.I2F, 0)).mul(radiansPerBit));
    FloatVector x2 = x.mul(x);
    FloatVector cosine =
        x2.mul(ScalarCodeKernels.FIFTH).sub(ScalarCodeKernels.THIRD).mul(x2).add(1f).mul(x);
    return length.mul(scale).mul(cosine).sub(bias).add(base);
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
    for (; from + Integer.SIZE <= count; from += Integer.SIZE, at += stride) {
      long word = 0;
      for (int i = 0; i < Integer.SIZE; i += LANES) {
        word |=
            FloatVector.fromArray(FLOATS, a, aOffset + from + i)
                    .lt(FloatVector.fromArray(FLOATS, b, bOffset + from + i))
                    .toLong()
                << i;
      }
      code[at] = (int) word;
    }
    if (from < count) {
      SCALAR.signs(a, aOffset + from, b, bOffset + from, count - from, code, at, stride);
    }
  }

  private static final ScalarCodeKernels SCALAR = new ScalarCodeKernels();
}
