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
  private ChildJvm() {}

  /**
   * How a child ended.
   *
   * @param status its exit status; meaningless where it was stopped
   * @param stopped whether it took longer than it may and was stopped
   * @param output standard output and standard error together
   */
  public record Ended(int status, boolean stopped, String output) {}

  /**
   * Starts a child and waits for it.
   *
   * @param main its main class
   * @param jvmOptions for example {@code -Xmx100m}
   * @param arguments of the main class
   * @param limit after which it is stopped
   * @throws IOException when it cannot be started, or this thread is interrupted meanwhile
   */
  public static Ended run(
      Class<?> main, List<String> jvmOptions, List<String> arguments, Duration limit)
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
      boolean ended = child.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
      if (!ended) {
        child.destroyForcibly().waitFor();
      }
      return new Ended(child.exitValue(), !ended, Files.readString(output).strip());
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
