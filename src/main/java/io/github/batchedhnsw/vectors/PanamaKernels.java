// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link DistanceKernels} on the JDK's vector module, in the lane width that the JVM prefers. The
 * only class that imports the incubator module; it is loaded only where the module is present.
 *
 * <p>Vectors must not leave a method that the compiler does not inline, or each is an object. It
 * inlines by luck where callers are large; what every pair needs is in methods of more than 325
 * bytes, which it compiles on their own, and no method but the folding of sums has vectors as
 * parameters or result.
 */
public final class PanamaKernels implements DistanceKernels {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = FLOATS.length();
  private static final VectorShuffle<Float> BY_8 = VectorShuffle.iota(FLOATS, 8, 1, true);
  private static final VectorShuffle<Float> BY_4 = VectorShuffle.iota(FLOATS, 4, 1, true);
  private static final VectorShuffle<Float> BY_2 = VectorShuffle.iota(FLOATS, 2, 1, true);

  // Parts of rows exchanged while a square is transposed, see exchange.
  private static final VectorShuffle<Float> FLIP_8 = flip(8);
  private static final VectorShuffle<Float> FLIP_4 = flip(4);
  private static final VectorShuffle<Float> FLIP_2 = flip(2);
  private static final VectorShuffle<Float> FLIP_1 = flip(1);
  private static final VectorMask<Float> UPPER_8 = upper(8);
  private static final VectorMask<Float> UPPER_4 = upper(4);
  private static final VectorMask<Float> UPPER_2 = upper(2);
  private static final VectorMask<Float> UPPER_1 = upper(1);

  // Where the sums of four vectors are, see sums.
  private static final VectorShuffle<Float> SUMS =
      VectorShuffle.fromOp(FLOATS, lane -> new int[] {0, 8, 4, 12}[lane % 4] % LANES);
  private static final VectorMask<Float> FIRST_FOUR = VectorMask.fromLong(FLOATS, 15);

  // Bytes are widened to shorts, in which their products fit, and summed as ints.
  private static final VectorShape SHAPE = FLOATS.vectorShape();
  private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SHAPE);
  private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, SHAPE);
  private static final VectorSpecies<Short> HALF_SHORTS =
      VectorSpecies.of(
          short.class, VectorShape.forBitSize(Math.max(64, SHAPE.vectorBitSize() / 2)));
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, SHAPE.vectorBitSize() / 2)));

  /** A panel's block is one vector wide, but not of less than 8 rows. */
  private static final int BLOCK_ROWS = Math.max(8, LANES);

  private static final IntVector IOTA = IntVector.zero(INTS).addIndex(1);

  /** Whether lanes can be moved together in one step, as AVX-512 does. */
  private static final boolean COMPRESSES = LANES == 16;

  private static final int BYTE_STEP = SHORTS.length();

  /** Longer arrays are sorted faster by others. */
  private static final int MAX_RANKED = 256;

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

  @Override
  public String name() {
    return "panama-" + SHAPE.vectorBitSize();
  }

  @Override
  public float dot(float[] a, float[] b) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = FloatVector.zero(FLOATS);
    FloatVector s2 = FloatVector.zero(FLOATS);
    FloatVector s3 = FloatVector.zero(FLOATS);
    int i = 0;
    for (int bound = a.length - 4 * LANES; i <= bound; i += 4 * LANES) {
      s0 = FloatVector.fromArray(FLOATS, a, i).fma(FloatVector.fromArray(FLOATS, b, i), s0);
      s1 =
          FloatVector.fromArray(FLOATS, a, i + LANES)
              .fma(FloatVector.fromArray(FLOATS, b, i + LANES), s1);
      s2 =
          FloatVector.fromArray(FLOATS, a, i + 2 * LANES)
              .fma(FloatVector.fromArray(FLOATS, b, i + 2 * LANES), s2);
      s3 =
          FloatVector.fromArray(FLOATS, a, i + 3 * LANES)
              .fma(FloatVector.fromArray(FLOATS, b, i + 3 * LANES), s3);
    }
    for (int bound = a.length - LANES; i <= bound; i += LANES) {
      s0 = FloatVector.fromArray(FLOATS, a, i).fma(FloatVector.fromArray(FLOATS, b, i), s0);
    }
    float sum = sum(s0.add(s1).add(s2.add(s3)));
    for (; i < a.length; i++) {
      sum = Math.fma(a[i], b[i], sum);
    }
    return sum;
  }

  @Override
  public void dot4(
      float[] query, float[] row0, float[] row1, float[] row2, float[] row3, float[] out) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = FloatVector.zero(FLOATS);
    FloatVector s2 = FloatVector.zero(FLOATS);
    FloatVector s3 = FloatVector.zero(FLOATS);
    int i = 0;
    for (int bound = query.length - 2 * LANES; i <= bound; i += 2 * LANES) {
      FloatVector q = FloatVector.fromArray(FLOATS, query, i);
      s0 = FloatVector.fromArray(FLOATS, row0, i).fma(q, s0);
      s1 = FloatVector.fromArray(FLOATS, row1, i).fma(q, s1);
      s2 = FloatVector.fromArray(FLOATS, row2, i).fma(q, s2);
      s3 = FloatVector.fromArray(FLOATS, row3, i).fma(q, s3);
      q = FloatVector.fromArray(FLOATS, query, i + LANES);
      s0 = FloatVector.fromArray(FLOATS, row0, i + LANES).fma(q, s0);
      s1 = FloatVector.fromArray(FLOATS, row1, i + LANES).fma(q, s1);
      s2 = FloatVector.fromArray(FLOATS, row2, i + LANES).fma(q, s2);
      s3 = FloatVector.fromArray(FLOATS, row3, i + LANES).fma(q, s3);
    }
    for (; i < query.length; i += LANES) { // lanes beyond the end are zero
      VectorMask<Float> rest = FLOATS.indexInRange(i, query.length);
      FloatVector q = FloatVector.fromArray(FLOATS, query, i, rest);
      s0 = FloatVector.fromArray(FLOATS, row0, i, rest).fma(q, s0);
      s1 = FloatVector.fromArray(FLOATS, row1, i, rest).fma(q, s1);
      s2 = FloatVector.fromArray(FLOATS, row2, i, rest).fma(q, s2);
      s3 = FloatVector.fromArray(FLOATS, row3, i, rest).fma(q, s3);
    }
    sums(s0, s1, s2, s3, out);
  }

  @Override
  public void squareDistance4(
      float[] query, float[] row0, float[] row1, float[] row2, float[] row3, float[] out) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = FloatVector.zero(FLOATS);
    FloatVector s2 = FloatVector.zero(FLOATS);
    FloatVector s3 = FloatVector.zero(FLOATS);
    int i = 0;
    for (int bound = FLOATS.loopBound(query.length); i < bound; i += LANES) {
      FloatVector q = FloatVector.fromArray(FLOATS, query, i);
      FloatVector d0 = FloatVector.fromArray(FLOATS, row0, i).sub(q);
      FloatVector d1 = FloatVector.fromArray(FLOATS, row1, i).sub(q);
      FloatVector d2 = FloatVector.fromArray(FLOATS, row2, i).sub(q);
      FloatVector d3 = FloatVector.fromArray(FLOATS, row3, i).sub(q);
      s0 = d0.fma(d0, s0);
      s1 = d1.fma(d1, s1);
      s2 = d2.fma(d2, s2);
      s3 = d3.fma(d3, s3);
    }
    if (i < query.length) {
      VectorMask<Float> rest = FLOATS.indexInRange(i, query.length);
      FloatVector q = FloatVector.fromArray(FLOATS, query, i, rest);
      FloatVector d0 = FloatVector.fromArray(FLOATS, row0, i, rest).sub(q);
      FloatVector d1 = FloatVector.fromArray(FLOATS, row1, i, rest).sub(q);
      FloatVector d2 = FloatVector.fromArray(FLOATS, row2, i, rest).sub(q);
      FloatVector d3 = FloatVector.fromArray(FLOATS, row3, i, rest).sub(q);
      s0 = d0.fma(d0, s0);
      s1 = d1.fma(d1, s1);
      s2 = d2.fma(d2, s2);
      s3 = d3.fma(d3, s3);
    }
    sums(s0, s1, s2, s3, out);
  }

  /**
   * The sums of the lanes of four vectors, folded as {@link #sum} does; where there are 16 lanes,
   * all of them at once.
   */
  private static void sums(
      FloatVector s0, FloatVector s1, FloatVector s2, FloatVector s3, float[] out) {
    if (LANES != 16) {
      out[0] = sum(s0);
      out[1] = sum(s1);
      out[2] = sum(s2);
      out[3] = sum(s3);
      return;
    }
    FloatVector s01 = s0.blend(s1, UPPER_8).add(s1.blend(s0, UPPER_8).rearrange(FLIP_8));
    FloatVector s23 = s2.blend(s3, UPPER_8).add(s3.blend(s2, UPPER_8).rearrange(FLIP_8));
    // From here on s0 is in lanes 0 to 3, s2 in 4 to 7, s1 in 8 to 11, s3 in 12 to 15.
    FloatVector all = s01.blend(s23, UPPER_4).add(s23.blend(s01, UPPER_4).rearrange(FLIP_4));
    all = all.add(all.rearrange(FLIP_2));
    all = all.add(all.rearrange(FLIP_1));
    all.rearrange(SUMS).intoArray(out, 0, FIRST_FOUR);
  }

  @Override
  public float difference(float[] a, int aOffset, float[] b, float[] out, int outOffset) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = FloatVector.zero(FLOATS);
    int i = 0;
    for (int bound = b.length - 4 * LANES; i <= bound; i += 4 * LANES) {
      int i1 = i + LANES;
      int i2 = i1 + LANES;
      int i3 = i2 + LANES;
      FloatVector d0 = FloatVector.fromArray(FLOATS, a, aOffset + i);
      FloatVector d1 = FloatVector.fromArray(FLOATS, a, aOffset + i1);
      FloatVector d2 = FloatVector.fromArray(FLOATS, a, aOffset + i2);
      FloatVector d3 = FloatVector.fromArray(FLOATS, a, aOffset + i3);
      d0 = d0.sub(FloatVector.fromArray(FLOATS, b, i));
      d1 = d1.sub(FloatVector.fromArray(FLOATS, b, i1));
      d2 = d2.sub(FloatVector.fromArray(FLOATS, b, i2));
      d3 = d3.sub(FloatVector.fromArray(FLOATS, b, i3));
      d0.intoArray(out, outOffset + i);
      d1.intoArray(out, outOffset + i1);
      d2.intoArray(out, outOffset + i2);
      d3.intoArray(out, outOffset + i3);
      s0 = d0.fma(d0, s0);
      s1 = d1.fma(d1, s1);
      s0 = d2.fma(d2, s0);
      s1 = d3.fma(d3, s1);
    }
    for (; i < b.length; i += LANES) {
      VectorMask<Float> rest = FLOATS.indexInRange(i, b.length);
      FloatVector d =
          FloatVector.fromArray(FLOATS, a, aOffset + i, rest)
              .sub(FloatVector.fromArray(FLOATS, b, i, rest));
      d.intoArray(out, outOffset + i, rest);
      s0 = d.fma(d, s0);
    }
    return sum(s0.add(s1));
  }

  @Override
  public int dot(byte[] a, byte[] b) {
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
  public int squareDistance(byte[] a, byte[] b) {
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
   * Sum of the lanes, folded in halves. Not {@code reduceLanes(ADD)}: that one may add in one order
   * while a method is interpreted and in another once it is compiled, and graphs would not be
   * reproducible.
   */
  private static float sum(FloatVector v) {
    if (LANES > 8) {
      v = v.add(v.rearrange(BY_8));
    }
    if (LANES > 4) {
      v = v.add(v.rearrange(BY_4));
    }
    if (LANES > 2) {
      v = v.add(v.rearrange(BY_2));
    }
    return v.lane(0) + v.lane(1);
  }

  @Override
  public int blockRows() {
    return BLOCK_ROWS;
  }

  @Override
  public void interleave(float[] rows, int rowStride, int dimension, float[] packed, int offset) {
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

  /** Transposes a square of {@link #LANES} rows, by exchanging ever smaller parts of them. */
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
  public void products(
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
      tile2(left, leftOffset, right, r0, r1, dimension, out, outOffset + v * LANES, outStride);
    }
    if (v < vectors) {
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

  @Override
  public void scores(
      float[] products,
      int offset,
      int count,
      float[] bias,
      float scale,
      float shift,
      float[] out,
      int outOffset,
      float[] maxima,
      int maximaOffset) {
    for (int stripe = 0; stripe < SCORE_STRIPES; stripe += LANES) {
      FloatVector greatest = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
      for (int i = stripe; i < count; i += SCORE_STRIPES) {
        FloatVector score =
            FloatVector.fromArray(FLOATS, products, offset + i)
                .sub(FloatVector.fromArray(FLOATS, bias, i))
                .mul(scale)
                .sub(shift);
        score.intoArray(out, outOffset + i);
        greatest = greatest.max(score);
      }
      greatest.intoArray(maxima, maximaOffset + stripe);
    }
  }

  @Override
  public void stripeMaxima(float[] values, int offset, int count, float[] maxima, int stripes) {
    for (int stripe = 0; stripe < stripes; stripe += LANES) {
      FloatVector greatest = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
      for (int i = stripe; i < count; i += stripes) {
        greatest = greatest.max(FloatVector.fromArray(FLOATS, values, offset + i));
      }
      greatest.intoArray(maxima, stripe);
    }
  }

  @Override
  public boolean anyAtLeast(float[] values, int offset, int count, float bound) {
    for (int i = offset; i < offset + count; i += LANES) {
      if (FloatVector.fromArray(FLOATS, values, i).compare(VectorOperators.GE, bound).anyTrue()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public int atLeast(
      float[] values, int offset, int count, float bound, int[] indices, float[] found) {
    return COMPRESSES
        ? compressed(values, offset, count, bound, indices, found)
        : oneByOne(values, offset, count, bound, indices, found);
  }

  private static int compressed(
      float[] values, int offset, int count, float bound, int[] indices, float[] found) {
    int n = 0;
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOATS, values, offset + i);
      VectorMask<Float> reached = v.compare(VectorOperators.GE, bound);
      v.compress(reached).intoArray(found, n);
      IOTA.add(i).compress(reached.cast(INTS)).intoArray(indices, n);
      n += reached.trueCount();
    }
    return n;
  }

  private static int oneByOne(
      float[] values, int offset, int count, float bound, int[] indices, float[] found) {
    int n = 0;
    for (int word = 0; word < count; word += Long.SIZE) {
      long hits = 0;
      for (int i = word; i < Math.min(word + Long.SIZE, count); i += LANES) {
        hits |=
            FloatVector.fromArray(FLOATS, values, offset + i)
                    .compare(VectorOperators.GE, bound)
                    .toLong()
                << i;
      }
      for (; hits != 0; hits &= hits - 1) {
        int i = word + Long.numberOfTrailingZeros(hits);
        indices[n] = i;
        found[n++] = values[offset + i];
      }
    }
    return n;
  }

  /** Halves the range of floats, in their order, until the bound parts {@code rank} values. */
  @Override
  public float greatest(float[] values, int offset, int count, int rank) {
    int end = offset + count;
    if (countAbove(values, offset, end) < rank) {
      return Float.NEGATIVE_INFINITY;
    }
    int low = sortable(leastAbove(values, offset, end));
    int high = sortable(greatest(values, offset, end));
    while (low < high) { // at least rank values reach low, and fewer what is above high
      int middle = (int) (((long) low + high + 1) >> 1);
      int reached = countAtLeast(values, offset, end, floatOf(middle));
      if (reached == rank) {
        return leastAtLeast(values, offset, end, floatOf(middle));
      }
      if (reached > rank) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return floatOf(low);
  }

  /** Number of values above negative infinity. */
  private static int countAbove(float[] values, int from, int end) {
    int above = 0;
    for (int i = from; i < end; i += LANES) {
      above +=
          FloatVector.fromArray(FLOATS, values, i)
              .compare(VectorOperators.GT, Float.NEGATIVE_INFINITY)
              .trueCount();
    }
    return above;
  }

  private static int countAtLeast(float[] values, int from, int end, float bound) {
    int reached = 0;
    for (int i = from; i < end; i += LANES) {
      reached +=
          FloatVector.fromArray(FLOATS, values, i).compare(VectorOperators.GE, bound).trueCount();
    }
    return reached;
  }

  /** The greatest value; those that are no numbers do not count. */
  private static float greatest(float[] values, int from, int end) {
    FloatVector greatest = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    for (int i = from; i < end; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOATS, values, i);
      greatest = greatest.blend(v, v.compare(VectorOperators.GT, greatest));
    }
    return greatest.reduceLanes(VectorOperators.MAX);
  }

  /** The least of the values above negative infinity. */
  private static float leastAbove(float[] values, int from, int end) {
    FloatVector least = FloatVector.broadcast(FLOATS, Float.POSITIVE_INFINITY);
    for (int i = from; i < end; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOATS, values, i);
      VectorMask<Float> above = v.compare(VectorOperators.GT, Float.NEGATIVE_INFINITY);
      least = least.blend(v, above.and(v.lt(least)));
    }
    return least.reduceLanes(VectorOperators.MIN);
  }

  /** The least of the values that reach a bound. */
  private static float leastAtLeast(float[] values, int from, int end, float bound) {
    FloatVector least = FloatVector.broadcast(FLOATS, Float.POSITIVE_INFINITY);
    for (int i = from; i < end; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOATS, values, i);
      VectorMask<Float> above = v.compare(VectorOperators.GE, bound);
      least = least.blend(v, above.and(v.lt(least)));
    }
    return least.reduceLanes(VectorOperators.MIN);
  }

  private static int sortable(float value) {
    int bits = Float.floatToRawIntBits(value);
    return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
  }

  private static float floatOf(int sortable) {
    return Float.intBitsToFloat(sortable ^ ((sortable >> 31) & Integer.MAX_VALUE));
  }

  /**
   * Every value goes where the number of greater ones says; quadratic, and without branches. Only
   * their upper halves are compared, twice as many at once; where two of them are equal, both want
   * the same place, and another one is left free.
   */
  @Override
  public void sortDescending(long[] values, int count, long[] sorted) {
    if (count > MAX_RANKED) {
      DistanceKernels.super.sortDescending(values, count, sorted);
      return;
    }
    int padded = (count + 2 * LANES - 1) & -2 * LANES;
    int[] keys = new int[padded];
    int[] ranks = new int[padded];
    for (int i = 0; i < count; i++) {
      keys[i] = (int) (values[i] >> 32);
    }
    rank(keys, count, ranks);
    long places = 0;
    for (int i = 0; i < count; i++) {
      sorted[ranks[i]] = values[i];
      places += ranks[i];
    }
    if (places != (long) count * (count - 1) / 2) {
      sortWithEqualRanks(values, count, ranks, sorted);
    }
  }

  /** What equal upper halves leave to be done: they follow each other, in their full order. */
  private static void sortWithEqualRanks(long[] values, int count, int[] ranks, long[] sorted) {
    int[] taken = new int[count];
    for (int i = 0; i < count; i++) {
      int place = ranks[i] + taken[ranks[i]]++;
      for (; place > ranks[i] && sorted[place - 1] < values[i]; place--) {
        sorted[place] = sorted[place - 1];
      }
      sorted[place] = values[i];
    }
  }

  private static void rank(int[] keys, int count, int[] ranks) {
    for (int i = 0; i < count; i += 2 * LANES) {
      IntVector v0 = IntVector.fromArray(INTS, keys, i);
      IntVector v1 = IntVector.fromArray(INTS, keys, i + LANES);
      IntVector before0 = IntVector.zero(INTS);
      IntVector before1 = IntVector.zero(INTS);
      for (int j = 0; j < count; j++) {
        IntVector other = IntVector.broadcast(INTS, keys[j]);
        before0 = before0.add(1, other.compare(VectorOperators.GT, v0));
        before1 = before1.add(1, other.compare(VectorOperators.GT, v1));
      }
      before0.intoArray(ranks, i);
      before1.intoArray(ranks, i + LANES);
    }
  }
}
