// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.cli;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.scaling.Scaling;
import io.github.batchedhnsw.bench.scaling.ScalingReport;
import io.github.batchedhnsw.bench.systems.IndexJob;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code scaling}: build time with more workers and with more vectors. */
@Command(
    name = "scaling",
    mixinStandardHelpOptions = true,
    description =
        "Builds with 1..N workers (speed-up, efficiency, identical bytes) and with growing numbers of"
            + " vectors (cost per vector).")
final class ScalingCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DataOptions data;
  @Mixin private GraphOptions graph;
  @Mixin private ReportOptions reports;

  @Option(
      names = "--workers",
      split = ",",
      description = "worker counts; 1 comes first (default: 1, 2, 4, ... up to the processors)")
  private List<Integer> workers;

  @Option(
      names = "--counts",
      split = ",",
      description =
          "also build these numbers of vectors, stock and ours, 1 worker; at most --count")
  private List<Integer> counts = List.of();

  @Option(
      names = "--segments",
      defaultValue = "1",
      description = "flushed segments; more than 1 are force-merged (default: ${DEFAULT-VALUE})")
  private int segments;

  @Option(names = "--rounds", defaultValue = "3", description = "default: ${DEFAULT-VALUE}")
  private int rounds;

  @Override
  public Integer call() throws IOException {
    PrintWriter printer = spec.commandLine().getOut();
    Dataset dataset = data.load();
    Scaling scaling = new Scaling(dataset, graph.params(), IndexJob.flushed(segments), rounds);
    List<Integer> workerCounts = workers == null ? Scaling.powersOfTwoUpToProcessors() : workers;
    ScalingReport report =
        new ScalingReport(scaling, scaling.byWorkers(workerCounts), scaling.byCount(counts));
    printer.print(report.text());
    Path page = report.write(reports.directory());
    reports.print("page", page);
    return 0;
  }
}
