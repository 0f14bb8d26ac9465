// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.stock;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.lucene.index.IndexReader;

/** Proves that an index opens without this project: in a child JVM that has Lucene's jar only. */
public final class StockReader {
  private StockReader() {}

  /**
   * The child's answer.
   *
   * @param opened whether it opened, checked and searched the index
   * @param message its last line
   */
  public record Answer(boolean opened, String message) {}

  /**
   * Starts the child and waits for it.
   *
   * @param index an index directory
   * @param field the vector field
   * @param scratch receives the one class that the child needs
   * @throws IOException when the child cannot be started
   */
  public static Answer open(Path index, String field, Path scratch) throws IOException {
    Class<?> main = OpenWithStockLucene.class;
    Path classFile = scratch.resolve(main.getName().replace('.', '/') + ".class");
    Files.createDirectories(classFile.getParent());
    try (InputStream in = main.getResourceAsStream(main.getSimpleName() + ".class")) {
      Files.write(classFile, in.readAllBytes());
    }
    String classPath =
        Stream.of(scratch, jarOf(IndexReader.class))
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-classpath",
            classPath,
            main.getName(),
            index.toString(),
            field);
    Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      boolean ended = child.waitFor() == 0;
      String last = output.lines().reduce("no answer", (before, line) -> line);
      return new Answer(ended && last.startsWith("ok"), ended ? last : output.strip());
    } catch (InterruptedException e) {
      child.destroy();
      throw new IOException("interrupted while the index was opened by stock Lucene", e);
    }
  }

  private static Path jarOf(Class<?> type) throws IOException {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (java.net.URISyntaxException e) {
      throw new IOException("no jar found for " + type, e);
    }
  }
}
