// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.util.SplittableRandom;

/**
 * Independent random streams, one per (seed, stream, row), so that rows can be made in any order.
 */
final class SplitMix {
  private SplitMix() {}

  static SplittableRandom stream(long seed, long stream, long row) {
    return new SplittableRandom(mix(mix(mix(seed) ^ stream) ^ row));
  }

  static double uniform(long seed, long stream, long row) {
    return stream(seed, stream, row).nextDouble();
  }

  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
