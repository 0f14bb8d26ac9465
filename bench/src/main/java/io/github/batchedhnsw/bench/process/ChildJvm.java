// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.process;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a class of this benchmark in a JVM of its own, with this JVM's class path. */
public final class ChildJvm {
  private static final long POLL_MILLIS = 20;

  private ChildJvm() {}

  /**
   * How a child ended.
   *
   * @param status its exit status; meaningless where it was stopped
   * @param stopped whether it took more CPU time than it may and was stopped
   * @param cpu its CPU time, up to some {@value #POLL_MILLIS} milliseconds before it ended
   * @param output standard output and standard error together
   */
  public record Ended(int status, boolean stopped, Duration cpu, String output) {}

  /**
   * Starts a child and waits for it.
   *
   * @param main its main class
   * @param jvmOptions for example {@code -Xmx100m}
   * @param arguments of the main class
   * @param cpuLimit CPU time after which it is stopped: unlike wall time, hardly disturbed by other
   *     programs on the machine
   * @throws IOException when it cannot be started, or this thread is interrupted meanwhile
   */
  public static Ended run(
      Class<?> main, List<String> jvmOptions, List<String> arguments, Duration cpuLimit)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(jvmOptions);
    command.addAll(List.of("-classpath", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    Path output = Files.createTempFile("bench-child", ".out");
    Process child = null;
    try {
      child =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      Duration cpu = Duration.ZERO;
      boolean stopped = false;
      while (!child.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        cpu = child.info().totalCpuDuration().orElse(cpu);
        if (!stopped && cpu.compareTo(cpuLimit) > 0) {
          stopped = true;
          child.destroyForcibly();
        }
      }
      return new Ended(child.exitValue(), stopped, cpu, Files.readString(output).strip());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + main.getSimpleName(), e);
    } finally {
      if (child != null) {
        child.destroyForcibly();
      }
      Files.delete(output);
    }
  }

  /**
   * This JVM's options about memory, compiler and the benchmark, for a child that is to be alike.
   */
  public static List<String> ownOptions() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("-X") || option.startsWith("-Dbench."))
        .toList();
  }
}
