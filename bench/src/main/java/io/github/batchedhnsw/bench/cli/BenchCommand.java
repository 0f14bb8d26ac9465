// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.cli;

import org.apache.lucene.util.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root command: it only has subcommands. */
@Command(
    name = "bench/run",
    mixinStandardHelpOptions = true,
    version = "lucene-batched-hnsw-bench 0.1.0",
    description =
        "Builds the same vectors with stock Lucene, Batched HNSW and jvector, and judges time and"
            + " quality.",
    subcommands = {
      CompareCommand.class,
      KnnCommand.class,
      ScalingCommand.class,
      DecayCommand.class,
      NrtCommand.class,
      HeapCommand.class,
      SlowReadsCommand.class,
      GraphCommand.class,
      RebuildCommand.class,
      EmbedCommand.class,
      JmhCommand.class
    })
public final class BenchCommand {
  @Spec private CommandSpec spec;

  /**
   * Checks that the asked-for Lucene is the one on the class path, which the start script chose.
   *
   * @param version as in 10.5.1
   */
  @Option(
      names = "--lucene",
      paramLabel = "VERSION",
      scope = ScopeType.INHERIT,
      description =
          "the stock Lucene to measure against and to build on; chosen by bench/run before Java"
              + " starts (default: $BENCH_LUCENE or 10.6.0)")
  void lucene(String version) {
    if (!version.equals(Version.LATEST.toString())) {
      throw new ParameterException(
          spec.commandLine(),
          "lucene must be the version on the class path, %s, unless bench/run starts it; lucene=%s"
              .formatted(Version.LATEST, version));
    }
  }

  /**
   * Runs the command line.
   *
   * @return the exit status
   */
  public static int execute(String[] args) {
    CommandLine root = new CommandLine(new BenchCommand());
    root.getSubcommands().get("jmh").setUnmatchedOptionsArePositionalParams(true);
    return root.setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (exception, commandLine, parsed) -> {
              if (Boolean.getBoolean("bench.trace")) {
                exception.printStackTrace(commandLine.getErr());
              }
              commandLine.getErr().println("bench/run: " + exception.getMessage());
              return CommandLine.ExitCode.SOFTWARE;
            })
        .execute(args);
  }
}
