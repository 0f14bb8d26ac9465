// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import static io.github.batchedhnsw.vectors.PanamaLanes.BYTES;
import static io.github.batchedhnsw.vectors.PanamaLanes.BYTE_STEP;
import static io.github.batchedhnsw.vectors.PanamaLanes.BY_2;
import static io.github.batchedhnsw.vectors.PanamaLanes.BY_4;
import static io.github.batchedhnsw.vectors.PanamaLanes.BY_8;
import static io.github.batchedhnsw.vectors.PanamaLanes.FIRST_FOUR;
import static io.github.batchedhnsw.vectors.PanamaLanes.FLIP_1;
import static io.github.batchedhnsw.vectors.PanamaLanes.FLIP_2;
import static io.github.batchedhnsw.vectors.PanamaLanes.FLIP_4;
import static io.github.batchedhnsw.vectors.PanamaLanes.FLIP_8;
import static io.github.batchedhnsw.vectors.PanamaLanes.FLOATS;
import static io.github.batchedhnsw.vectors.PanamaLanes.INTS;
import static io.github.batchedhnsw.vectors.PanamaLanes.LANES;
import static io.github.batchedhnsw.vectors.PanamaLanes.SHORTS;
import static io.github.batchedhnsw.vectors.PanamaLanes.SUMS_OF_FOUR;
import static io.github.batchedhnsw.vectors.PanamaLanes.UPPER_4;
import static io.github.batchedhnsw.vectors.PanamaLanes.UPPER_8;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link PairKernels} on the JDK's vector module.
 *
 * <p>A vector must not leave the method that the compiler compiles, or it becomes an object.
 * Whether a method of up to 325 bytes is inlined depends on how much room its caller has; what
 * every pair needs is therefore in longer methods, which are compiled on their own, and no method
 * but the folding of sums has vectors as parameters or result.
 */
sealed interface PanamaPairKernels extends PairKernels permits PanamaTileKernels {

  @Override
  default float dot(float[] a, float[] b) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = FloatVector.zero(FLOATS);
    FloatVector s2 = FloatVector.zero(FLOATS);
    FloatVector s3 = FloatVector.zero(FLOATS);
    int i = 0;
    for (; i + SUMS <= a.length; i += SUMS) {
      s0 = FloatVector.fromArray(FLOATS, a, i).fma(FloatVector.fromArray(FLOATS, b, i), s0);
      if (LANES < 16) {
        s1 =
            FloatVector.fromArray(FLOATS, a, i + LANES)
                .fma(FloatVector.fromArray(FLOATS, b, i + LANES), s1);
      }
      if (LANES < 8) {
        s2 =
            FloatVector.fromArray(FLOATS, a, i + 2 * LANES)
                .fma(FloatVector.fromArray(FLOATS, b, i + 2 * LANES), s2);
        s3 =
            FloatVector.fromArray(FLOATS, a, i + 3 * LANES)
                .fma(FloatVector.fromArray(FLOATS, b, i + 3 * LANES), s3);
      }
    }
    for (int part = 0; i < a.length; i += LANES, part++) { // lanes beyond the end are zero
      VectorMask<Float> rest = FLOATS.indexInRange(i, a.length);
      FloatVector x = FloatVector.fromArray(FLOATS, a, i, rest);
      FloatVector y = FloatVector.fromArray(FLOATS, b, i, rest);
      switch (part) {
        case 0 -> s0 = x.fma(y, s0);
        case 1 -> s1 = x.fma(y, s1);
        case 2 -> s2 = x.fma(y, s2);
        default -> s3 = x.fma(y, s3);
      }
    }
    return switch (LANES) {
      case 16 -> sum(s0.add(s0.rearrange(BY_8)));
      case 8 -> sum(s0.add(s1));
      default -> sum(s0.add(s2).add(s1.add(s3)));
    };
  }

  @Override
  default void dot4(
      float[] query, float[] row0, float[] row1, float[] row2, float[] row3, float[] out) {
    if (LANES < 16) {
      PanamaSums.dots(query, row0, row1, row2, row3, out, 0);
      PanamaSums.fold(out, 4);
      return;
    }
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
    FloatVector q;
    int i = 0;
    for (; i + SUMS <= query.length; i += SUMS) {
      q = FloatVector.fromArray(FLOATS, query, i);
      a0 = FloatVector.fromArray(FLOATS, row0, i).fma(q, a0);
      a1 = FloatVector.fromArray(FLOATS, row1, i).fma(q, a1);
      a2 = FloatVector.fromArray(FLOATS, row2, i).fma(q, a2);
      a3 = FloatVector.fromArray(FLOATS, row3, i).fma(q, a3);
    }
    if (i < query.length) { // lanes beyond the end are zero
      VectorMask<Float> rest = FLOATS.indexInRange(i, query.length);
      q = FloatVector.fromArray(FLOATS, query, i, rest);
      a0 = FloatVector.fromArray(FLOATS, row0, i, rest).fma(q, a0);
      a1 = FloatVector.fromArray(FLOATS, row1, i, rest).fma(q, a1);
      a2 = FloatVector.fromArray(FLOATS, row2, i, rest).fma(q, a2);
      a3 = FloatVector.fromArray(FLOATS, row3, i, rest).fma(q, a3);
    }
    // As in sums, written out: this method is long enough then not to be inlined.
    a0 = a0.blend(a1, UPPER_8).add(a1.blend(a0, UPPER_8).rearrange(FLIP_8));
    a2 = a2.blend(a3, UPPER_8).add(a3.blend(a2, UPPER_8).rearrange(FLIP_8));
    q = a0.blend(a2, UPPER_4).add(a2.blend(a0, UPPER_4).rearrange(FLIP_4));
    q = q.add(q.rearrange(FLIP_2));
    q = q.add(q.rearrange(FLIP_1));
    q.rearrange(SUMS_OF_FOUR).intoArray(out, 0, FIRST_FOUR);
  }

  @Override
  default void squareDistance4(
      float[] query, float[] row0, float[] row1, float[] row2, float[] row3, float[] out) {
    if (LANES < 16) {
      PanamaSums.squareDistances(query, row0, row1, row2, row3, out, 0);
      PanamaSums.fold(out, 4);
      return;
    }
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
    FloatVector q, x;
    int i = 0;
    for (; i + SUMS <= query.length; i += SUMS) {
      q = FloatVector.fromArray(FLOATS, query, i);
      x = FloatVector.fromArray(FLOATS, row0, i).sub(q);
      a0 = x.fma(x, a0);
      x = FloatVector.fromArray(FLOATS, row1, i).sub(q);
      a1 = x.fma(x, a1);
      x = FloatVector.fromArray(FLOATS, row2, i).sub(q);
      a2 = x.fma(x, a2);
      x = FloatVector.fromArray(FLOATS, row3, i).sub(q);
      a3 = x.fma(x, a3);
    }
    if (i < query.length) { // lanes beyond the end are zero
      VectorMask<Float> rest = FLOATS.indexInRange(i, query.length);
      q = FloatVector.fromArray(FLOATS, query, i, rest);
      x = FloatVector.fromArray(FLOATS, row0, i, rest).sub(q);
      a0 = x.fma(x, a0);
      x = FloatVector.fromArray(FLOATS, row1, i, rest).sub(q);
      a1 = x.fma(x, a1);
      x = FloatVector.fromArray(FLOATS, row2, i, rest).sub(q);
      a2 = x.fma(x, a2);
      x = FloatVector.fromArray(FLOATS, row3, i, rest).sub(q);
      a3 = x.fma(x, a3);
    }
    sums(a0, a1, a2, a3, out, 0);
  }

  /**
   * The sums of the lanes of four vectors of 16, folded as {@link #sum} does, all at once.
   *
   * @param out receives them from {@code at} on
   */
  static void sums(
      FloatVector s0, FloatVector s1, FloatVector s2, FloatVector s3, float[] out, int at) {
    FloatVector s01 = s0.blend(s1, UPPER_8).add(s1.blend(s0, UPPER_8).rearrange(FLIP_8));
    FloatVector s23 = s2.blend(s3, UPPER_8).add(s3.blend(s2, UPPER_8).rearrange(FLIP_8));
    // From here on s0 is in lanes 0 to 3, s2 in 4 to 7, s1 in 8 to 11, s3 in 12 to 15.
    FloatVector all = s01.blend(s23, UPPER_4).add(s23.blend(s01, UPPER_4).rearrange(FLIP_4));
    all = all.add(all.rearrange(FLIP_2));
    all = all.add(all.rearrange(FLIP_1));
    all.rearrange(SUMS_OF_FOUR).intoArray(out, at, FIRST_FOUR);
  }

  @Override
  default float difference(float[] a, int aOffset, float[] b, float[] out, int outOffset) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = FloatVector.zero(FLOATS);
    FloatVector s2 = FloatVector.zero(FLOATS);
    FloatVector s3 = FloatVector.zero(FLOATS);
    FloatVector d;
    int i = 0;
    for (; i + SUMS <= b.length; i += SUMS) {
      d = FloatVector.fromArray(FLOATS, a, aOffset + i).sub(FloatVector.fromArray(FLOATS, b, i));
      d.intoArray(out, outOffset + i);
      s0 = d.fma(d, s0);
      if (LANES < 16) {
        int i1 = i + LANES;
        d =
            FloatVector.fromArray(FLOATS, a, aOffset + i1)
                .sub(FloatVector.fromArray(FLOATS, b, i1));
        d.intoArray(out, outOffset + i1);
        s1 = d.fma(d, s1);
      }
      if (LANES < 8) {
        int i2 = i + 2 * LANES;
        d =
            FloatVector.fromArray(FLOATS, a, aOffset + i2)
                .sub(FloatVector.fromArray(FLOATS, b, i2));
        d.intoArray(out, outOffset + i2);
        s2 = d.fma(d, s2);
        int i3 = i + 3 * LANES;
        d =
            FloatVector.fromArray(FLOATS, a, aOffset + i3)
                .sub(FloatVector.fromArray(FLOATS, b, i3));
        d.intoArray(out, outOffset + i3);
        s3 = d.fma(d, s3);
      }
    }
    for (int part = 0; i < b.length; i += LANES, part++) {
      VectorMask<Float> rest = FLOATS.indexInRange(i, b.length);
      d =
          FloatVector.fromArray(FLOATS, a, aOffset + i, rest)
              .sub(FloatVector.fromArray(FLOATS, b, i, rest));
      d.intoArray(out, outOffset + i, rest);
      switch (part) {
        case 0 -> s0 = d.fma(d, s0);
        case 1 -> s1 = d.fma(d, s1);
        case 2 -> s2 = d.fma(d, s2);
        default -> s3 = d.fma(d, s3);
      }
    }
    return switch (LANES) {
      case 16 -> sum(s0.add(s0.rearrange(BY_8)));
      case 8 -> sum(s0.add(s1));
      default -> sum(s0.add(s2).add(s1.add(s3)));
    };
  }

  @Override
  default int dot(byte[] a, byte[] b) {
    IntVector sum = IntVector.zero(INTS);
    int i = 0;
    for (int bound = BYTES.loopBound(a.length); i < bound; i += BYTE_STEP) {
      ShortVector product =
          ((ShortVector)
                  ByteVector.fromArray(BYTES, a, i).convertShape(VectorOperators.B2S, SHORTS, 0))
              .mul(
                  ((ShortVector)
                      ByteVector.fromArray(BYTES, b, i)
                          .convertShape(VectorOperators.B2S, SHORTS, 0)));
      sum =
          sum.add(((IntVector) product.convertShape(VectorOperators.S2I, INTS, 0)))
              .add(((IntVector) product.convertShape(VectorOperators.S2I, INTS, 1)));
    }
    int result = sum.reduceLanes(VectorOperators.ADD);
    for (; i < a.length; i++) {
      result += a[i] * b[i];
    }
    return result;
  }

  @Override
  default int squareDistance(byte[] a, byte[] b) {
    IntVector sum = IntVector.zero(INTS);
    int i = 0;
    for (int bound = BYTES.loopBound(a.length); i < bound; i += BYTE_STEP) {
      ShortVector difference =
          ((ShortVector)
                  ByteVector.fromArray(BYTES, a, i).convertShape(VectorOperators.B2S, SHORTS, 0))
              .sub(
                  ((ShortVector)
                      ByteVector.fromArray(BYTES, b, i)
                          .convertShape(VectorOperators.B2S, SHORTS, 0)));
      IntVector low = ((IntVector) difference.convertShape(VectorOperators.S2I, INTS, 0));
      IntVector high = ((IntVector) difference.convertShape(VectorOperators.S2I, INTS, 1));
      sum = sum.add(low.mul(low)).add(high.mul(high));
    }
    int result = sum.reduceLanes(VectorOperators.ADD);
    for (; i < a.length; i++) {
      int d = a[i] - b[i];
      result += d * d;
    }
    return result;
  }

  /**
   * Sum of the first eight partial sums, or of the first four where there are as many lanes, folded
   * in halves. Not {@code reduceLanes(ADD)}: that one may add in one order while a method is
   * interpreted and in another once it is compiled, and graphs would not be reproducible.
   */
  static float sum(FloatVector v) {
    if (LANES > 4) {
      v = v.add(v.rearrange(BY_4));
    }
    v = v.add(v.rearrange(BY_2));
    return v.lane(0) + v.lane(1);
  }
}
