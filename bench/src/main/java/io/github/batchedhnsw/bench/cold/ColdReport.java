// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.cold;

import static io.github.batchedhnsw.bench.report.Figures.format;
import static io.github.batchedhnsw.bench.report.Figures.joined;

import io.github.batchedhnsw.bench.cold.ColdStart.Measured;
import io.github.batchedhnsw.bench.cold.ColdStart.Run;
import io.github.batchedhnsw.bench.compare.Comparison;
import io.github.batchedhnsw.bench.compare.ComparisonReport;
import io.github.batchedhnsw.bench.report.Figures;
import io.github.batchedhnsw.bench.report.HtmlPage;
import io.github.batchedhnsw.bench.report.Json;
import io.github.batchedhnsw.bench.report.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Figures of cold starts as text, CSV, JSON and one HTML page.
 *
 * @param comparison what was run
 * @param measured its outcome, in the order of its systems
 */
public record ColdReport(Comparison comparison, List<Measured> measured) {
  private static final String TITLE =
      "Whole processes: one build each, in a fresh JVM, nothing warmed up";

  private record Column(String name, ToDoubleFunction<Run> figure) {}

  private static final List<Column> COLUMNS =
      List.of(
          new Column("wall", Run::wallSeconds),
          new Column("cpu", Run::cpuSeconds),
          new Column("build", Run::buildSeconds));

  /** Everything to print, for a terminal. */
  public String text() {
    return Figures.lines(facts()) + "\n" + TITLE + "\n" + table().text();
  }

  /**
   * Writes {@code cold.csv}, {@code cold.json} and {@code index.html}.
   *
   * @return the page
   * @throws IOException when a file cannot be written
   */
  public Path write(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("cold.csv"), table().csv());
    Files.writeString(
        directory.resolve("cold.json"), Json.write(Map.of("facts", facts(), "systems", measured)));
    Path page = directory.resolve("index.html");
    new HtmlPage("Cold start: " + comparison.data().name())
        .heading(TITLE)
        .table(table())
        .heading("What ran")
        .facts(facts())
        .write(page);
    return page;
  }

  private Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>(ComparisonReport.facts(comparison));
    facts.put("JVM options", String.join(" ", ColdStart.options()));
    return facts;
  }

  /** Per figure: the median, all rounds, the ratios of all rounds and their median. */
  Table table() {
    List<String> header = new ArrayList<>(List.of("system", "against"));
    for (Column column : COLUMNS) {
      header.add(column.name() + "(s)");
      header.add(column.name() + " rounds(s)");
      header.add(column.name() + " speed-ups");
      header.add(column.name() + " speed-up");
    }
    Table table = new Table(header);
    for (int i = 0; i < measured.size(); i++) {
      Measured reference = measured.get(comparison.reference(i));
      List<String> row = new ArrayList<>(List.of(measured.get(i).system(), reference.system()));
      for (Column column : COLUMNS) {
        double[] seconds = figures(measured.get(i), column);
        double[] ratios = figures(reference, column);
        Arrays.setAll(ratios, round -> ratios[round] / seconds[round]);
        row.add(format("%.2f", median(seconds)));
        row.add(joined(seconds));
        row.add(joined(ratios));
        row.add(format("%.2f", median(ratios)));
      }
      table.add(row);
    }
    return table;
  }

  private static double[] figures(Measured system, Column column) {
    return system.runs().stream().mapToDouble(column.figure()).toArray();
  }

  private static double median(double[] values) {
    return io.github.batchedhnsw.bench.compare.Measured.median(values);
  }
}
