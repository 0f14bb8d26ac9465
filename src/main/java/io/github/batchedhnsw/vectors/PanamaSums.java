// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import static io.github.batchedhnsw.vectors.PairKernels.SUMS;
import static io.github.batchedhnsw.vectors.PanamaLanes.FLIP_1;
import static io.github.batchedhnsw.vectors.PanamaLanes.FLIP_2;
import static io.github.batchedhnsw.vectors.PanamaLanes.FLIP_4;
import static io.github.batchedhnsw.vectors.PanamaLanes.FLOATS;
import static io.github.batchedhnsw.vectors.PanamaLanes.LANES;
import static io.github.batchedhnsw.vectors.PanamaLanes.SUMS_OF_FOUR;
import static io.github.batchedhnsw.vectors.PanamaLanes.UPPER_2;
import static io.github.batchedhnsw.vectors.PanamaLanes.UPPER_4;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Partial sums of one vector with four others, where a vector of lanes holds only some of a pair's
 * partial sums. They go through memory, and what follows the last whole block of terms is added in
 * a method of its own: the first compiler gives up on methods with more vectors than these, and
 * then some never reach the second one and stay fifty times slower.
 */
final class PanamaSums {

  private PanamaSums() {}

  /**
   * Partial sums of dot products.
   *
   * @param sums receives the {@value PairKernels#SUMS} of each pair, one pair after the other, from
   *     {@code at} on
   */
  static void dots(
      float[] query, float[] row0, float[] row1, float[] row2, float[] row3, float[] sums, int at) {
    int whole = query.length & -SUMS;
    for (int part = 0; part < SUMS; part += 2 * LANES) {
      FloatVector zero = FloatVector.zero(FLOATS);
      FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
      FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero;
      FloatVector q;
      for (int i = part; i < whole; i += SUMS) {
        q = FloatVector.fromArray(FLOATS, query, i);
        a0 = FloatVector.fromArray(FLOATS, row0, i).fma(q, a0);
        a1 = FloatVector.fromArray(FLOATS, row1, i).fma(q, a1);
        a2 = FloatVector.fromArray(FLOATS, row2, i).fma(q, a2);
        a3 = FloatVector.fromArray(FLOATS, row3, i).fma(q, a3);
        q = FloatVector.fromArray(FLOATS, query, i + LANES);
        b0 = FloatVector.fromArray(FLOATS, row0, i + LANES).fma(q, b0);
        b1 = FloatVector.fromArray(FLOATS, row1, i + LANES).fma(q, b1);
        b2 = FloatVector.fromArray(FLOATS, row2, i + LANES).fma(q, b2);
        b3 = FloatVector.fromArray(FLOATS, row3, i + LANES).fma(q, b3);
      }
      a0.intoArray(sums, at + part);
      b0.intoArray(sums, at + part + LANES);
      a1.intoArray(sums, at + part + SUMS);
      b1.intoArray(sums, at + part + SUMS + LANES);
      a2.intoArray(sums, at + part + 2 * SUMS);
      b2.intoArray(sums, at + part + 2 * SUMS + LANES);
      a3.intoArray(sums, at + part + 3 * SUMS);
      b3.intoArray(sums, at + part + 3 * SUMS + LANES);
    }
    if (whole < query.length) {
      addProducts(query, row0, whole, sums, at);
      addProducts(query, row1, whole, sums, at + SUMS);
      addProducts(query, row2, whole, sums, at + 2 * SUMS);
      addProducts(query, row3, whole, sums, at + 3 * SUMS);
    }
  }

  /** Partial sums of squared euclidean distances, see {@link #dots}. */
  static void squareDistances(
      float[] query, float[] row0, float[] row1, float[] row2, float[] row3, float[] sums, int at) {
    int whole = query.length & -SUMS;
    for (int part = 0; part < SUMS; part += 2 * LANES) {
      FloatVector zero = FloatVector.zero(FLOATS);
      FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
      FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero;
      FloatVector q, d;
      for (int i = part; i < whole; i += SUMS) {
        q = FloatVector.fromArray(FLOATS, query, i);
        d = FloatVector.fromArray(FLOATS, row0, i).sub(q);
        a0 = d.fma(d, a0);
        d = FloatVector.fromArray(FLOATS, row1, i).sub(q);
        a1 = d.fma(d, a1);
        d = FloatVector.fromArray(FLOATS, row2, i).sub(q);
        a2 = d.fma(d, a2);
        d = FloatVector.fromArray(FLOATS, row3, i).sub(q);
        a3 = d.fma(d, a3);
        q = FloatVector.fromArray(FLOATS, query, i + LANES);
        d = FloatVector.fromArray(FLOATS, row0, i + LANES).sub(q);
        b0 = d.fma(d, b0);
        d = FloatVector.fromArray(FLOATS, row1, i + LANES).sub(q);
        b1 = d.fma(d, b1);
        d = FloatVector.fromArray(FLOATS, row2, i + LANES).sub(q);
        b2 = d.fma(d, b2);
        d = FloatVector.fromArray(FLOATS, row3, i + LANES).sub(q);
        b3 = d.fma(d, b3);
      }
      a0.intoArray(sums, at + part);
      b0.intoArray(sums, at + part + LANES);
      a1.intoArray(sums, at + part + SUMS);
      b1.intoArray(sums, at + part + SUMS + LANES);
      a2.intoArray(sums, at + part + 2 * SUMS);
      b2.intoArray(sums, at + part + 2 * SUMS + LANES);
      a3.intoArray(sums, at + part + 3 * SUMS);
      b3.intoArray(sums, at + part + 3 * SUMS + LANES);
    }
    if (whole < query.length) {
      addSquares(query, row0, whole, sums, at);
      addSquares(query, row1, whole, sums, at + SUMS);
      addSquares(query, row2, whole, sums, at + 2 * SUMS);
      addSquares(query, row3, whole, sums, at + 3 * SUMS);
    }
  }

  /** Adds the products from a term on to partial sums; lanes beyond the end are zero. */
  private static void addProducts(float[] a, float[] b, int from, float[] sums, int at) {
    for (int i = from, to = at; i < a.length; i += LANES, to += LANES) {
      VectorMask<Float> rest = FLOATS.indexInRange(i, a.length);
      FloatVector.fromArray(FLOATS, a, i, rest)
          .fma(FloatVector.fromArray(FLOATS, b, i, rest), FloatVector.fromArray(FLOATS, sums, to))
          .intoArray(sums, to);
    }
  }

  /** Adds the squared differences from a term on to partial sums, see {@link #addProducts}. */
  private static void addSquares(float[] a, float[] b, int from, float[] sums, int at) {
    for (int i = from, to = at; i < a.length; i += LANES, to += LANES) {
      VectorMask<Float> rest = FLOATS.indexInRange(i, a.length);
      FloatVector d =
          FloatVector.fromArray(FLOATS, b, i, rest).sub(FloatVector.fromArray(FLOATS, a, i, rest));
      d.fma(d, FloatVector.fromArray(FLOATS, sums, to)).intoArray(sums, to);
    }
  }

  /**
   * Replaces the partial sums of pairs, which begin at 0, by their sums, folded in halves.
   *
   * @param pairs a multiple of four; up to eight values after the sums are overwritten
   */
  static void fold(float[] sums, int pairs) {
    for (int pair = 0; pair < pairs; pair += 4) {
      if (LANES == 8) {
        foldFour(sums, pair);
      } else {
        for (int p = pair; p < pair + 4; p++) {
          int from = SUMS * p;
          sums[p] = PanamaPairKernels.sum(half(sums, from).add(half(sums, from + LANES)));
        }
      }
    }
  }

  /** Folds four pairs at once: each halving makes two vectors of halves one vector. */
  private static void foldFour(float[] sums, int pair) {
    int from = SUMS * pair;
    FloatVector s0 = half(sums, from);
    FloatVector s1 = half(sums, from + SUMS);
    FloatVector s2 = half(sums, from + 2 * SUMS);
    FloatVector s3 = half(sums, from + 3 * SUMS);
    FloatVector s01 = s0.blend(s1, UPPER_4).add(s1.blend(s0, UPPER_4).rearrange(FLIP_4));
    FloatVector s23 = s2.blend(s3, UPPER_4).add(s3.blend(s2, UPPER_4).rearrange(FLIP_4));
    // From here on s0 is in lanes 0 and 1, s2 in 2 and 3, s1 in 4 and 5, s3 in 6 and 7.
    FloatVector all = s01.blend(s23, UPPER_2).add(s23.blend(s01, UPPER_2).rearrange(FLIP_2));
    all = all.add(all.rearrange(FLIP_1));
    all.rearrange(SUMS_OF_FOUR).intoArray(sums, pair);
  }

  /** Adds partial sums of the upper half to those of the lower half. */
  private static FloatVector half(float[] sums, int from) {
    return FloatVector.fromArray(FLOATS, sums, from)
        .add(FloatVector.fromArray(FLOATS, sums, from + SUMS / 2));
  }
}
