// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.nrt;

import java.io.Serializable;

/**
 * Steady indexing with searches beside it.
 *
 * @param documents how many, each a row of the data set, in order
 * @param rate documents that arrive per second
 * @param reopenMillis between reopens
 * @param searchesPerSecond that arrive, 0 for none
 * @param searchThreads that share the searches
 * @param width what each search collects
 */
public record NrtJob(
    int documents,
    double rate,
    double reopenMillis,
    double searchesPerSecond,
    int searchThreads,
    int width)
    implements Serializable {

  /** Results of a search. */
  static final int TOP_K = 10;

  /** Checks the bounds. */
  public NrtJob {
    if (documents < 1) {
      throw new IllegalArgumentException("documents must be >= 1; documents=" + documents);
    }
    if (!(rate > 0)) {
      throw new IllegalArgumentException("rate must be > 0 vectors per second; rate=" + rate);
    }
    if (!(reopenMillis > 0)) {
      throw new IllegalArgumentException("reopen-ms must be > 0; reopen-ms=" + reopenMillis);
    }
    if (!(searchesPerSecond >= 0)) {
      throw new IllegalArgumentException(
          "searches-per-second must be >= 0; searches-per-second=" + searchesPerSecond);
    }
    if (searchThreads < 1) {
      throw new IllegalArgumentException(
          "search-threads must be >= 1; search-threads=" + searchThreads);
    }
    if (width < TOP_K) {
      throw new IllegalArgumentException("width must be >= %d; width=%d".formatted(TOP_K, width));
    }
  }

  /** The same load for fewer documents. */
  public NrtJob first(int fewer) {
    return new NrtJob(fewer, rate, reopenMillis, searchesPerSecond, searchThreads, width);
  }

  /** In words. */
  public String description() {
    return ("%,d vectors at %,.0f per second, a reopen every %,.0f ms, %,.0f searches of width %d"
            + " per second by %d threads")
        .formatted(documents, rate, reopenMillis, searchesPerSecond, width, searchThreads);
  }
}
