package io.github.batchedhnsw.bench.systems;

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
   * A view of this index that ranks what a search collects by full-precision scores. Closing it
   * closes nothing. This index itself, where it scores with full precision anyway.
   */
  default BuiltIndex rescored() {
    return this;
  }
}
