// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;

/**
 * Which vectors to work on, and what is made of them.
 *
 * @param source where vectors and queries come from
 * @param metric the similarity; null for the one that suits the source
 * @param encoding of vectors and queries
 * @param order of the vectors to index; {@link RowOrder#SHUFFLED} leaves a file as it is
 * @param seed of all randomness
 * @param transformations what is made of the set, beside what its name says
 */
public record DataRequest(
    SourceRequest source,
    VectorSimilarityFunction metric,
    VectorEncoding encoding,
    RowOrder order,
    long seed,
    Transformations transformations) {

  /** A preset as it is, in floats, with 1,000 queries and the seed 42. */
  public static DataRequest of(String source) {
    return new DataRequest(
        SourceRequest.of(source),
        null,
        VectorEncoding.FLOAT32,
        RowOrder.SHUFFLED,
        42,
        Transformations.NONE);
  }

  private DataRequest from(SourceRequest other) {
    return new DataRequest(other, metric, encoding, order, seed, transformations);
  }

  /** The same with another number of vectors and queries. */
  public DataRequest sized(int vectors, int queries) {
    return from(source.sized(vectors, queries));
  }

  /** The same in another dimension, with other parameters of the generator. */
  public DataRequest generated(Integer dimension, GeneratorParams params) {
    return from(source.generated(dimension, params));
  }

  /** The same with other queries. */
  public DataRequest queriedFrom(QuerySource queries) {
    return from(source.queriedFrom(queries));
  }

  /** The same with another seed. */
  public DataRequest seeded(long other) {
    return new DataRequest(source, metric, encoding, order, other, transformations);
  }

  /** The same in another encoding. */
  public DataRequest encoded(VectorEncoding other) {
    return new DataRequest(source, metric, other, order, seed, transformations);
  }

  /** The same in another order. */
  public DataRequest ordered(RowOrder other) {
    return new DataRequest(source, metric, encoding, other, seed, transformations);
  }

  /** The same, transformed. */
  public DataRequest transformed(Transformations other) {
    return new DataRequest(source, metric, encoding, order, seed, other);
  }

  /**
   * Generates or reads the vectors.
   *
   * @throws IOException when a file cannot be read or does not hold enough, or a real set was never
   *     made
   */
  public Dataset load() throws IOException {
    Preset preset = Preset.of(source.name());
    Rows rows =
        transformations
            .or(preset.transformations())
            .apply(inOrder(source.rows(preset.source(), order, seed)), seed);
    return Encodings.prepare(
        Path.of(source.name()).getFileName().toString(),
        rows.description(),
        rows.base(),
        rows.queries(),
        rows.unsignedBytes(),
        encoding,
        Objects.requireNonNullElse(metric, rows.metric()));
  }

  /** The vectors in the order that is asked for, where their source has not brought them so. */
  private Rows inOrder(Rows rows) {
    if (order == rows.order()) {
      return rows;
    }
    return switch (order) {
      case SORTED -> rows.ordered(ClusterOrder.sort(rows.base(), seed), RowOrder.SORTED);
      case SHUFFLED -> {
        int[] drawn = RowOrder.permutation(rows.base().count(), seed);
        yield rows.ordered(RowOrder.select(rows.base(), drawn), RowOrder.SHUFFLED);
      }
    };
  }
}
