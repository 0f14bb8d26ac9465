package io.github.batchedhnsw.vectors;

import org.apache.lucene.index.VectorSimilarityFunction;

/** What is computed for a similarity function; see {@link VectorSet} for the meaning of a score. */
enum Metric {
  /** The dot product as it is. */
  DOT,
  /** The dot product divided by both norms. */
  COSINE,
  /** The negated squared distance. */
  SQUARE;

  static Metric of(VectorSimilarityFunction similarity) {
    return switch (similarity) {
      case DOT_PRODUCT, MAXIMUM_INNER_PRODUCT -> DOT;
      case COSINE -> COSINE;
      case EUCLIDEAN -> SQUARE;
    };
  }
}
