// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How many vectors and which queries of a source. Null components mean "as the source has it".
 *
 * @param name a preset's name or a file
 * @param count vectors to index
 * @param dimension of a {@code .vec} file or of generated vectors
 * @param queries how many queries
 * @param queriesFrom which queries of a real set
 * @param queryFile where queries come from; otherwise generated, brought by the file, or held out
 * @param mnistFile IDX images for the presets {@code mnist} and {@code mnist-windows}
 * @param generator what differs from a generator's preset
 */
public record SourceRequest(
    String name,
    Integer count,
    Integer dimension,
    int queries,
    QuerySource queriesFrom,
    Path queryFile,
    Path mnistFile,
    GeneratorParams generator) {

  /** A source as it is, with 1,000 queries. */
  static SourceRequest of(String name) {
    return new SourceRequest(
        name, null, null, 1_000, QuerySource.HELD_OUT, null, null, GeneratorParams.PRESET);
  }

  /** The same with another number of vectors and queries. */
  SourceRequest sized(int vectors, int heldOut) {
    return new SourceRequest(
        name, vectors, dimension, heldOut, queriesFrom, queryFile, mnistFile, generator);
  }

  /** The same in another dimension, with other parameters of the generator. */
  SourceRequest generated(Integer components, GeneratorParams params) {
    return new SourceRequest(
        name, count, components, queries, queriesFrom, queryFile, mnistFile, params);
  }

  /** The same with other queries. */
  SourceRequest queriedFrom(QuerySource other) {
    return new SourceRequest(
        name, count, dimension, queries, other, queryFile, mnistFile, generator);
  }

  /**
   * Generates or reads the vectors, in an order of the source's own unless it can do otherwise.
   *
   * @param source the set that {@link #name} stands for, if it is a preset's
   * @param order the order that is wanted
   * @param seed of all randomness
   */
  Rows rows(String source, RowOrder order, long seed) throws IOException {
    Optional<RealSource> real = RealSource.named(source);
    if (real.isPresent()) {
      return real(real.get(), order, seed);
    }
    Optional<GeneratedSet> generated =
        GeneratedSet.named(source, dimension, generator, order, seed);
    Rows rows =
        generated.isPresent()
            ? generated.get().rows(count, queries)
            : new FileRows(this).read(source);
    if (queriesFrom != QuerySource.HELD_OUT) {
      throw new IOException(
          "--queries-from %s needs a set that brings such queries: wordnet-...; --data=%s"
              .formatted(queriesFrom, name));
    }
    return rows;
  }

  private Rows real(RealSource real, RowOrder order, long seed) throws IOException {
    RealVectors.Split split = real.read().split(name, count, queries, queriesFrom, order, seed);
    return new Rows(
        "%s, %d vectors, %s, queries %s, seed %d"
            .formatted(
                real.description(),
                split.base().count(),
                order == RowOrder.SORTED ? "in natural order" : "shuffled",
                queriesFrom,
                seed),
        split.base(),
        split.queries(),
        order,
        false,
        real.metric());
  }
}
