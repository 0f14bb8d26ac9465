package io.github.batchedhnsw.bench.cli;

import io.github.batchedhnsw.bench.systems.GraphParams;
import picocli.CommandLine.Option;

/** The graph's parameters. */
final class GraphOptions {
  @Option(
      names = "--max-conn",
      defaultValue = "16",
      description = "M, neighbours per node (default: ${DEFAULT-VALUE})")
  private int maxConn;

  @Option(
      names = "--beam-width",
      defaultValue = "100",
      description = "candidates kept while building (default: ${DEFAULT-VALUE})")
  private int beamWidth;

  GraphParams params() {
    return new GraphParams(maxConn, beamWidth);
  }
}
