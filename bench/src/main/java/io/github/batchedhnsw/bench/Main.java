// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench;

import io.github.batchedhnsw.bench.cli.BenchCommand;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Entry point; see {@code bench/run --help}. */
public final class Main {
  private Main() {}

  /** Runs one command and exits with 0, 1 (failed) or 2 (wrong arguments). */
  public static void main(String[] args) {
    // Lucene and jvector announce their vector support; the report states it in one place.
    Logger.getLogger("").setLevel(Level.WARNING);
    System.exit(BenchCommand.execute(args));
  }
}
