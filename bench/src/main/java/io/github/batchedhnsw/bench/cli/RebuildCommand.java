// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.cli;

import io.github.batchedhnsw.bench.rebuild.Rebuild;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rebuild}: new graphs for an existing index. */
@Command(
    name = "rebuild",
    mixinStandardHelpOptions = true,
    description =
        "Replaces the vector graphs of a Lucene index, stock's or ours, by new ones: every segment"
            + " alone, all in one commit. Nobody else may write to the index meanwhile.")
final class RebuildCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--index",
      paramLabel = "DIR",
      required = true,
      description = "a Lucene index directory")
  private Path index;

  @Option(names = "--max-conn", description = "M (default: that of the field's graphs)")
  private Integer maxConn;

  @Option(
      names = "--beam-width",
      defaultValue = "100",
      description = "candidates kept while building (default: ${DEFAULT-VALUE})")
  private int beamWidth;

  @Option(
      names = "--workers",
      defaultValue = "1",
      description = "threads that build a graph (default: ${DEFAULT-VALUE})")
  private int workers;

  @Option(
      names = "--sample",
      paramLabel = "VECTORS",
      defaultValue = "256",
      description =
          "vectors of each segment by which recall is estimated before and after; each is compared"
              + " with all others of the segment (default: ${DEFAULT-VALUE})")
  private int sample;

  @Override
  public Integer call() throws IOException {
    PrintWriter printer = spec.commandLine().getOut();
    printer.print(new Rebuild(index, maxConn, beamWidth, workers, sample).run().text());
    printer.println("committed: " + index.toAbsolutePath().normalize());
    printer.flush();
    return 0;
  }
}
