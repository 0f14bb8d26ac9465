// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import org.apache.lucene.index.VectorSimilarityFunction;

/**
 * Vectors and queries before they are brought into an encoding.
 *
 * @param description how they were made
 * @param base the vectors to index
 * @param queries not among them
 * @param order of the base vectors
 * @param unsignedBytes whether every component is a whole number in 0..255
 * @param metric the similarity that suits them
 */
public record Rows(
    String description,
    FloatVectors base,
    FloatVectors queries,
    RowOrder order,
    boolean unsignedBytes,
    VectorSimilarityFunction metric) {

  /** The same change of every component; the components become any floats. */
  Rows each(String change, DoubleUnaryOperator operator) {
    return eachRow(
        change,
        row -> {
          float[] result = new float[row.length];
          for (int i = 0; i < row.length; i++) {
            result[i] = (float) operator.applyAsDouble(row[i]);
          }
          return result;
        });
  }

  /** The same change of every vector and query; the components become any floats. */
  Rows eachRow(String change, UnaryOperator<float[]> operator) {
    return new Rows(
        description + ", " + change,
        mapped(base, operator),
        mapped(queries, operator),
        order,
        false,
        metric);
  }

  /** Other base vectors; the components become any floats. */
  Rows withBase(String change, FloatVectors vectors) {
    return new Rows(description + ", " + change, vectors, queries, order, false, metric);
  }

  /** The base vectors in another order. */
  Rows ordered(FloatVectors vectors, RowOrder as) {
    String change = as.name().toLowerCase(java.util.Locale.ROOT);
    return new Rows(description + ", " + change, vectors, queries, as, unsignedBytes, metric);
  }

  /** Says that every component is a whole number in 0..255. */
  Rows asUnsignedBytes() {
    return new Rows(description, base, queries, order, true, metric);
  }

  /** Another similarity suits them. */
  Rows withMetric(VectorSimilarityFunction other) {
    return new Rows(description, base, queries, order, unsignedBytes, other);
  }

  private static FloatVectors mapped(FloatVectors vectors, UnaryOperator<float[]> operator) {
    float[][] rows = new float[vectors.count()][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = operator.apply(vectors.rows()[row]);
    }
    return new FloatVectors(rows);
  }
}
