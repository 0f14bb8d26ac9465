// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.process;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;

/** Hands a value to another JVM, or takes one from it, through a file. */
public final class Handover {
  private Handover() {}

  /**
   * Writes a value.
   *
   * @throws IOException when the file cannot be written
   */
  public static void write(Path file, Serializable value) throws IOException {
    try (ObjectOutputStream out = new ObjectOutputStream(Files.newOutputStream(file))) {
      out.writeObject(value);
    }
  }

  /**
   * Reads a value that {@link #write} has written with the same classes.
   *
   * @throws IOException when the file cannot be read or holds something else
   */
  public static <T extends Serializable> T read(Path file, Class<T> type) throws IOException {
    try (ObjectInputStream in = new ObjectInputStream(Files.newInputStream(file))) {
      return type.cast(in.readObject());
    } catch (ClassNotFoundException | ClassCastException e) {
      throw new IOException("%s: expected a %s".formatted(file, type.getSimpleName()), e);
    }
  }
}
