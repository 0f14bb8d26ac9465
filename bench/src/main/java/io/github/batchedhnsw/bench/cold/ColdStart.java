// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.cold;

import io.github.batchedhnsw.bench.compare.Comparison;
import io.github.batchedhnsw.bench.data.RowFile;
import io.github.batchedhnsw.bench.report.Progress;
import io.github.batchedhnsw.bench.report.Workspace;
import io.github.batchedhnsw.bench.systems.BenchSystem;
import io.github.batchedhnsw.bench.systems.SystemSpec;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Builds every index in a process of its own, which nothing has warmed up: in turns, every other
 * round in reverse order, with this JVM's options and class path.
 *
 * @param comparison what to compare, and how often
 * @param systems its systems, as values
 */
public record ColdStart(Comparison comparison, List<SystemSpec> systems) {

  /**
   * One process.
   *
   * @param wallSeconds from starting the process to its end: starting and ending the JVM, reading
   *     prepared vectors (from the page cache) and building
   * @param cpuSeconds CPU time that the process counts until the index is closed; it includes
   *     starting the JVM, its compiler and its collector, but not ending the JVM
   * @param buildSeconds the part of the wall time that {@code compare} calls total
   */
  public record Run(double wallSeconds, double cpuSeconds, double buildSeconds) {}

  /**
   * One system's processes.
   *
   * @param system its name
   * @param runs one per round
   */
  public record Measured(String system, List<Run> runs) {}

  /**
   * Runs all rounds, one process at a time.
   *
   * @return per system what its processes took
   * @throws IOException when a process does not build
   */
  public List<Measured> run() throws IOException {
    Path vectors = Files.createDirectories(Workspace.cache()).resolve("cold.vectors");
    List<Measured> measured = new ArrayList<>();
    for (BenchSystem system : comparison.systems()) {
      measured.add(new Measured(system.name(), new ArrayList<>()));
    }
    try {
      // Written just before, so that it is in the page cache when the first process reads it.
      RowFile.write(comparison.data().base(), vectors);
      for (int round = 0; round < comparison.rounds(); round++) {
        for (int turn = 0; turn < systems.size(); turn++) {
          int number = round % 2 == 0 ? turn : systems.size() - 1 - turn;
          Measured system = measured.get(number);
          Run run = run(system, systems.get(number), vectors);
          system.runs().add(run);
          System.err.printf(
              Locale.ROOT,
              "round %d of %d: %s in a fresh JVM: %.2f s, %.2f s of CPU%n",
              round + 1,
              comparison.rounds(),
              system.system(),
              run.wallSeconds(),
              run.cpuSeconds());
        }
      }
    } finally {
      Files.deleteIfExists(vectors);
    }
    return measured;
  }

  private Run run(Measured system, SystemSpec spec, Path vectors) throws IOException {
    ColdBuild.Task task =
        new ColdBuild.Task(
            spec,
            comparison.job(),
            comparison.data().similarity(),
            comparison.data().base().encoding(),
            comparison.data().base().dimension(),
            vectors,
            Workspace.emptyIndex("cold-" + system.system()));
    double expected = system.runs().isEmpty() ? Double.NaN : system.runs().getLast().wallSeconds();
    try (Progress progress = Progress.opaque(system.system() + " in a fresh JVM", expected)) {
      long start = System.nanoTime();
      Process child = new ProcessBuilder(command(task)).redirectErrorStream(true).start();
      String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = child.waitFor();
      double wallSeconds = (System.nanoTime() - start) / 1e9;
      if (status != 0) {
        throw new IOException(
            "%s in a fresh JVM ended with status %d: %s"
                .formatted(system.system(), status, output.strip()));
      }
      String last = output.lines().reduce("no answer", (before, line) -> line);
      ColdBuild.Answer answer = ColdBuild.Answer.parse(last);
      return new Run(wallSeconds, answer.cpuSeconds(), answer.buildSeconds());
    } catch (InterruptedException e) {
      throw new IOException("interrupted while a fresh JVM was building", e);
    }
  }

  private static List<String> command(ColdBuild.Task task) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options());
    command.addAll(
        List.of("-classpath", System.getProperty("java.class.path"), ColdBuild.class.getName()));
    command.addAll(task.arguments());
    return command;
  }

  /**
   * The options of this JVM that the others get as well, which are all but those of agents and of
   * the terminal.
   */
  static List<String> options() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> !option.startsWith("-javaagent") && !option.startsWith("-agent"))
        .filter(option -> !option.startsWith("-Dbench.terminal"))
        .toList();
  }
}
