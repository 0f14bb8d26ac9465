// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.index.VectorSimilarityFunction;

/**
 * The real data sets by name. Vectors of WordNet have unit length. Where those of several models
 * stand side by side, each part is brought to unit length first and then the whole.
 */
enum RealSource {
  WORDNET_25K(
      CompactSet.NAME,
      "25,000 definitions of WordNet by all-MiniLM-L6-v2, one byte a component",
      VectorSimilarityFunction.DOT_PRODUCT) {
    @Override
    RealVectors read() throws IOException {
      return CompactSet.read();
    }
  },
  WORDNET_MINILM("wordnet-minilm", "all-MiniLM-L6-v2", List.of("wordnet-minilm")),
  WORDNET_E5("wordnet-e5", "e5-small-v2", List.of("wordnet-e5")),
  WORDNET_BGE("wordnet-bge", "bge-small-en-v1.5", List.of("wordnet-bge")),
  WORDNET_768(
      "wordnet-768",
      "all-MiniLM-L6-v2 and e5-small-v2 side by side",
      List.of("wordnet-minilm", "wordnet-e5")),
  WORDNET_1152(
      "wordnet-1152",
      "all-MiniLM-L6-v2, e5-small-v2 and bge-small-en-v1.5 side by side",
      List.of("wordnet-minilm", "wordnet-e5", "wordnet-bge")),
  GLOVE_100("glove-100", "GloVe word vectors", VectorSimilarityFunction.COSINE) {
    @Override
    RealVectors read() throws IOException {
      return CachedSet.named("glove-100").read();
    }
  };

  private final String option;
  private final String description;
  private final VectorSimilarityFunction metric;
  private final List<String> parts;

  RealSource(String option, String description, VectorSimilarityFunction metric) {
    this.option = option;
    this.description = description;
    this.metric = metric;
    parts = List.of();
  }

  RealSource(String option, String models, List<String> parts) {
    this.option = option;
    this.parts = parts;
    description = "definitions of WordNet 3.1 by " + models;
    metric = VectorSimilarityFunction.DOT_PRODUCT;
  }

  /** The source that the command line calls so. */
  static Optional<RealSource> named(String name) {
    for (RealSource source : values()) {
      if (source.option.equals(name)) {
        return Optional.of(source);
      }
    }
    return Optional.empty();
  }

  String description() {
    return description;
  }

  VectorSimilarityFunction metric() {
    return metric;
  }

  /** All vectors of the source. */
  RealVectors read() throws IOException {
    RealVectors all = CachedSet.named(parts.getFirst()).read().normalised();
    for (String part : parts.subList(1, parts.size())) {
      all = all.beside(CachedSet.named(part).read().normalised());
    }
    return parts.size() == 1 ? all : all.normalised();
  }
}
