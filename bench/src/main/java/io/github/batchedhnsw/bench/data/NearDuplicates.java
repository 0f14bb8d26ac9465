// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.util.SplittableRandom;

/**
 * One vector in {@code copies} is kept, and the others are replaced by copies of the kept ones plus
 * Gaussian noise. Copies of one vector follow each other in a sorted set and are far apart in a
 * shuffled one.
 *
 * @param copies how often each kept vector occurs, itself counted; at least 1
 * @param noise standard deviation relative to that of a component; at least 0
 */
public record NearDuplicates(int copies, double noise) implements Transformation {
  /** Checks the bounds. */
  public NearDuplicates {
    Require.that(copies >= 1, "near-duplicates", copies, ">= 1");
    Require.that(noise >= 0, "copy-noise", noise, ">= 0");
  }

  @Override
  public Rows apply(Rows rows, long seed) {
    int count = rows.base().count();
    int kept = (count + copies - 1) / copies;
    float deviation = (float) (noise * Moments.deviation(rows.base()));
    float[][] base = new float[count][];
    for (int row = 0; row < count; row++) {
      boolean sorted = rows.order() == RowOrder.SORTED;
      int original = sorted ? row / copies * copies : row % kept;
      base[row] = rows.base().rows()[original];
      if (original != row) {
        base[row] = disturbed(base[row], deviation, Stream.COPY.of(seed, row));
      }
    }
    return rows.withBase(
        "each with %d near copies, noise %s".formatted(copies - 1, noise), new FloatVectors(base));
  }

  private static float[] disturbed(float[] row, float deviation, SplittableRandom random) {
    float[] result = new float[row.length];
    for (int i = 0; i < row.length; i++) {
      result[i] = row[i] + deviation * (float) random.nextGaussian();
    }
    return result;
  }
}
