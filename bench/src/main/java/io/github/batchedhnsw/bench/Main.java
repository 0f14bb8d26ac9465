package io.github.batchedhnsw.bench;

import io.github.batchedhnsw.bench.cli.BenchCommand;

/** Entry point; see {@code bench/run --help}. */
public final class Main {
  private Main() {}

  /** Runs one command and exits with 0, 1 (failed) or 2 (wrong arguments). */
  public static void main(String[] args) {
    System.exit(BenchCommand.execute(args));
  }
}
