// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.graph;

/**
 * The finalizer of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number
 * generators", OOPSLA 2014) as a stateless hash. Everything random in a build comes from here.
 */
public final class SplitMix {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private SplitMix() {}

  /** 64 well mixed bits that depend on the seed and the index alone. */
  public static long hash(long seed, long index) {
    long z = seed + (index + 1) * GOLDEN_GAMMA;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** A number in {@code [0, bound)} that depends on the seed and the index alone. */
  public static int hash(long seed, long index, int bound) {
    return (int) (((hash(seed, index) >>> 32) * bound) >>> 32);
  }

  /**
   * The {@code i}-th of {@code count} indices drawn from {@code [0, size)}, one from each of as
   * many equal parts: they are ascending and all different.
   *
   * @param count at most {@code size}
   */
  public static int sample(long seed, int i, int count, int size) {
    int from = (int) ((long) size * i / count);
    int to = (int) ((long) size * (i + 1) / count);
    return from + hash(seed, i, to - from);
  }

  /** Shuffles {@code values} in place into an order that depends on the seed alone. */
  public static void shuffle(int[] values, long seed) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = hash(seed, i, i + 1);
      int swapped = values[i];
      values[i] = values[j];
      values[j] = swapped;
    }
  }
}
