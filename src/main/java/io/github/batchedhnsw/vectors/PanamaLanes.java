// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * What the kernels on the JDK's vector module have in common: vectors of the lane width that the
 * JVM prefers, from 128 to 512 bits, and constants of that width.
 */
final class PanamaLanes {
  static final VectorSpecies<Float> FLOATS =
      VectorSpecies.of(
          float.class,
          VectorShape.forBitSize(
              Math.clamp(FloatVector.SPECIES_PREFERRED.vectorBitSize(), 128, 512)));
  static final int LANES = FLOATS.length();

  // The upper half of the lanes, moved onto the lower, see sum.
  static final VectorShuffle<Float> BY_8 = VectorShuffle.iota(FLOATS, 8, 1, true);
  static final VectorShuffle<Float> BY_4 = VectorShuffle.iota(FLOATS, 4, 1, true);
  static final VectorShuffle<Float> BY_2 = VectorShuffle.iota(FLOATS, 2, 1, true);

  // Parts of rows exchanged while a square is transposed, see exchange.
  static final VectorShuffle<Float> FLIP_8 = flip(8);
  static final VectorShuffle<Float> FLIP_4 = flip(4);
  static final VectorShuffle<Float> FLIP_2 = flip(2);
  static final VectorShuffle<Float> FLIP_1 = flip(1);
  static final VectorMask<Float> UPPER_8 = upper(8);
  static final VectorMask<Float> UPPER_4 = upper(4);
  static final VectorMask<Float> UPPER_2 = upper(2);
  static final VectorMask<Float> UPPER_1 = upper(1);

  // Where the sums of four vectors are, see sums.
  static final VectorShuffle<Float> SUMS_OF_FOUR =
      VectorShuffle.fromOp(FLOATS, lane -> new int[] {0, 2, 1, 3}[lane % 4] * LANES / 4);
  static final VectorMask<Float> FIRST_FOUR = VectorMask.fromLong(FLOATS, 15);

  // Bytes are widened to shorts, in which their products fit, and summed as ints.
  static final VectorShape SHAPE = FLOATS.vectorShape();
  static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SHAPE);
  static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, SHAPE);
  static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, SHAPE.vectorBitSize() / 2)));

  /** The bytes of a vector of ints. */
  static final VectorSpecies<Byte> ALL_BYTES = VectorSpecies.of(byte.class, SHAPE);

  /** The lanes' numbers. */
  static final IntVector IOTA = IntVector.zero(INTS).addIndex(1);

  /** Whether lanes can be moved together in one step, as AVX-512 does. */
  static final boolean COMPRESSES = LANES == 16;

  /** Bytes that one vector of shorts holds. */
  static final int BYTE_STEP = SHORTS.length();

  private PanamaLanes() {}

  private static VectorShuffle<Float> flip(int part) {
    return VectorShuffle.fromOp(FLOATS, lane -> (lane ^ part) % LANES);
  }

  private static VectorMask<Float> upper(int part) {
    long lanes = 0;
    for (int lane = 0; lane < LANES; lane++) {
      lanes |= (lane & part) == 0 ? 0 : 1L << lane;
    }
    return VectorMask.fromLong(FLOATS, lanes);
  }
}
