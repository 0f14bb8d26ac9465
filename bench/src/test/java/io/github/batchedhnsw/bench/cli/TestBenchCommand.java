// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.cli;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;

import io.github.batchedhnsw.bench.BenchHome;
import io.github.batchedhnsw.bench.report.Workspace;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.MultiDocValues;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.Version;
import org.junit.Rule;
import org.junit.Test;

/** Small runs of whole commands: what is in their indexes, and what they print. */
public class TestBenchCommand {
  private static final List<String> DATA =
      List.of(
          "--data=gen128",
          "--dim=16",
          "--count=1300",
          "--queries=50",
          "--latent=8",
          "--clusters=10");

  @Rule public final BenchHome folder = new BenchHome();

  @Test
  public void compareTheRealFlow() throws IOException {
    String output =
        run(
            "compare",
            "--segments=0",
            "--ram-buffer=0.4",
            "--tiered-merges",
            "--churn=10",
            "--rounds=1");
    assertTrue(
        output,
        output.contains(
            "RAM buffer 0.4 MiB, 1 indexing threads, tiered merges, 10.0 % deleted or updated"
                + " meanwhile, force-merged to one; 1 rounds"));
    List<String> header = cells(line(output, "system", "index(s)"));
    for (String system : List.of("stock", "batched")) {
      List<String> row =
          output
              .lines()
              .filter(line -> line.startsWith(system + " "))
              .map(TestBenchCommand::cells)
              .filter(cells -> cells.size() == header.size())
              .findFirst()
              .orElseThrow();
      for (String column :
          List.of("index(s)", "merge(s)", "force_merge(s)", "total(s)", "cpu(s)")) {
        assertTrue(column + " in " + row, Double.parseDouble(row.get(header.indexOf(column))) >= 0);
      }
      double parts = 0;
      for (String column : List.of("index(s)", "merge(s)", "force_merge(s)")) {
        parts += Double.parseDouble(row.get(header.indexOf(column)));
      }
      assertEquals(
          row.toString(), parts, Double.parseDouble(row.get(header.indexOf("total(s)"))), 0.02);
    }
    assertEquals(rows("stock"), rows("batched"));
    assertTrue(output, output.contains("opened by stock Lucene: yes"));
  }

  @Test
  public void decay() throws IOException {
    String output = run("decay", "--rounds=6", "--replaced=5");
    assertTrue(
        output, output.contains("1,000 vectors, of which 50 are replaced before each of 6 merges"));
    List<String> header = cells(line(output, "system", "graph"));
    assertEquals(
        List.of("system", "graph", "seconds", "recall@10 at 10, 20, 40", "visited at 10, 20, 40"),
        header);
    for (String system : List.of("stock", "batched")) {
      for (String graph : List.of("after 1 merges", "after 5 merges", "fresh")) {
        List<String> row = cells(line(output, system, graph));
        assertEquals(header.size(), row.size());
        assertAscending(row.get(3), 0.5, 1);
        assertAscending(row.get(4), 10, 1000);
      }
    }
    List<Integer> live = rows("decay-batched");
    assertEquals(1000, live.size());
    assertTrue("some of the first are left", live.get(0) < 100);
    assertNotEquals("some are not", 999, (int) live.get(999));
    assertTrue("the last came in", live.get(999) >= 1250);
    for (String other : List.of("decay-stock", "decay-fresh-batched", "decay-fresh-stock")) {
      assertEquals(other, live, rows(other));
    }
  }

  @Test
  public void presetOfLuceneutil() throws IOException {
    String output = run("compare", "--preset=luceneutil", "--max-conn=32", "--rounds=1");
    assertTrue(output, output.contains("M 32, beam 250, UNSIGNED_BYTE (8 bits), 1 merge workers"));
    assertTrue(
        output,
        output.contains(
            "RAM buffer 128.0 MiB, 1 indexing threads, tiered merges, force-merged to one"));
    assertTrue(output, output.contains("rescored recall@100 at width     150     200"));
  }

  @Test
  public void luceneIsTheOneOnTheClassPath() {
    String version = Version.LATEST.toString();
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    assertEquals(0, execute(output, "compare", "--lucene=" + version, "--rounds=1", "--self"));
    String text = output.toString(StandardCharsets.UTF_8);
    assertTrue(text, text.contains("Lucene         " + version));
    assertTrue(text, text.contains("equal quality, again: stock x1 against stock: yes"));
    assertTrue(text, text.contains("our kernels"));
    assertEquals(2, execute(new ByteArrayOutputStream(), "compare", "--lucene=9.12.0"));
  }

  @Test
  public void wrongArguments() {
    assertEquals(1, execute(new ByteArrayOutputStream(), "compare", "--cold=0"));
    assertEquals(1, execute(new ByteArrayOutputStream(), "compare", "--segments=90+"));
    assertEquals(1, execute(new ByteArrayOutputStream(), "compare", "--tiered-merges"));
    assertEquals(1, execute(new ByteArrayOutputStream(), "compare", "--churn=60"));
    assertEquals(2, execute(new ByteArrayOutputStream(), "compare", "--churned=6"));
  }

  private static void assertAscending(String figures, double least, double most) {
    double before = least;
    for (String figure : figures.split(" ")) {
      assertTrue(figures, Double.parseDouble(figure) >= before);
      before = Double.parseDouble(figure);
    }
    assertTrue(figures, before <= most);
  }

  /** The live rows of an index with one segment, ascending. */
  private static List<Integer> rows(String index) throws IOException {
    List<Integer> rows = new ArrayList<>();
    try (Directory directory = FSDirectory.open(Workspace.index(index));
        DirectoryReader reader = DirectoryReader.open(directory)) {
      assertEquals(1, reader.leaves().size());
      assertEquals(reader.maxDoc(), reader.numDocs());
      NumericDocValues values = MultiDocValues.getNumericValues(reader, "row");
      while (values.nextDoc() != NumericDocValues.NO_MORE_DOCS) {
        rows.add((int) values.longValue());
      }
    }
    rows.sort(null);
    return rows;
  }

  private static String line(String output, String... starts) {
    return output
        .lines()
        .filter(line -> line.replaceAll(" +", " ").startsWith(String.join(" ", starts)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(List.of(starts) + " in " + output));
  }

  private static List<String> cells(String line) {
    return Arrays.asList(line.split(" {2,}"));
  }

  private static String run(String command, String... options) {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    int status = execute(output, command, options);
    String text = output.toString(StandardCharsets.UTF_8);
    assertEquals(text, 0, status);
    return text;
  }

  /** Runs a command on little data; returns its exit status. */
  private static int execute(ByteArrayOutputStream output, String command, String... options) {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(DATA);
    arguments.addAll(List.of(options));
    PrintStream before = System.out;
    try (PrintStream stream = new PrintStream(output, true, StandardCharsets.UTF_8)) {
      System.setOut(stream);
      return BenchCommand.execute(arguments.toArray(String[]::new));
    } finally {
      System.setOut(before);
    }
  }
}
