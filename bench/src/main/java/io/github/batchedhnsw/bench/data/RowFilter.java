// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * A subset of the rows that a search is restricted to. Equal only to itself, so that it can be a
 * cheap key. Immutable.
 */
public final class RowFilter {
  private static final long SEED = 15;

  private final String name;
  private final BitSet rows;

  private RowFilter(String name, BitSet rows) {
    this.name = name;
    this.rows = rows;
  }

  /**
   * The filters of the definition of equal quality: random 50 %, 10 % and 2 % of the rows, and a
   * correlated 10 %, the rows nearest to a pivot.
   */
  public static List<RowFilter> standard(Dataset data) {
    return List.of(random(data, 50), random(data, 10), random(data, 2), nearest(data, 10));
  }

  /** A seeded draw of {@code percent} of the rows. */
  public static RowFilter random(Dataset data, int percent) {
    SplittableRandom random = new SplittableRandom(SEED + percent);
    BitSet rows = new BitSet(data.base().count());
    for (int row = 0; row < data.base().count(); row++) {
      rows.set(row, random.nextDouble() * 100 < percent);
    }
    return new RowFilter("random " + percent + " %", rows);
  }

  /**
   * The {@code percent} of the rows that are nearest to a row drawn at random, the pivot; ties by
   * lower row.
   */
  public static RowFilter nearest(Dataset data, int percent) {
    int count = data.base().count();
    int pivot = new SplittableRandom(SEED).nextInt(count);
    float[] scores = new float[count];
    for (int row = 0; row < count; row++) {
      scores[row] = data.base().score(data.similarity(), row, data.base(), pivot);
    }
    BitSet rows = new BitSet(count);
    IntStream.range(0, count)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer row) -> -scores[row]))
        .limit(Math.max(1, (long) count * percent / 100))
        .forEach(rows::set);
    return new RowFilter("nearest " + percent + " %", rows);
  }

  /** Those of {@code count} rows that satisfy a predicate. */
  public static RowFilter of(String name, int count, IntPredicate accepts) {
    BitSet rows = new BitSet(count);
    IntStream.range(0, count).filter(accepts).forEach(rows::set);
    return new RowFilter(name, rows);
  }

  /** What it lets through, in words; unique among {@link #standard}. */
  public String name() {
    return name;
  }

  /** Whether a row passes. */
  public boolean accepts(int row) {
    return rows.get(row);
  }

  /** How many rows pass. */
  public int size() {
    return rows.cardinality();
  }

  @Override
  public String toString() {
    return name;
  }
}
