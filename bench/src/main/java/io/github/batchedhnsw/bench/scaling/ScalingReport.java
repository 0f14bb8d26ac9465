// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.scaling;

import static io.github.batchedhnsw.bench.report.Figures.format;
import static io.github.batchedhnsw.bench.report.Figures.yesNo;

import io.github.batchedhnsw.bench.report.Charts;
import io.github.batchedhnsw.bench.report.Environment;
import io.github.batchedhnsw.bench.report.Figures;
import io.github.batchedhnsw.bench.report.HtmlPage;
import io.github.batchedhnsw.bench.report.Json;
import io.github.batchedhnsw.bench.report.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Scaling figures as text, CSV, JSON, pictures and one HTML page.
 *
 * @param scaling what was run
 * @param byWorkers points with growing workers, the first is the reference
 * @param byCount points with growing numbers of vectors, may be empty
 */
public record ScalingReport(
    Scaling scaling, List<Scaling.Point> byWorkers, List<Scaling.Point> byCount) {

  /** Whether every build with any number of workers wrote the same graph. */
  public boolean identicalBytes() {
    return byWorkers.stream().allMatch(Scaling.Point::sameEveryRound)
        && byWorkers.stream().map(Scaling.Point::graphSha256).distinct().count() == 1;
  }

  /** Everything to print, for a terminal. */
  public String text() {
    StringBuilder text = new StringBuilder(Figures.lines(facts()));
    text.append('\n').append(workersTable().text());
    text.append(
        "graph bytes identical for every number of workers and every round: %s%n"
            .formatted(yesNo(identicalBytes())));
    if (!byCount.isEmpty()) {
      text.append('\n').append(countTable().text());
    }
    return text.toString();
  }

  /**
   * Writes {@code scaling-workers.csv}, {@code scaling-count.csv}, {@code scaling.json}, pictures
   * and {@code index.html}.
   *
   * @return the page
   * @throws IOException when a file cannot be written
   */
  public Path write(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("scaling-workers.csv"), workersTable().csv());
    Files.writeString(directory.resolve("scaling-count.csv"), countTable().csv());
    Files.writeString(
        directory.resolve("scaling.json"),
        Json.write(
            Map.of(
                "facts",
                facts(),
                "byWorkers",
                byWorkers,
                "identicalBytes",
                identicalBytes(),
                "byCount",
                byCount)));
    HtmlPage page = new HtmlPage("Scaling: " + scaling.data().name());
    page.heading("Workers").table(workersTable());
    page.check(identicalBytes(), "graph bytes identical for every number of workers and round");
    drawWorkers(directory);
    page.picture("scaling-workers", "Speed-up by workers");
    if (!byCount.isEmpty()) {
      drawCounts(directory);
      page.heading("Vectors").table(countTable());
      page.picture("scaling-count", "Cost per vector by number of vectors");
    }
    page.heading("What ran").facts(facts());
    Path file = directory.resolve("index.html");
    page.write(file);
    return file;
  }

  private Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("data", scaling.data().description());
    facts.put("job", scaling.job().description() + "; fastest of " + scaling.rounds() + " rounds");
    facts.put(
        "parameters",
        "M %d, beam %d".formatted(scaling.params().maxConn(), scaling.params().beamWidth()));
    facts.putAll(Environment.describe());
    return facts;
  }

  private Table workersTable() {
    Table table =
        new Table(
            List.of(
                "workers",
                "vectors",
                "seconds",
                "speed-up",
                "efficiency",
                "graph(s)",
                "graph speed-up",
                "sha-256 of the graph"));
    for (Scaling.Point point : byWorkers) {
      table.add(
          List.of(
              Integer.toString(point.workers()),
              Integer.toString(point.vectors()),
              format("%.2f", point.seconds()),
              format("%.2f", speedUp(point)),
              format(
                  "%.0f %%",
                  100 * speedUp(point) * byWorkers.getFirst().workers() / point.workers()),
              format("%.2f", point.graphSeconds()),
              format("%.2f", byWorkers.getFirst().graphSeconds() / point.graphSeconds()),
              point.graphSha256().substring(0, 16)));
    }
    return table;
  }

  private Table countTable() {
    Table table = new Table(List.of("system", "vectors", "seconds", "us/vector"));
    for (Scaling.Point point : byCount) {
      table.add(
          List.of(
              point.system(),
              Integer.toString(point.vectors()),
              format("%.2f", point.seconds()),
              format("%.1f", point.microsPerVector())));
    }
    return table;
  }

  private void drawWorkers(Path directory) throws IOException {
    List<Double> workers = byWorkers.stream().map(point -> (double) point.workers()).toList();
    Map<String, Charts.Line> lines = new LinkedHashMap<>();
    lines.put("ideal", new Charts.Line(workers, workers));
    lines.put("batched", new Charts.Line(workers, byWorkers.stream().map(this::speedUp).toList()));
    Charts.lines(
        directory,
        "scaling-workers",
        "Speed-up by workers (" + scaling.data().name() + ")",
        new Charts.Axis("workers (threads)", Charts.Scale.FROM_ZERO, "0.##"),
        new Charts.Axis(
            "speed-up over " + workers.getFirst().intValue() + " worker",
            Charts.Scale.FROM_ZERO,
            "0.0#"),
        lines);
  }

  private void drawCounts(Path directory) throws IOException {
    Map<String, Charts.Line> lines = new LinkedHashMap<>();
    for (String system : byCount.stream().map(Scaling.Point::system).distinct().toList()) {
      List<Scaling.Point> points =
          byCount.stream().filter(point -> point.system().equals(system)).toList();
      lines.put(
          system,
          new Charts.Line(
              points.stream().map(point -> (double) point.vectors()).toList(),
              points.stream().map(Scaling.Point::microsPerVector).toList()));
    }
    Charts.lines(
        directory,
        "scaling-count",
        "Cost per vector by number of vectors (" + scaling.data().name() + ", 1 worker)",
        new Charts.Axis("vectors", Charts.Scale.DECADES, "#,##0"),
        new Charts.Axis("microseconds per vector", Charts.Scale.FROM_ZERO, "#,##0"),
        lines);
  }

  private double speedUp(Scaling.Point point) {
    return byWorkers.getFirst().seconds() / point.seconds();
  }
}
