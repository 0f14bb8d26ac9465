// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import org.apache.lucene.index.VectorSimilarityFunction;

/**
 * What one run works on: vectors to index and queries held out from them.
 *
 * @param name short name, for tables and charts
 * @param description how it was made, in one line: parameters and seed, or the file
 * @param base the vectors to index, row = identifier
 * @param queries same encoding and dimension as {@code base}
 * @param similarity the metric
 */
public record Dataset(
    String name,
    String description,
    Vectors base,
    Vectors queries,
    VectorSimilarityFunction similarity) {

  /** Checks that queries fit the vectors. */
  public Dataset {
    if (base.dimension() != queries.dimension() || base.encoding() != queries.encoding()) {
      throw new IllegalArgumentException(
          "queries are %s of %d dimensions, vectors are %s of %d"
              .formatted(
                  queries.encoding(), queries.dimension(), base.encoding(), base.dimension()));
    }
  }

  /** The first {@code count} vectors with the same queries. */
  public Dataset first(int count) {
    return new Dataset(name, description, base.slice(0, count), queries, similarity);
  }
}
