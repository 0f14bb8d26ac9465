// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.systems;

import io.github.batchedhnsw.bench.data.RowFilter;
import java.io.Closeable;
import java.io.IOException;

/** A finished index that can be searched by query number. Not thread-safe unless said so. */
public interface BuiltIndex extends Closeable {

  /**
   * One search result.
   *
   * @param rows identifiers of the best vectors, best first
   * @param visited vectors scored
   */
  record Found(int[] rows, long visited) {}

  /**
   * Searches with one of the data set's queries.
   *
   * @param query row of the query
   * @param width how many candidates the search keeps
   * @return at most {@code width} rows
   * @throws IOException when the index cannot be read
   */
  Found search(int query, int width) throws IOException;

  /**
   * Searches among the rows that pass a filter, as a user of the system does who gives nothing but
   * k and the filter.
   *
   * @param query row of the query
   * @param k how many nearest rows are wanted
   * @param filter which rows may be found
   * @return at most {@code k} rows
   * @throws IOException when the index cannot be read
   */
  Found searchFiltered(int query, int k, RowFilter filter) throws IOException;

  /**
   * A view of this index that ranks what a search collects by full-precision scores. Closing it
   * closes nothing. An index that scores with full precision anyway returns itself.
   */
  default BuiltIndex rescored() {
    return this;
  }
}
