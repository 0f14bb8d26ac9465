// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where the benchmark puts things: under {@code bench/target}, told by {@code -Dbench.home}. */
public final class Workspace {
  private Workspace() {}

  /** The cache of exact neighbours. */
  public static Path cache() {
    return target().resolve("cache");
  }

  /** A command's report, unless told otherwise. */
  public static Path report(String command) {
    return target().resolve("report-" + command);
  }

  /** Where one index lies. */
  public static Path index(String name) {
    return target().resolve("indexes").resolve(name.replaceAll("[^A-Za-z0-9]+", "-"));
  }

  /**
   * An empty directory for one index.
   *
   * @throws IOException when an old one cannot be removed
   */
  public static Path emptyIndex(String name) throws IOException {
    Path directory = index(name);
    delete(directory);
    return Files.createDirectories(directory);
  }

  /**
   * Removes a directory and all in it.
   *
   * @throws IOException when that fails; a directory that is not there is no error
   */
  public static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    }
  }

  private static Path target() {
    return Path.of(System.getProperty("bench.home", ".")).resolve("target");
  }
}
