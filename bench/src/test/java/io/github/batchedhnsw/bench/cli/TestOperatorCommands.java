// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.cli;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.github.batchedhnsw.bench.BenchHome;
import io.github.batchedhnsw.bench.report.Workspace;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;

/** Small runs of {@code nrt} and {@code slow-reads}: what they print and write. */
public class TestOperatorCommands {
  @Rule public final BenchHome folder = new BenchHome();

  @Test
  public void nrtInOneProcess() throws IOException {
    String output = nrt("--ram-buffer=4,16", "--rounds=1", "--warm-up=0.1");
    List<List<String>> runs = csv("report-nrt/nrt-runs.csv");
    assertEquals(1 + 2 * 2, runs.size());
    // The side that comes first alternates.
    List<String> order = runs.stream().skip(1).map(row -> row.get(0) + row.get(1)).toList();
    assertEquals(List.of("stock4", "batched4", "batched16", "stock16"), order);
    assertEquals(1 + 3 * 4, csv("report-nrt/nrt-latencies.csv").size());
    for (List<String> row : csv("report-nrt/nrt-latencies.csv").subList(1, 5)) {
      assertEquals("add", row.get(0));
      assertEquals("every vector", "300", row.get(4));
    }
    assertTrue(Files.exists(target("report-nrt/nrt-reopens-16.svg")));
    assertTrue(output, output.contains("300 vectors at 1,000 per second"));
  }

  @Test
  public void nrtInColdProcesses() throws IOException {
    String output = nrt("--ram-buffer=16", "--cold");
    assertTrue(output, output.contains("cold: every run in a JVM of its own"));
    List<List<String>> runs = csv("report-nrt/nrt-runs.csv");
    assertEquals(3, runs.size());
    assertEquals("stock", runs.get(1).get(0));
    assertEquals("batched", runs.get(2).get(0));
  }

  /** At a million vectors a second no graph is built as fast as they arrive. */
  @Test
  public void aSideThatDoesNotKeepUpIsShown() {
    String output =
        run(
            "nrt",
            "--data=gen128",
            "--dim=64",
            "--count=3000",
            "--queries=5",
            "--rate=1000000",
            "--reopen-ms=1",
            "--ram-buffer=16",
            "--warm-up=0");
    assertTrue(output, output.contains("stock with a RAM buffer of 16 MiB did NOT keep up"));
  }

  /** Where everything fits in the cache, every page is read once, and graphs need no more. */
  @Test
  public void slowReads() throws IOException {
    List<String> data =
        List.of(
            "--data=gen128",
            "--dim=64",
            "--count=2000",
            "--queries=5",
            "--max-conn=8",
            "--beam-width=20");
    run("slow-reads", with(data, "--segments=2", "--cache-mib=64"));
    List<List<String>> ample = csv("report-slow-reads/slow-reads.csv");
    run("slow-reads", with(data, "--segments=2", "--cache-mib=0.1"));
    List<List<String>> scarce = csv("report-slow-reads/slow-reads.csv");
    for (int row = 1; row <= 3; row++) {
      assertEquals(List.of("flat", "stock", "batched").get(row - 1), ample.get(row).get(0));
      long vectorPages = 2000 * 64 * 4 / 4096;
      long reads = Long.parseLong(ample.get(row).get(2));
      assertTrue(ample.toString(), reads >= vectorPages);
      // The segments, and the merged vectors from which the graph is built.
      assertTrue(ample.toString(), reads <= 3 * vectorPages + 150);
      assertTrue(Long.parseLong(scarce.get(row).get(2)) >= reads);
    }
    long stock = Long.parseLong(scarce.get(2).get(5));
    assertTrue("a graph needs random reads: " + scarce, stock > 5 * 2000);
  }

  @Test
  public void wrongArguments() {
    ByteArrayOutputStream ignored = new ByteArrayOutputStream();
    assertEquals(1, execute(ignored, "nrt", List.of("--data=demo", "--count=9", "--seconds=1")));
    assertEquals(1, execute(ignored, "nrt", List.of("--count=9", "--ram-buffer=0")));
    assertEquals(1, execute(ignored, "heap", List.of("--count=9", "--precision=0")));
    assertEquals(2, execute(ignored, "heap", List.of("--job=sort")));
    assertEquals(1, execute(ignored, "slow-reads", List.of("--count=9", "--segments=1")));
  }

  private static String nrt(String... options) {
    List<String> data =
        List.of(
            "--data=gen128",
            "--dim=16",
            "--latent=8",
            "--count=300",
            "--queries=20",
            "--rate=1000",
            "--reopen-ms=50",
            "--searches-per-second=100");
    return run("nrt", with(data, options));
  }

  private static List<String> with(List<String> options, String... more) {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of(more));
    return all;
  }

  private static List<List<String>> csv(String file) throws IOException {
    return Files.readAllLines(target(file)).stream()
        .map(line -> Arrays.asList(line.split(",", -1)))
        .toList();
  }

  private static Path target(String file) {
    return Workspace.report("nrt").resolveSibling(file);
  }

  private static String run(String command, String... options) {
    return run(command, List.of(options));
  }

  private static String run(String command, List<String> options) {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    int status = execute(output, command, options);
    String text = output.toString(StandardCharsets.UTF_8);
    assertEquals(text, 0, status);
    return text;
  }

  private static int execute(ByteArrayOutputStream output, String command, List<String> options) {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(options);
    PrintStream before = System.out;
    try (PrintStream stream = new PrintStream(output, true, StandardCharsets.UTF_8)) {
      System.setOut(stream);
      return BenchCommand.execute(arguments.toArray(String[]::new));
    } finally {
      System.setOut(before);
    }
  }
}
