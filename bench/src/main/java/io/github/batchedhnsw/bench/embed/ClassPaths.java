// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.embed;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Class paths that the script {@code bench/embed/classpath} builds through Maven. */
final class ClassPaths {
  private ClassPaths() {}

  /**
   * One class path.
   *
   * @param name of a profile of {@code bench/embed/pom.xml}
   */
  static String get(String name) throws IOException {
    Path script = Path.of(System.getProperty("bench.home", "."), "embed", "classpath");
    if (!Files.isExecutable(script)) {
      throw new IOException(
          script + ": no such script; embeddings are made in a checkout, not in a bundle");
    }
    return ChildProcess.run(script.toString(), name);
  }

  /** The jar with WordNet's database. */
  static Path wordNet() throws IOException {
    return Arrays.stream(get("wordnet").split(File.pathSeparator))
        .filter(entry -> entry.endsWith(".jar"))
        .map(Path::of)
        .findFirst()
        .orElseThrow(() -> new IOException("expected a jar in the class path wordnet"));
  }
}
