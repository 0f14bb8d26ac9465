// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.eval;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.data.RowFilter;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * All exact neighbours that the definition of equal quality is judged by.
 *
 * @param all per query the nearest {@link EqualQuality#DEEP_TOP_K} of the live rows
 * @param filtered per filter and query the nearest {@link EqualQuality#TOP_K} of the live rows that
 *     pass it, in the order to report them
 */
public record ExactNeighbours(GroundTruth all, Map<RowFilter, GroundTruth> filtered) {

  /**
   * Reads or computes those of the standard filters.
   *
   * @param live which rows exist
   * @param liveKey names {@code live} in the cache's keys
   * @throws IOException when the cache cannot be read or written
   */
  public static ExactNeighbours get(
      GroundTruthCache cache, Dataset data, IntPredicate live, String liveKey) throws IOException {
    GroundTruth all = cache.get(data, EqualQuality.DEEP_TOP_K, live, liveKey);
    Map<RowFilter, GroundTruth> filtered = new LinkedHashMap<>();
    for (RowFilter filter : RowFilter.standard(data)) {
      filtered.put(
          filter,
          cache.get(
              data,
              EqualQuality.TOP_K,
              row -> filter.accepts(row) && live.test(row),
              liveKey + ", filter " + filter.name()));
    }
    return new ExactNeighbours(all, filtered);
  }

  /** Per query the nearest {@link EqualQuality#TOP_K} of the live rows. */
  public GroundTruth nearest() {
    return all.first(EqualQuality.TOP_K);
  }
}
