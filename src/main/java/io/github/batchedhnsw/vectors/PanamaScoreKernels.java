// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import static io.github.batchedhnsw.vectors.PanamaLanes.COMPRESSES;
import static io.github.batchedhnsw.vectors.PanamaLanes.FLOATS;
import static io.github.batchedhnsw.vectors.PanamaLanes.INTS;
import static io.github.batchedhnsw.vectors.PanamaLanes.IOTA;
import static io.github.batchedhnsw.vectors.PanamaLanes.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** {@link ScoreKernels} on the JDK's vector module. */
sealed interface PanamaScoreKernels extends ScoreKernels permits PanamaKernels {

  @Override
  default void scores(
      float[] products,
      int offset,
      int count,
      float[] bias,
      float scale,
      float shift,
      float[] out,
      int outOffset) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector.fromArray(FLOATS, products, offset + i)
          .sub(FloatVector.fromArray(FLOATS, bias, i))
          .mul(scale)
          .sub(shift)
          .intoArray(out, outOffset + i);
    }
  }

  @Override
  default int atLeast(
      float[] values,
      int offset,
      int count,
      float bound,
      int first,
      int[] numbers,
      float[] found,
      int at) {
    return COMPRESSES
        ? compressed(values, offset, count, bound, first, numbers, found, at)
        : oneByOne(values, offset, count, bound, first, numbers, found, at);
  }

  private static int compressed(
      float[] values,
      int offset,
      int count,
      float bound,
      int first,
      int[] numbers,
      float[] found,
      int at) {
    int n = at;
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOATS, values, offset + i);
      VectorMask<Float> reached = v.compare(VectorOperators.GE, bound);
      v.compress(reached).intoArray(found, n);
      IOTA.add(first + i).compress(reached.cast(INTS)).intoArray(numbers, n);
      n += reached.trueCount();
    }
    return n;
  }

  private static int oneByOne(
      float[] values,
      int offset,
      int count,
      float bound,
      int first,
      int[] numbers,
      float[] found,
      int at) {
    int n = at;
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOATS, values, offset + i);
      long hits = v.compare(VectorOperators.GE, bound).toLong();
      for (; hits != 0; hits &= hits - 1) {
        int hit = i + Long.numberOfTrailingZeros(hits);
        numbers[n] = first + hit;
        found[n++] = values[offset + hit];
      }
    }
    return n;
  }

  @Override
  default int dropReached(
      float[] others, int count, float[] scores, int[] positions, int from, int[] ordinals) {
    if (!COMPRESSES) {
      return ScoreKernels.super.dropReached(others, count, scores, positions, from, ordinals);
    }
    int n = 0;
    for (int i = 0; i < count; i += LANES) {
      FloatVector score = FloatVector.fromArray(FLOATS, scores, from + i);
      VectorMask<Float> reached =
          FloatVector.fromArray(FLOATS, others, i).compare(VectorOperators.GE, score);
      VectorMask<Float> kept = FLOATS.indexInRange(i, count).andNot(reached);
      VectorMask<Integer> keptInts = kept.cast(INTS);
      IntVector ordinal = IntVector.fromArray(INTS, ordinals, i);
      IntVector position = IntVector.fromArray(INTS, positions, from + i);
      score.compress(kept).intoArray(scores, n);
      ordinal.compress(keptInts).intoArray(ordinals, n);
      position.compress(keptInts).intoArray(positions, n);
      n += kept.trueCount();
    }
    return n;
  }

  /** Bisects the bits of floats, in their order, until just {@code rank} values reach the bound. */
  @Override
  default float greatest(float[] values, int offset, int count, int rank) {
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
   * Sorts by counting: the place of a value is the number of greater ones, which takes quadratic
   * time, but no branches. Only the upper halves are compared, which are the scores, twice as many
   * at once. Values with equal ones get the same place, and then {@link #sortWithEqualRanks} parts
   * them.
   */
  @Override
  default void sortDescending(long[] values, int count, long[] sorted) {
    if (count > 256) { // those are sorted faster by others
      ScoreKernels.super.sortDescending(values, count, sorted);
      return;
    }
    int padded = (count + RANKED * LANES - 1) & -RANKED * LANES;
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

  /** Places values whose upper halves are equal one after the other, by their lower halves. */
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

  /** Counts for each key how many are greater; too large a method to be inlined. */
  private static void rank(int[] keys, int count, int[] ranks) {
    for (int i = 0; i < count; i += RANKED * LANES) {
      IntVector v0 = IntVector.fromArray(INTS, keys, i);
      IntVector v1 = IntVector.fromArray(INTS, keys, i + LANES);
      IntVector v2 = IntVector.fromArray(INTS, keys, i + 2 * LANES);
      IntVector v3 = IntVector.fromArray(INTS, keys, i + 3 * LANES);
      IntVector before0 = IntVector.zero(INTS);
      IntVector before1 = IntVector.zero(INTS);
      IntVector before2 = IntVector.zero(INTS);
      IntVector before3 = IntVector.zero(INTS);
      int j = 0;
      for (; j + 2 <= count; j += 2) {
        IntVector other = IntVector.broadcast(INTS, keys[j]);
        before0 = before0.add(1, other.compare(VectorOperators.GT, v0));
        before1 = before1.add(1, other.compare(VectorOperators.GT, v1));
        before2 = before2.add(1, other.compare(VectorOperators.GT, v2));
        before3 = before3.add(1, other.compare(VectorOperators.GT, v3));
        other = IntVector.broadcast(INTS, keys[j + 1]);
        before0 = before0.add(1, other.compare(VectorOperators.GT, v0));
        before1 = before1.add(1, other.compare(VectorOperators.GT, v1));
        before2 = before2.add(1, other.compare(VectorOperators.GT, v2));
        before3 = before3.add(1, other.compare(VectorOperators.GT, v3));
      }
      if (j < count) {
        IntVector other = IntVector.broadcast(INTS, keys[j]);
        before0 = before0.add(1, other.compare(VectorOperators.GT, v0));
        before1 = before1.add(1, other.compare(VectorOperators.GT, v1));
        before2 = before2.add(1, other.compare(VectorOperators.GT, v2));
        before3 = before3.add(1, other.compare(VectorOperators.GT, v3));
      }
      before0.intoArray(ranks, i);
      before1.intoArray(ranks, i + LANES);
      before2.intoArray(ranks, i + 2 * LANES);
      before3.intoArray(ranks, i + 3 * LANES);
    }
  }

  /** Vectors whose ranks are counted at once. */
  int RANKED = 4;
}
