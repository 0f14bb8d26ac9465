// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.nrt;

import static io.github.batchedhnsw.bench.report.Figures.format;
import static io.github.batchedhnsw.bench.report.Figures.yesNo;

import io.github.batchedhnsw.bench.report.Charts;
import io.github.batchedhnsw.bench.report.Figures;
import io.github.batchedhnsw.bench.report.HtmlPage;
import io.github.batchedhnsw.bench.report.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Runs as text, CSV, pictures and one HTML page.
 *
 * @param facts what ran, and on what
 * @param results in the order of the tables
 */
public record NrtReport(Map<String, String> facts, List<NrtResult> results) {
  private static final String LATENCIES =
      "Milliseconds; \"since due\" counts from when the operation was due by the timetable, so that"
          + " waiting for the one before it is part of it, and \"service\" from when it began.";

  /** Everything to print, for a terminal. */
  public String text() {
    StringBuilder text = new StringBuilder(Figures.lines(facts));
    text.append('\n').append(runs().text());
    text.append('\n').append(LATENCIES).append('\n').append(latencies().text());
    for (NrtResult result : results) {
      if (!result.keptUp()) {
        text.append(
            format(
                "%s with a RAM buffer of %s MiB did NOT keep up: %.0f of %.0f vectors per second%n",
                result.system(),
                mib(result.ramBufferMib()),
                result.achievedRate(),
                result.wantedRate()));
      }
    }
    return text.toString();
  }

  /**
   * Writes {@code nrt-runs.csv}, {@code nrt-latencies.csv}, {@code nrt-reopens.csv}, pictures and
   * {@code index.html}.
   *
   * @return the page
   * @throws IOException when a file cannot be written
   */
  public Path write(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("nrt-runs.csv"), runs().csv());
    Files.writeString(directory.resolve("nrt-latencies.csv"), latencies().csv());
    Files.writeString(directory.resolve("nrt-reopens.csv"), reopens().csv());
    HtmlPage page = new HtmlPage("Near-real-time indexing");
    page.heading("Runs").table(runs());
    page.heading("Latencies").paragraph(LATENCIES).table(latencies());
    page.heading("Reopens");
    for (double ramBufferMib : results.stream().map(NrtResult::ramBufferMib).distinct().toList()) {
      Map<String, Charts.Line> lines = timelines(ramBufferMib);
      if (!lines.isEmpty()) {
        String name = "nrt-reopens-" + mib(ramBufferMib).replace('.', '-');
        String title = "Reopens with a RAM buffer of " + mib(ramBufferMib) + " MiB";
        Charts.lines(
            directory,
            name,
            title,
            new Charts.Axis("seconds since the first vector", Charts.Scale.FROM_ZERO, "#,##0"),
            new Charts.Axis("milliseconds of a reopen", Charts.Scale.FROM_ZERO, "#,##0"),
            lines);
        page.picture(name, title);
      }
    }
    page.heading("What ran").facts(facts);
    Path file = directory.resolve("index.html");
    page.write(file);
    return file;
  }

  private Table runs() {
    Table table =
        new Table(
            List.of(
                "system",
                "buffer(MiB)",
                "round",
                "vectors/s",
                "of wanted",
                "kept up",
                "cpu(s)",
                "drain(s)",
                "flushes",
                "merges",
                "merged docs",
                "mean segments",
                "last segments"));
    for (NrtResult result : results) {
      table.add(
          List.of(
              result.system(),
              mib(result.ramBufferMib()),
              Integer.toString(result.round()),
              format("%.0f", result.achievedRate()),
              format("%.1f %%", 100 * result.achievedRate() / result.wantedRate()),
              yesNo(result.keptUp()),
              format("%.2f", result.cpuSeconds()),
              format("%.2f", result.drainSeconds()),
              Long.toString(result.flushes()),
              Long.toString(result.merges()),
              Long.toString(result.mergedDocuments()),
              format("%.1f", result.meanSegments()),
              Integer.toString(result.segments())));
    }
    return table;
  }

  private Table latencies() {
    List<String> header = new ArrayList<>(List.of("operation", "system", "buffer(MiB)", "round"));
    header.add("count");
    for (String from : List.of("service", "since due")) {
      header.addAll(List.of(from + " p50", "p99", "p99.9", "max"));
    }
    Table table = new Table(header);
    for (NrtResult.Operation operation : NrtResult.Operation.values()) {
      for (NrtResult result : results) {
        NrtResult.Latency latency = result.latencies().get(operation);
        List<String> row =
            new ArrayList<>(
                List.of(
                    operation.name().toLowerCase(Locale.ROOT),
                    result.system(),
                    mib(result.ramBufferMib()),
                    Integer.toString(result.round()),
                    Long.toString(latency.service().count())));
        for (Percentiles figures : List.of(latency.service(), latency.sinceDue())) {
          for (double millis :
              List.of(figures.p50(), figures.p99(), figures.p999(), figures.max())) {
            row.add(format("%.2f", millis));
          }
        }
        table.add(row);
      }
    }
    return table;
  }

  private Table reopens() {
    Table table =
        new Table(
            List.of("system", "buffer(MiB)", "round", "at(s)", "ms", "documents", "segments"));
    for (NrtResult result : results) {
      for (NrtResult.Reopen reopen : result.reopens()) {
        table.add(
            List.of(
                result.system(),
                mib(result.ramBufferMib()),
                Integer.toString(result.round()),
                format("%.3f", reopen.seconds()),
                format("%.2f", reopen.millis()),
                Integer.toString(reopen.documents()),
                Integer.toString(reopen.segments())));
      }
    }
    return table;
  }

  /** The last round of each system. */
  private Map<String, Charts.Line> timelines(double ramBufferMib) {
    Map<String, Charts.Line> lines = new LinkedHashMap<>();
    for (NrtResult result : results) {
      if (result.ramBufferMib() == ramBufferMib && !result.reopens().isEmpty()) {
        lines.put(
            result.system(),
            new Charts.Line(
                result.reopens().stream().map(NrtResult.Reopen::seconds).toList(),
                result.reopens().stream().map(NrtResult.Reopen::millis).toList()));
      }
    }
    return lines;
  }

  private static String mib(double ramBufferMib) {
    return ramBufferMib == Math.rint(ramBufferMib)
        ? format("%.0f", ramBufferMib)
        : format("%s", ramBufferMib);
  }
}
