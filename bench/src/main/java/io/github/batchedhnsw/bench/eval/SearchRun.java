package io.github.batchedhnsw.bench.eval;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.report.Progress;
import io.github.batchedhnsw.bench.systems.BuiltIndex;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Searches a built index at several widths, one thread, after a warm-up pass at each width. */
public final class SearchRun {
  private SearchRun() {}

  /**
   * Measures one point per width.
   *
   * @param widths search widths, each at least k of the exact neighbours
   * @throws IOException when the index cannot be read
   */
  public static QualityCurve measure(
      String name, BuiltIndex index, Dataset data, GroundTruth truth, List<Integer> widths)
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
        points.add(measure(index, data, truth, width, progress));
      }
    }
    return new QualityCurve(points);
  }

  private static QualityPoint measure(
      BuiltIndex index, Dataset data, GroundTruth truth, int width, Progress progress)
      throws IOException {
    int queries = data.queries().count();
    double recall = 0;
    long visited = 0;
    long nanos = 0;
    for (int query = 0; query < queries; query++) {
      long start = System.nanoTime();
      BuiltIndex.Found found = index.search(query, width);
      nanos += System.nanoTime() - start;
      visited += found.visited();
      recall += truth.recall(data, query, found.rows());
      progress.add(1);
    }
    return new QualityPoint(
        width, recall / queries, (double) visited / queries, nanos / 1e6 / queries);
  }
}
