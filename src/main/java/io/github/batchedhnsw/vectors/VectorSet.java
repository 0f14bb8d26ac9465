// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import java.io.IOException;

/**
 * The vectors of one field of one segment, as the graph builders see them: ordinals {@code 0 ..
 * size-1} and a similarity. Made by {@link VectorSets}.
 *
 * <p>A <em>score</em> is a float that orders pairs exactly as Lucene's similarity function does
 * (higher is closer), without its final scaling: the dot product for DOT_PRODUCT and
 * MAXIMUM_INNER_PRODUCT, the cosine for COSINE, the negated squared distance for EUCLIDEAN.
 *
 * <p>The set itself is immutable and may be shared; each thread works on cursors of its own.
 */
public interface VectorSet {

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
