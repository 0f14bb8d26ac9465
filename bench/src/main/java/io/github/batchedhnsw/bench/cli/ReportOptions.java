// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.cli;

import io.github.batchedhnsw.bench.report.Workspace;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where a command's report goes. */
final class ReportOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "default: bench/target/report-${COMMAND-NAME}")
  private Path out;

  /** The directory of the command's report. */
  Path directory() {
    return directory(command.name());
  }

  /**
   * The directory of a report.
   *
   * @param report its name, unless a directory was given
   */
  Path directory(String report) {
    return out == null ? Workspace.report(report) : out;
  }

  /**
   * Prints where something was written, as the command's last line.
   *
   * @param kind what was written
   */
  void print(String kind, Path path) {
    PrintWriter printer = command.commandLine().getOut();
    printer.println(kind + ": " + path.toAbsolutePath().normalize());
    printer.flush();
  }
}
