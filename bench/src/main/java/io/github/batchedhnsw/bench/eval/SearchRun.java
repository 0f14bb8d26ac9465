// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.eval;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.data.RowFilter;
import io.github.batchedhnsw.bench.report.Progress;
import io.github.batchedhnsw.bench.systems.BuiltIndex;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Searches a built index with all queries, on one thread. */
public final class SearchRun {
  private SearchRun() {}

  @FunctionalInterface
  private interface Search {
    BuiltIndex.Found search(int query, int width) throws IOException;
  }

  /**
   * Measures everything: by width, deep, and with filters.
   *
   * @param widths search widths of the curve, each at least {@link EqualQuality#TOP_K}
   * @throws IOException when the index cannot be read
   */
  public static Quality measure(
      String name, BuiltIndex index, Dataset data, ExactNeighbours exact, List<Integer> widths)
      throws IOException {
    Quality unfiltered = measureUnfiltered(name, index, data, exact, widths);
    Map<RowFilter, QualityCurve> filtered = new LinkedHashMap<>();
    for (Map.Entry<RowFilter, GroundTruth> entry : exact.filtered().entrySet()) {
      RowFilter filter = entry.getKey();
      filtered.put(
          filter,
          curve(
              name + ", " + filter.name(),
              (query, k) -> index.searchFiltered(query, k, filter),
              data,
              entry.getValue(),
              EqualQuality.FILTERED_WIDTHS));
    }
    return new Quality(unfiltered.curve(), unfiltered.deep(), filtered);
  }

  /**
   * Measures all but filtered search.
   *
   * @param widths search widths of the curve, each at least {@link EqualQuality#TOP_K}
   * @throws IOException when the index cannot be read
   */
  public static Quality measureUnfiltered(
      String name, BuiltIndex index, Dataset data, ExactNeighbours exact, List<Integer> widths)
      throws IOException {
    QualityCurve curve = warmCurve(name, index::search, data, exact.nearest(), widths);
    QualityCurve deep =
        curve(
            name + ", recall@" + EqualQuality.DEEP_TOP_K,
            index::search,
            data,
            exact.all(),
            EqualQuality.DEEP_WIDTHS);
    return new Quality(curve, deep, Map.of());
  }

  /**
   * One point per width. An unmeasured pass at the same width comes first, since latencies count.
   */
  private static QualityCurve warmCurve(
      String name, Search index, Dataset data, GroundTruth truth, List<Integer> widths)
      throws IOException {
    int queries = data.queries().count();
    List<QualityPoint> points = new ArrayList<>();
    try (Progress progress =
        Progress.start("search " + name, 2L * queries * widths.size(), "queries")) {
      for (int width : widths) {
        for (int query = 0; query < queries; query++) {
          index.search(query, width);
          progress.add(1);
        }
        points.add(point(index, data, truth, width, progress));
      }
    }
    return new QualityCurve(points);
  }

  /** One point per width, without an unmeasured pass, since latencies do not count. */
  private static QualityCurve curve(
      String name, Search index, Dataset data, GroundTruth truth, List<Integer> widths)
      throws IOException {
    List<QualityPoint> points = new ArrayList<>();
    try (Progress progress =
        Progress.start(
            "search " + name, (long) data.queries().count() * widths.size(), "queries")) {
      for (int width : widths) {
        points.add(point(index, data, truth, width, progress));
      }
    }
    return new QualityCurve(points);
  }

  private static QualityPoint point(
      Search index, Dataset data, GroundTruth truth, int width, Progress progress)
      throws IOException {
    int queries = data.queries().count();
    double sum = 0;
    int worstServed = 0;
    long visited = 0;
    long nanos = 0;
    for (int query = 0; query < queries; query++) {
      long start = System.nanoTime();
      BuiltIndex.Found found = index.search(query, width);
      nanos += System.nanoTime() - start;
      visited += found.visited();
      double recall = truth.recall(data, query, found.rows());
      sum += recall;
      worstServed += recall <= EqualQuality.WORST_SERVED_RECALL ? 1 : 0;
      progress.add(1);
    }
    return new QualityPoint(
        width,
        sum / queries,
        (double) worstServed / queries,
        (double) visited / queries,
        nanos / 1e6 / queries);
  }
}
