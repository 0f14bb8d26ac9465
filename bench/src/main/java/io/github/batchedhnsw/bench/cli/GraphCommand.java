// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.cli;

import io.github.batchedhnsw.bench.graph.GraphReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code graph}: what the HNSW graphs of an index look like. */
@Command(
    name = "graph",
    mixinStandardHelpOptions = true,
    description = "Reports on the HNSW graph of every segment and vector field of a Lucene index.")
final class GraphCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ReportOptions reports;

  @Parameters(paramLabel = "INDEX", description = "a Lucene index directory, stock's or ours")
  private Path index;

  @Override
  public Integer call() throws IOException {
    PrintWriter printer = spec.commandLine().getOut();
    GraphReport report = GraphReport.read(index);
    printer.print(report.text());
    Path page = report.write(reports.directory());
    reports.print("page", page);
    return 0;
  }
}
