// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.util.SplittableRandom;
import org.apache.lucene.index.VectorSimilarityFunction;

/**
 * A change of a whole data set that makes it harder for an index, whatever the set is. Seeded, and
 * never changing its argument.
 */
public sealed interface Transformation {

  /**
   * The changed set.
   *
   * @param seed of all randomness
   */
  Rows apply(Rows rows, long seed);

  /** Random streams of the transformations, apart from those of the generators. */
  enum Stream {
    COPY,
    BASE_POPULATION,
    QUERY_POPULATION,
    DIRECTION,
    NORM;

    private static final int AFTER_THE_GENERATORS = 1000;

    SplittableRandom of(long seed, int row) {
      return SplitMix.stream(seed, AFTER_THE_GENERATORS + ordinal(), row);
    }
  }

  /**
   * Every component times a factor.
   *
   * @param factor which
   */
  record Scale(double factor) implements Transformation {
    @Override
    public Rows apply(Rows rows, long seed) {
      return rows.each("times " + factor, component -> factor * component);
    }
  }

  /**
   * Every component plus a constant: all vectors lie in nearly one direction from the origin.
   *
   * @param constant which
   */
  record Shift(double constant) implements Transformation {
    @Override
    public Rows apply(Rows rows, long seed) {
      return rows.each("plus " + constant, component -> component + constant);
    }
  }

  /**
   * Component 0 of everything is one value, which dwarfs the others and tells nothing.
   *
   * @param value of the component
   */
  record HugeComponent(double value) implements Transformation {
    @Override
    public Rows apply(Rows rows, long seed) {
      return rows.eachRow(
          "component 0 is " + value,
          row -> {
            float[] result = row.clone();
            result[0] = (float) value;
            return result;
          });
    }
  }

  /**
   * Half of the vectors (drawn at random, in a sorted set the second half) and of the queries move
   * far away and turn to another subspace: their components are taken in reverse order, then all
   * are moved by {@code distance} times the root mean square norm in one random direction.
   *
   * @param distance at least 0
   */
  record TwoPopulations(double distance) implements Transformation {
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

  /**
   * Whole numbers in 0..255 as in SIFT descriptors: skewed, with many zeros, nearly of length 512.
   * Components are taken relative to their root mean square, those below -0.5 become 0, the others
   * are squared; then, as Lowe (2004, section 6.1) does with his histograms, the vector is brought
   * to unit length, components are cut at 0.2 and the length is restored.
   */
  record Histogram() implements Transformation {
    private static final double ZERO_BELOW = -0.5;
    private static final double CUT = 0.2;
    private static final double LENGTH = 512;
    private static final int LARGEST = 255;

    @Override
    public Rows apply(Rows rows, long seed) {
      double deviation =
          Moments.rootMeanSquareNorm(rows.base()) / Math.sqrt(rows.base().dimension());
      return rows.eachRow("as histograms of 0..255", row -> histogram(row, deviation))
          .asUnsignedBytes();
    }

    private static float[] histogram(float[] row, double deviation) {
      double[] values = new double[row.length];
      for (int i = 0; i < row.length; i++) {
        double above = Math.max(0, row[i] / deviation - ZERO_BELOW);
        values[i] = above * above;
      }
      double cut = CUT * length(values);
      for (int i = 0; i < values.length; i++) {
        values[i] = Math.min(cut, values[i]);
      }
      double length = length(values);
      float[] result = new float[row.length];
      for (int i = 0; i < row.length && length > 0; i++) {
        result[i] = Math.min(LARGEST, Math.round(LENGTH / length * values[i]));
      }
      return result;
    }

    private static double length(double[] values) {
      double squares = 0;
      for (double value : values) {
        squares += value * value;
      }
      return Math.sqrt(squares);
    }
  }

  /** Components 1 where they are above their mean over the base vectors, else 0: many ties. */
  record Binary() implements Transformation {
    @Override
    public Rows apply(Rows rows, long seed) {
      double[] means = Moments.means(rows.base());
      return rows.eachRow(
              "as bits",
              row -> {
                float[] result = new float[row.length];
                for (int i = 0; i < row.length; i++) {
                  result[i] = row[i] > means[i] ? 1 : 0;
                }
                return result;
              })
          .asUnsignedBytes();
    }
  }

  /**
   * Base vectors of unit length times a norm from a Pareto distribution, {@code P(norm > t) =
   * t^-shape} for t above 1: few vectors are near many queries by inner product. Queries stay.
   *
   * @param shape above 0; the smaller, the heavier the tail
   */
  record HeavyNorms(double shape) implements Transformation {
    /** Checks the bounds. */
    public HeavyNorms {
      Require.that(shape > 0, "heavy-norms", shape, "> 0");
    }

    @Override
    public Rows apply(Rows rows, long seed) {
      float[][] base = new float[rows.base().count()][];
      for (int row = 0; row < base.length; row++) {
        double uniform = 1 - Stream.NORM.of(seed, row).nextDouble();
        base[row] = Encodings.normalised(rows.base().rows()[row]);
        float norm = (float) StrictMath.pow(uniform, -1 / shape);
        for (int i = 0; i < base[row].length; i++) {
          base[row][i] *= norm;
        }
      }
      return rows.withBase("norms of Pareto shape " + shape, new FloatVectors(base))
          .withMetric(VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT);
    }
  }

  /**
   * Only every {@code copies}-th vector is kept, and the others are copies of a kept one plus
   * Gaussian noise, relative to the deviation of a component. Copies of one vector are neighbours
   * in a sorted set and far from each other in a shuffled one.
   *
   * @param copies how often each kept vector occurs, itself counted; at least 1
   * @param noise standard deviation relative to that of a component; at least 0
   */
  record NearDuplicates(int copies, double noise) implements Transformation {
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
          "each with %d near copies, noise %s".formatted(copies - 1, noise),
          new FloatVectors(base));
    }

    private static float[] disturbed(float[] row, float deviation, SplittableRandom random) {
      float[] result = new float[row.length];
      for (int i = 0; i < row.length; i++) {
        result[i] = row[i] + deviation * (float) random.nextGaussian();
      }
      return result;
    }
  }
}
