// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * The vectors of a real source.
 *
 * @param documents in the natural order of the source
 * @param outOfDistribution queries of another distribution, or null where the source has none
 */
public record RealVectors(FloatVectors documents, FloatVectors outOfDistribution) {

  /** Every vector at unit length. */
  RealVectors normalised() {
    return mapped(Encodings::normalised);
  }

  /**
   * The vectors of two sources of the same texts side by side.
   *
   * @throws IOException when they do not have as many rows
   */
  RealVectors beside(RealVectors other) throws IOException {
    return new RealVectors(
        beside(documents, other.documents), beside(outOfDistribution, other.outOfDistribution));
  }

  /**
   * Vectors to index, and queries. The seed draws which vectors are held out and which are indexed.
   * The draw is the same for either source of queries and either order, and a larger {@code count}
   * contains a smaller one.
   *
   * @param name for messages
   * @param count vectors to index, null for all that are not held out
   * @param queries how many are held out, and how many queries there are
   */
  Split split(String name, Integer count, int queries, QuerySource from, RowOrder order, long seed)
      throws IOException {
    int most = documents.count() - queries;
    int vectors = count == null ? most : count;
    if (queries < 1 || vectors < 1 || vectors > most) {
      throw new IOException(
          "%s holds %d vectors; expected %d to index and %d queries"
              .formatted(name, documents.count(), vectors, queries));
    }
    int[] drawn = RowOrder.permutation(documents.count(), seed);
    int[] held = Arrays.copyOf(drawn, queries);
    int[] indexed = Arrays.copyOfRange(drawn, queries, queries + vectors);
    if (order == RowOrder.SORTED) {
      Arrays.sort(indexed);
    }
    return new Split(
        RowOrder.select(documents, indexed),
        from == QuerySource.HELD_OUT
            ? RowOrder.select(documents, held)
            : firstOutOfDistribution(name, queries));
  }

  /** What {@link #split} gives. */
  record Split(FloatVectors base, FloatVectors queries) {}

  private FloatVectors firstOutOfDistribution(String name, int queries) throws IOException {
    int found = outOfDistribution == null ? 0 : outOfDistribution.count();
    if (found < queries) {
      throw new IOException(
          "%s: expected %d queries of another distribution, found %d; --queries-from %s"
              .formatted(name, queries, found, QuerySource.OUT_OF_DISTRIBUTION));
    }
    return outOfDistribution.slice(0, queries);
  }

  private RealVectors mapped(UnaryOperator<FloatVectors> operator) {
    return new RealVectors(
        operator.apply(documents),
        outOfDistribution == null ? null : operator.apply(outOfDistribution));
  }

  private static FloatVectors beside(FloatVectors left, FloatVectors right) throws IOException {
    if (left.count() != right.count()) {
      throw new IOException(
          "vectors side by side: expected %d of the second model as of the first, found %d"
              .formatted(left.count(), right.count()));
    }
    float[][] rows = new float[left.count()][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = Arrays.copyOf(left.rows()[row], left.dimension() + right.dimension());
      System.arraycopy(right.rows()[row], 0, rows[row], left.dimension(), right.dimension());
    }
    return new FloatVectors(rows);
  }
}
