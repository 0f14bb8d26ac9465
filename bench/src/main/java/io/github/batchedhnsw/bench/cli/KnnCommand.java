// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.cli;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.knn.KnnResult;
import io.github.batchedhnsw.bench.knn.KnnTester;
import io.github.batchedhnsw.bench.report.Environment;
import io.github.batchedhnsw.bench.report.Json;
import io.github.batchedhnsw.bench.report.Table;
import io.github.batchedhnsw.bench.systems.BenchSystem;
import io.github.batchedhnsw.bench.systems.GraphParams;
import io.github.batchedhnsw.bench.systems.IndexJob;
import io.github.batchedhnsw.bench.systems.Systems;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code knn}: the luceneutil KnnGraphTester job, with sweeps. */
@Command(
    name = "knn",
    mixinStandardHelpOptions = true,
    description =
        "Indexes, merges and searches as luceneutil's KnnGraphTester does; lists are swept.")
final class KnnCommand implements Callable<Integer> {
  /** What can be run. */
  enum SystemName {
    STOCK,
    BATCHED
  }

  @Spec private CommandSpec spec;
  @Mixin private DataOptions data;
  @Mixin private JobOptions jobOptions;
  @Mixin private ReportOptions reports;

  @Option(
      names = "--system",
      split = ",",
      defaultValue = "stock,batched",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private List<SystemName> systems;

  @Option(names = "--counts", split = ",", description = "vectors to index, instead of --count")
  private List<Integer> counts;

  @Option(
      names = "--max-conn",
      split = ",",
      defaultValue = "16",
      description = "default: ${DEFAULT-VALUE}")
  private List<Integer> maxConns;

  @Option(
      names = "--beam-width",
      split = ",",
      defaultValue = "100",
      description = "default: ${DEFAULT-VALUE}")
  private List<Integer> beamWidths;

  @Option(
      names = "--workers",
      split = ",",
      defaultValue = "1",
      description = "default: ${DEFAULT-VALUE}")
  private List<Integer> workerCounts;

  @Option(names = "--top-k", defaultValue = "10", description = "default: ${DEFAULT-VALUE}")
  private int topK;

  @Option(
      names = "--fanout",
      split = ",",
      defaultValue = "0,50,100",
      description = "default: ${DEFAULT-VALUE}")
  private List<Integer> fanouts;

  @Override
  public Integer call() throws IOException {
    PrintWriter printer = spec.commandLine().getOut();
    Dataset all = data.load();
    IndexJob job = jobOptions.job();
    List<KnnResult> results = new ArrayList<>();
    for (int count : counts == null ? List.of(all.base().count()) : counts) {
      KnnTester tester = new KnnTester(all.first(count), job, topK);
      for (int maxConn : maxConns) {
        for (int beamWidth : beamWidths) {
          GraphParams params = new GraphParams(maxConn, beamWidth);
          for (int workers : workerCounts) {
            for (SystemName name : systems) {
              results.addAll(tester.run(system(name, params, workers), params, workers, fanouts));
            }
          }
        }
      }
    }
    Table table = KnnResult.table(results);
    printer.println(all.name() + ": " + all.description() + "; " + job.description());
    Environment.describe().forEach((name, value) -> printer.println(name + ": " + value));
    printer.print(table.text());
    Path directory = Files.createDirectories(reports.directory());
    Files.writeString(directory.resolve("knn.csv"), table.csv());
    Files.writeString(
        directory.resolve("knn.json"),
        Json.write(
            Map.of(
                "data", all.description(),
                "job", job.description(),
                "environment", Environment.describe(),
                "results", results)));
    reports.print("written", directory);
    return 0;
  }

  private static BenchSystem system(SystemName name, GraphParams params, int workers) {
    return switch (name) {
      case STOCK -> Systems.stock(params, workers);
      case BATCHED -> Systems.batched(params, workers, workers);
    };
  }
}
