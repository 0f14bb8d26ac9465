// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.systems;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.report.Workspace;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Unmeasured builds and searches of a few vectors, which give the JIT compiler some seconds. What
 * is measured then is an indexing process that has run for hours, not the first flush of a JVM, and
 * no system pays for compiling code that the next one finds compiled.
 */
public final class WarmUp {
  private static final int VECTORS = 10_000;
  private static final int WIDTH = 10;
  private static final double SECONDS =
      Double.parseDouble(System.getProperty("bench.warm-up.seconds", "5"));

  private WarmUp() {}

  /**
   * Builds, searches and throws away, at least once and for five seconds; tests, which judge no
   * speed, take less by {@code -Dbench.warm-up.seconds=N}.
   *
   * @throws IOException when the index cannot be written
   */
  public static void run(BenchSystem system, Dataset data, IndexJob job) throws IOException {
    Dataset few = data.first(Math.min(VECTORS, data.base().count()));
    long start = System.nanoTime();
    do {
      Path directory = Workspace.emptyIndex("warm-up");
      try (BuiltIndex index = system.build(few, job, directory, Double.NaN).index()) {
        for (int query = 0; query < few.queries().count(); query++) {
          index.search(query, WIDTH);
        }
      }
      Workspace.delete(directory);
    } while (System.nanoTime() - start < SECONDS * 1e9);
  }
}
