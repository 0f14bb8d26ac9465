// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import org.apache.lucene.index.VectorSimilarityFunction;

/** The computation for a similarity function; see {@link VectorSet} for the meaning of a score. */
public enum Metric {
  /** The dot product of vectors of unit length. */
  DOT,
  /** The dot product of vectors of any length. A vector is not the closest to itself. */
  INNER_PRODUCT,
  /** The dot product divided by both norms. */
  COSINE,
  /** The negated squared distance. */
  EUCLIDEAN;

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
