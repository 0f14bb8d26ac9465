// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program in a JVM of its own, of the same JDK. */
public final class ChildJvm {
  private static final int TIMEOUT_SECONDS = 120;

  private ChildJvm() {}

  /**
   * Waits for the end, and expects exit status 0.
   *
   * @param log receives the output
   * @param arguments of {@code java}
   * @return the output
   */
  public static String run(Path log, List<String> arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertTrue("still running", process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS));
    } finally {
      process.destroyForcibly();
    }
    String output = Files.readString(log, StandardCharsets.UTF_8);
    assertEquals(output, 0, process.exitValue());
    return output;
  }
}
