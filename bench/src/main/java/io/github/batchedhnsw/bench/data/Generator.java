// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

/** A seeded source of vectors: row i is a pure function of the parameters and i. */
public sealed interface Generator permits ClusteredManifold, Microclusters, UniformCube {

  /** Row {@code row} of {@code count} base vectors. */
  float[] baseRow(int row, int count);

  /** Query {@code row}: same distribution, a random stream of its own. */
  float[] queryRow(int row);

  /** All parameters in one line. */
  String description();

  /** The order in which base vectors come. */
  RowOrder order();

  /** The base vectors, made on all processors. */
  default FloatVectors base(int count) {
    return ParallelRows.make("generate vectors", count, row -> baseRow(row, count));
  }

  /** The held-out queries. */
  default FloatVectors queries(int count) {
    return ParallelRows.make("generate queries", count, this::queryRow);
  }
}
