// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.embed;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** A command whose errors go to our standard error; one that fails is an {@link IOException}. */
final class ChildProcess implements Closeable {
  private final String[] command;
  private final Process process;

  private ChildProcess(String[] command) throws IOException {
    this.command = command;
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** Starts a command. */
  static ChildProcess start(String... command) throws IOException {
    return new ChildProcess(command);
  }

  /** Runs a command to its end and returns what it printed. */
  static String run(String... command) throws IOException {
    try (ChildProcess child = start(command)) {
      return new String(child.output().readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }

  InputStream output() {
    return process.getInputStream();
  }

  OutputStream input() {
    return process.getOutputStream();
  }

  /** Ends the input, waits for the command and fails unless its status is 0. */
  @Override
  public void close() throws IOException {
    try {
      input().close();
      // What is left unread must not block the command.
      output().skip(Long.MAX_VALUE);
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException(
            "%s: expected exit status 0, found %d; what it said is above"
                .formatted(String.join(" ", command), status));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(String.join(" ", command) + ": interrupted", e);
    } finally {
      process.destroy();
    }
  }
}
