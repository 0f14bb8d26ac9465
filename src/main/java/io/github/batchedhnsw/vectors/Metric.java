// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import org.apache.lucene.index.VectorSimilarityFunction;

/** The computation for a similarity function; see {@link VectorSet} for the meaning of a score. */
public enum Metric {
  /** The dot product of vectors of unit length. */
  DOT(1),
  /** The dot product of vectors of any length. A vector is not the closest to itself. */
  INNER_PRODUCT(1),
  /** The dot product divided by both norms. */
  COSINE(1),
  /** The negated squared distance, {@code 2 (a.b - a.a/2 - b.b/2)}. */
  EUCLIDEAN(2);

  private final float scale;

  Metric(float scale) {
    this.scale = scale;
  }

  /**
   * The score of two vectors: {@code biased} is their product less the bias of one of them, {@code
   * bias} that of the other; see {@link RowReader#bias}.
   */
  public float score(float biased, float bias) {
    return scale * (biased - bias);
  }

  /** The inverse of {@link #score}: the product, less the other bias, that results in a score. */
  public float product(float score, float bias) {
    return score / scale + bias;
  }

  /** Whether {@link #norm} is needed. */
  boolean hasNorms() {
    return this == COSINE || this == EUCLIDEAN;
  }

  /**
   * The norm that a vector set keeps for each vector, from the vector's dot product with itself.
   */
  float norm(float squaredNorm) {
    return switch (this) {
      case DOT, INNER_PRODUCT -> 0;
      case COSINE -> squaredNorm == 0 ? 0 : (float) (1 / Math.sqrt(squaredNorm));
      case EUCLIDEAN -> squaredNorm / 2;
    };
  }

  static Metric of(VectorSimilarityFunction similarity) {
    return switch (similarity) {
      case DOT_PRODUCT -> DOT;
      case MAXIMUM_INNER_PRODUCT -> INNER_PRODUCT;
      case COSINE -> COSINE;
      case EUCLIDEAN -> EUCLIDEAN;
    };
  }
}
