// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import java.io.IOException;

/** Vectors to multiply in blocks. */
public interface RowSource {

  /** Number of vectors. */
  int size();

  /** Number of components of each vector. */
  int dimension();

  /** How scores follow from products of the vectors that {@link #rows()} reads. */
  Metric metric();

  /**
   * A new reader, for one thread.
   *
   * @throws IOException if the underlying file cannot be opened for reading
   */
  RowReader rows() throws IOException;

  /**
   * A new cursor that scores pairs of vectors, for one thread.
   *
   * @throws IOException if the underlying file cannot be opened for reading
   */
  OrdinalScorer scorer() throws IOException;
}
