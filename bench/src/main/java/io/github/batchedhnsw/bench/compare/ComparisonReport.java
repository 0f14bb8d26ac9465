// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.compare;

import static io.github.batchedhnsw.bench.report.Figures.yesNo;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.eval.EqualQuality;
import io.github.batchedhnsw.bench.report.Environment;
import io.github.batchedhnsw.bench.report.Figures;
import io.github.batchedhnsw.bench.report.HtmlPage;
import io.github.batchedhnsw.bench.report.Json;
import io.github.batchedhnsw.bench.stock.StockReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A comparison's figures as text, CSV, JSON, pictures and one HTML page. */
public final class ComparisonReport {
  private final Outcome outcome;
  private final QualityTables qualities;
  private final Map<String, StockReader.Answer> opened;

  /**
   * A report on a comparison that was run.
   *
   * @param comparison what was run
   * @param measured its outcome, in the order of its systems
   * @param opened per system with index files, whether stock Lucene opened its last index
   */
  public ComparisonReport(
      Comparison comparison, List<Measured> measured, Map<String, StockReader.Answer> opened) {
    outcome = new Outcome(comparison, measured);
    qualities = new QualityTables(outcome);
    this.opened = opened;
  }

  /** What ran, on what, with what: names and values, in the order to print them. */
  public static Map<String, String> facts(Comparison comparison) {
    Dataset data = comparison.data();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("data", data.name() + ": " + data.description());
    facts.put(
        "vectors",
        "%,d of %d dimensions, %s, %s; %,d queries"
            .formatted(
                data.base().count(),
                data.base().dimension(),
                data.base().encoding(),
                data.similarity(),
                data.queries().count()));
    facts.put("job", comparison.job().description() + "; " + comparison.rounds() + " rounds");
    comparison.systems().forEach(system -> facts.put(system.name(), system.description()));
    facts.putAll(Environment.describe());
    return facts;
  }

  /** Everything to print, for a terminal. */
  public String text() {
    StringBuilder text = new StringBuilder(Figures.lines(facts(outcome.comparison())));
    text.append('\n').append(BuildTable.of(outcome).text());
    qualities.byWidth().forEach(table -> text.append('\n').append(table.text()));
    for (Outcome.Judgement judgement : outcome.judgements()) {
      EqualQuality.Verdict verdict = judgement.verdict();
      text.append("%n%s: %s%n".formatted(judgement.title(), yesNo(verdict.holds())));
      for (EqualQuality.Line line : verdict.lines()) {
        text.append(
            "  %d %-3s  %s: worst %s%n"
                .formatted(line.number(), yesNo(line.holds()), line.rule(), line.worst()));
      }
    }
    text.append('\n');
    opened.forEach(
        (system, answer) ->
            text.append(
                "opened by stock Lucene: %s (%s: %s)%n"
                    .formatted(yesNo(answer.opened()), system, answer.message())));
    return text.toString();
  }

  /**
   * Writes {@code compare.csv}, {@code compare-curves.csv}, {@code compare-verdict.csv}, {@code
   * compare.json}, the pictures and {@code index.html}.
   *
   * @return the page
   * @throws IOException when a file cannot be written
   */
  public Path write(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("compare.csv"), BuildTable.of(outcome).csv());
    Files.writeString(directory.resolve("compare-curves.csv"), qualities.curves().csv());
    Files.writeString(directory.resolve("compare-verdict.csv"), qualities.verdicts().csv());
    Files.writeString(directory.resolve("compare.json"), Json.write(json()));
    ComparisonCharts charts = new ComparisonCharts(outcome);
    charts.draw(directory);
    Path page = directory.resolve("index.html");
    page(charts).write(page);
    return page;
  }

  private Map<String, Object> json() {
    return Map.of(
        "facts",
        facts(outcome.comparison()),
        "systems",
        new ComparisonJson(outcome, opened).systems());
  }

  private HtmlPage page(ComparisonCharts charts) {
    HtmlPage page = new HtmlPage("Build comparison: " + outcome.comparison().data().name());
    page.heading("Build time").table(BuildTable.of(outcome));
    ComparisonCharts.addBuildTimes(page);
    for (Outcome.Judgement judgement : outcome.judgements()) {
      page.heading(judgement.title());
      for (EqualQuality.Line line : judgement.verdict().lines()) {
        page.check(line.holds(), line.rule() + ": worst " + line.worst());
      }
    }
    page.heading("Recall");
    charts.addRecall(page);
    qualities.byWidth().forEach(page::table);
    page.heading("Opened by stock Lucene");
    opened.forEach(
        (system, answer) -> page.check(answer.opened(), system + ": " + answer.message()));
    return page.heading("What ran").facts(facts(outcome.comparison()));
  }
}
