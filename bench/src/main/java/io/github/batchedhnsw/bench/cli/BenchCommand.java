package io.github.batchedhnsw.bench.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The root command: it only has subcommands. */
@Command(
    name = "bench/run",
    mixinStandardHelpOptions = true,
    version = "lucene-batched-hnsw-bench 0.1.0-SNAPSHOT",
    description =
        "Builds the same vectors with stock Lucene, Batched HNSW and jvector, and judges time and quality.",
    subcommands = {
      CompareCommand.class,
      KnnCommand.class,
      ScalingCommand.class,
      DecayCommand.class,
      GraphCommand.class,
      EmbedCommand.class,
      JmhCommand.class
    })
public final class BenchCommand {

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
