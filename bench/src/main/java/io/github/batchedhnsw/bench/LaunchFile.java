// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes down which java started it and with which class path, for the {@code bench/run} script.
 */
public final class LaunchFile {
  private LaunchFile() {}

  /**
   * Writes {@code java.home} and {@code classpath} into a directory, the class path last.
   *
   * @param args the directory, created when missing
   * @throws IOException when it cannot be written
   */
  public static void main(String[] args) throws IOException {
    Path directory = Files.createDirectories(Path.of(args[0]));
    Files.writeString(directory.resolve("java.home"), System.getProperty("java.home"));
    Files.writeString(directory.resolve("classpath"), System.getProperty("java.class.path"));
  }
}
