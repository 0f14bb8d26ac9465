// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.cli;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.heap.HeapChild;
import io.github.batchedhnsw.bench.heap.HeapComparison;
import io.github.batchedhnsw.bench.heap.HeapReport;
import io.github.batchedhnsw.bench.process.GraphSetting;
import io.github.batchedhnsw.bench.process.VectorSource;
import io.github.batchedhnsw.bench.report.Workspace;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code heap}: the smallest heap with which a flush and a merge pass. */
@Command(
    name = "heap",
    mixinStandardHelpOptions = true,
    description =
        "Finds, by bisection over child JVMs, the smallest heap with which stock Lucene and Batched"
            + " HNSW flush and merge, and what the graph takes of it.")
final class HeapCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DataOptions data;
  @Mixin private GraphOptions graph;
  @Mixin private ReportOptions reports;

  @Option(
      names = "--job",
      split = ",",
      defaultValue = "FLUSH,MERGE",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private List<HeapChild.Job> jobs;

  @Option(
      names = "--segments",
      defaultValue = "10",
      description = "that a merge merges (default: ${DEFAULT-VALUE})")
  private int segments;

  @Option(
      names = "--precision",
      paramLabel = "PERCENT",
      defaultValue = "5",
      description =
          "of what the graph takes; the step is never below 2 MiB (default: ${DEFAULT-VALUE})")
  private double precisionPercent;

  @Override
  public Integer call() throws IOException {
    PrintWriter printer = spec.commandLine().getOut();
    Dataset dataset = data.load();
    Path files = Workspace.emptyIndex("heap-vectors");
    HeapComparison comparison =
        new HeapComparison(
            VectorSource.write(dataset, files),
            GraphSetting.of(graph.params()),
            segments,
            precisionPercent / 100);
    Map<HeapChild.Job, List<HeapComparison.Needed>> needed = new LinkedHashMap<>();
    for (HeapChild.Job job : jobs) {
      needed.put(job, comparison.run(job));
    }
    Workspace.delete(files);
    HeapReport report = new HeapReport(dataset, graph.params(), segments, needed);
    printer.print(report.text());
    Path file = report.write(reports.directory());
    reports.print("table", file);
    return 0;
  }
}
