// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.util.Arrays;
import java.util.SplittableRandom;

/** The order in which vectors are added to an index. */
public enum RowOrder {
  /**
   * What is alike comes together, as in an index sorted by topic or time: the natural order of a
   * real source, cluster after cluster in what is generated or read from a file.
   */
  SORTED,
  /** No order. */
  SHUFFLED;

  /** A seeded random permutation of {@code 0..count-1}. */
  static int[] permutation(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] rows = new int[count];
    for (int row = 0; row < count; row++) {
      int other = random.nextInt(row + 1);
      rows[row] = rows[other];
      rows[other] = row;
    }
    return rows;
  }

  /** The rows of {@code vectors} at the given ordinals, sharing the components. */
  static FloatVectors select(FloatVectors vectors, int[] ordinals) {
    return new FloatVectors(
        Arrays.stream(ordinals).mapToObj(row -> vectors.rows()[row]).toArray(float[][]::new));
  }

  /** Some rows drawn by the seed, in their order. */
  public static FloatVectors sample(FloatVectors vectors, int count, long seed) {
    Require.that(
        count >= 1 && count <= vectors.count(),
        "count",
        count,
        "in [1, %d]".formatted(vectors.count()));
    int[] drawn = Arrays.copyOf(permutation(vectors.count(), seed), count);
    Arrays.sort(drawn);
    return select(vectors, drawn);
  }
}
