// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.graph;

/**
 * A (score, ordinal) pair in a {@code long} whose natural order is the total order of this project:
 * <em>greater is better</em>, by score and then by lower ordinal. Layout, from the highest bit: 32
 * bits of score as a sortable int, 31 bits of complemented ordinal, 1 bit that is free for the user
 * ({@link #MARK}) and that never changes the order of two different ordinals.
 */
public final class ScoredOrdinal {
  /** The free bit. {@link #encode} leaves it clear. */
  public static final long MARK = 1;

  private ScoredOrdinal() {}

  /** Packs a pair; the ordinal is 0 or more. A score that is not a number counts as the worst. */
  public static long encode(float score, int ordinal) {
    int bits = Float.floatToRawIntBits(score == score ? score : Float.NEGATIVE_INFINITY);
    int sortable = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
    return ((long) sortable << 32) | ((long) (Integer.MAX_VALUE - ordinal) << 1);
  }

  /** The score of a pair. */
  public static float score(long pair) {
    int sortable = (int) (pair >> 32);
    return Float.intBitsToFloat(sortable ^ ((sortable >> 31) & Integer.MAX_VALUE));
  }

  /** The ordinal of a pair. */
  public static int ordinal(long pair) {
    return Integer.MAX_VALUE - ((int) pair >>> 1);
  }
}
