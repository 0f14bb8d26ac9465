// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;

/** Brings loaded or generated rows into the encoding and norm that a metric asks for. */
public final class Encodings {
  private static final int UNSIGNED_OFFSET = 128;

  private Encodings() {}

  /**
   * Prepares vectors and queries together.
   *
   * <p>Floats for DOT_PRODUCT are normalised to unit length. Bytes come from unsigned bytes minus
   * 128, which only keeps the order for EUCLIDEAN, or from floats scaled so that the largest
   * component of the vectors is 127 (for DOT_PRODUCT after normalising).
   *
   * @param unsignedBytes whether the components are whole numbers in 0..255
   * @return a data set whose tables may share rows with the arguments
   * @throws IllegalArgumentException for unsigned bytes with another metric than EUCLIDEAN
   */
  public static Dataset prepare(
      String name,
      String description,
      FloatVectors base,
      FloatVectors queries,
      boolean unsignedBytes,
      VectorEncoding encoding,
      VectorSimilarityFunction similarity) {
    if (similarity == VectorSimilarityFunction.DOT_PRODUCT) {
      base = normalised(base);
      queries = normalised(queries);
    }
    if (encoding == VectorEncoding.FLOAT32) {
      return new Dataset(name, description, base, queries, similarity);
    }
    if (unsignedBytes) {
      if (similarity != VectorSimilarityFunction.EUCLIDEAN) {
        throw new IllegalArgumentException(
            "unsigned bytes minus 128 keep their order for EUCLIDEAN only; metric=" + similarity);
      }
      return new Dataset(name, description, shifted(base), shifted(queries), similarity);
    }
    float scale = 127 / largestComponent(base);
    return new Dataset(name, description, scaled(base, scale), scaled(queries, scale), similarity);
  }

  /** All rows at unit length. */
  static FloatVectors normalised(FloatVectors vectors) {
    float[][] rows = new float[vectors.count()][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = normalised(vectors.rows()[row]);
    }
    return new FloatVectors(rows);
  }

  /**
   * The vector at unit length. Lucene's {@code VectorUtil} is not used, since it may add in one
   * order while it is interpreted and in another once it is compiled, and data would differ from
   * JVM to JVM.
   */
  static float[] normalised(float[] row) {
    double squares = 0;
    for (float component : row) {
      squares += (double) component * component;
    }
    if (squares == 0) {
      throw new IllegalArgumentException("a zero vector cannot be normalised for DOT_PRODUCT");
    }
    float[] result = row.clone();
    float factor = (float) (1 / Math.sqrt(squares));
    for (int i = 0; i < result.length; i++) {
      result[i] *= factor;
    }
    return result;
  }

  private static ByteVectors shifted(FloatVectors vectors) {
    byte[][] rows = new byte[vectors.count()][vectors.dimension()];
    for (int row = 0; row < rows.length; row++) {
      for (int i = 0; i < rows[row].length; i++) {
        rows[row][i] = (byte) ((int) vectors.rows()[row][i] - UNSIGNED_OFFSET);
      }
    }
    return new ByteVectors(rows);
  }

  private static ByteVectors scaled(FloatVectors vectors, float scale) {
    byte[][] rows = new byte[vectors.count()][vectors.dimension()];
    for (int row = 0; row < rows.length; row++) {
      for (int i = 0; i < rows[row].length; i++) {
        rows[row][i] = (byte) Math.clamp(Math.round(vectors.rows()[row][i] * scale), -127, 127);
      }
    }
    return new ByteVectors(rows);
  }

  /** The largest absolute value of a component; above 0 even where all are 0. */
  public static float largestComponent(FloatVectors vectors) {
    float largest = Float.MIN_NORMAL;
    for (float[] row : vectors.rows()) {
      for (float component : row) {
        largest = Math.max(largest, Math.abs(component));
      }
    }
    return largest;
  }
}
