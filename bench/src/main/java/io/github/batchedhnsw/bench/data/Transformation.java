// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.util.SplittableRandom;
import org.apache.lucene.index.VectorSimilarityFunction;

/**
 * A change of a whole data set that makes it harder for an index, whatever the set is. It is seeded
 * and leaves its argument as it is. Those that take more than a few lines have files of their own.
 */
public sealed interface Transformation
    permits Transformation.Scale,
        Transformation.Shift,
        Transformation.HugeComponent,
        Transformation.Binary,
        Transformation.HeavyNorms,
        SiftHistogram,
        NearDuplicates,
        TwoPopulations {

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
}
