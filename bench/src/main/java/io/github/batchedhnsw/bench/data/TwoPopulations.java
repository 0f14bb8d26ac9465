// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.util.SplittableRandom;

/**
 * Half of the vectors and half of the queries move far away and turn to another subspace: their
 * components are taken in reverse order, and then they are moved by {@code distance} times the root
 * mean square norm in one random direction. The halves are drawn at random; in a sorted set it is
 * the second half of the vectors.
 *
 * @param distance at least 0, in root mean square norms
 */
public record TwoPopulations(double distance) implements Transformation {
  /** Checks the bounds. */
  public TwoPopulations {
    Require.that(distance >= 0, "two-populations", distance, ">= 0");
  }

  @Override
  public Rows apply(Rows rows, long seed) {
    float[] direction = direction(rows.base(), seed);
    float[][] base = rows.base().rows().clone();
    for (int row = 0; row < base.length; row++) {
      boolean second =
          rows.order() == RowOrder.SORTED
              ? row >= base.length / 2
              : Stream.BASE_POPULATION.of(seed, row).nextBoolean();
      if (second) {
        base[row] = moved(base[row], direction);
      }
    }
    float[][] queries = rows.queries().rows().clone();
    for (int row = 0; row < queries.length; row++) {
      if (Stream.QUERY_POPULATION.of(seed, row).nextBoolean()) {
        queries[row] = moved(queries[row], direction);
      }
    }
    return new Rows(
        "%s, two populations at %s".formatted(rows.description(), distance),
        new FloatVectors(base),
        new FloatVectors(queries),
        rows.order(),
        false,
        rows.metric());
  }

  private float[] direction(FloatVectors base, long seed) {
    SplittableRandom random = Stream.DIRECTION.of(seed, 0);
    double[] gaussians = new double[base.dimension()];
    double squares = 0;
    for (int i = 0; i < gaussians.length; i++) {
      gaussians[i] = random.nextGaussian();
      squares += gaussians[i] * gaussians[i];
    }
    double length = distance * Moments.rootMeanSquareNorm(base) / Math.sqrt(squares);
    float[] direction = new float[gaussians.length];
    for (int i = 0; i < direction.length; i++) {
      direction[i] = (float) (length * gaussians[i]);
    }
    return direction;
  }

  private static float[] moved(float[] row, float[] direction) {
    float[] result = new float[row.length];
    for (int i = 0; i < row.length; i++) {
      result[i] = row[row.length - 1 - i] + direction[i];
    }
    return result;
  }
}
