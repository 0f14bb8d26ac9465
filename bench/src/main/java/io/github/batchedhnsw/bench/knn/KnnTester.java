// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.knn;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.eval.GroundTruth;
import io.github.batchedhnsw.bench.eval.GroundTruthCache;
import io.github.batchedhnsw.bench.report.Progress;
import io.github.batchedhnsw.bench.report.Workspace;
import io.github.batchedhnsw.bench.systems.BenchSystem;
import io.github.batchedhnsw.bench.systems.BuiltIndex;
import io.github.batchedhnsw.bench.systems.GraphParams;
import io.github.batchedhnsw.bench.systems.IndexJob;
import io.github.batchedhnsw.bench.systems.ProcessCpu;
import io.github.batchedhnsw.bench.systems.WarmUp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The job of luceneutil's KnnGraphTester: index, merge, force merge, exact neighbours, warm-up,
 * search.
 *
 * @param data vectors and queries
 * @param job how to index
 * @param topK results per query
 */
public record KnnTester(Dataset data, IndexJob job, int topK) {
  /**
   * Builds one index and searches it once per fanout.
   *
   * @param params what the system was made with, for the table
   * @param workers threads that work on one graph, for the table
   * @throws IOException when the index cannot be written or read
   */
  public List<KnnResult> run(
      BenchSystem system, GraphParams params, int workers, List<Integer> fanouts)
      throws IOException {
    GroundTruth truth =
        new GroundTruthCache(Workspace.cache()).get(data, topK, job::isLive, job.liveKey());
    WarmUp.run(system, data, job);
    BenchSystem.Built built =
        system.build(data, job, Workspace.emptyIndex("knn-" + system.name()), Double.NaN);
    List<KnnResult> results = new ArrayList<>();
    try (BuiltIndex index = built.index()) {
      for (int fanout : fanouts) {
        Searched searched = search(system.name(), index, truth, topK + fanout);
        results.add(
            new KnnResult(
                system.name(),
                searched.recall(),
                searched.millis(),
                searched.cpuMillis(),
                searched.cpuMillis() / searched.millis(),
                data.base().count(),
                topK,
                fanout,
                params,
                searched.visited(),
                built.times(),
                data.base().dimension(),
                data.base().encoding().name(),
                data.similarity().name(),
                workers));
      }
    }
    return results;
  }

  private record Searched(double recall, double visited, double millis, double cpuMillis) {}

  private Searched search(String name, BuiltIndex index, GroundTruth truth, int width)
      throws IOException {
    int queries = data.queries().count();
    BuiltIndex.Found[] found = new BuiltIndex.Found[queries];
    try (Progress progress = Progress.start(name + ": search", 2L * queries, "queries")) {
      for (int query = 0; query < queries; query++) {
        index.search(query, width);
        progress.add(1);
      }
      long startNanos = System.nanoTime();
      double startCpuSeconds = ProcessCpu.seconds();
      for (int query = 0; query < queries; query++) {
        found[query] = index.search(query, width);
        progress.add(1);
      }
      double cpuMillis = (ProcessCpu.seconds() - startCpuSeconds) * 1e3 / queries;
      double millis = (System.nanoTime() - startNanos) / 1e6 / queries;
      double recall = 0;
      long visited = 0;
      for (int query = 0; query < queries; query++) {
        recall += truth.recall(data, query, found[query].rows());
        visited += found[query].visited();
      }
      return new Searched(recall / queries, (double) visited / queries, millis, cpuMillis);
    }
  }
}
