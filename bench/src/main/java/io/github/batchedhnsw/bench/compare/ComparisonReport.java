// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.compare;

import io.github.batchedhnsw.bench.data.RowFilter;
import io.github.batchedhnsw.bench.eval.EqualQuality;
import io.github.batchedhnsw.bench.eval.Quality;
import io.github.batchedhnsw.bench.eval.QualityCurve;
import io.github.batchedhnsw.bench.eval.QualityPoint;
import io.github.batchedhnsw.bench.report.Charts;
import io.github.batchedhnsw.bench.report.Environment;
import io.github.batchedhnsw.bench.report.HtmlPage;
import io.github.batchedhnsw.bench.report.Json;
import io.github.batchedhnsw.bench.report.Table;
import io.github.batchedhnsw.bench.stock.StockReader;
import io.github.batchedhnsw.bench.systems.BuildTimes;
import io.github.batchedhnsw.bench.systems.Ranking;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * A comparison's figures as text, CSV, JSON, pictures and one HTML page.
 *
 * @param comparison what was run
 * @param measured its outcome, in the order of its systems
 * @param opened per system with index files, whether stock Lucene opened its last index
 */
public record ComparisonReport(
    Comparison comparison, List<Measured> measured, Map<String, StockReader.Answer> opened) {

  private static final Charts.Axis RECALL =
      new Charts.Axis("recall@10", Charts.Scale.FITTED, "0.00#");

  /** Everything to print, for a terminal. */
  public String text() {
    StringBuilder text = new StringBuilder();
    facts().forEach((name, value) -> text.append("%-14s %s%n".formatted(name, value)));
    text.append('\n').append(buildTable().text());
    qualityTables().forEach(table -> text.append('\n').append(table.text()));
    for (Judged judged : judged()) {
      text.append("%n%s: %s%n".formatted(title(judged), yesNo(judged.verdict().holds())));
      judged
          .verdict()
          .lines()
          .forEach(
              line ->
                  text.append(
                      "  %d %-3s  %s: worst %s%n"
                          .formatted(
                              line.number(), yesNo(line.holds()), line.rule(), line.worst())));
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
    Files.writeString(directory.resolve("compare.csv"), buildTable().csv());
    Files.writeString(directory.resolve("compare-curves.csv"), curveTable().csv());
    Files.writeString(directory.resolve("compare-verdict.csv"), verdictTable().csv());
    Files.writeString(directory.resolve("compare.json"), Json.write(json()));
    draw(directory);
    Path page = directory.resolve("index.html");
    page().write(page);
    return page;
  }

  /** What a system is compared with. */
  private Measured reference(Measured system) {
    return measured.get(comparison.reference(measured.indexOf(system)));
  }

  private List<Measured> candidates() {
    return measured.subList(comparison.references(), measured.size());
  }

  private EqualQuality.Verdict verdict(Measured candidate, Ranking ranking) {
    return EqualQuality.judge(reference(candidate).quality(ranking), candidate.quality(ranking));
  }

  private record Judged(Measured candidate, Ranking ranking, EqualQuality.Verdict verdict) {}

  private List<Judged> judged() {
    List<Judged> all = new ArrayList<>();
    for (Ranking ranking : comparison.rankings()) {
      for (Measured candidate : candidates()) {
        all.add(new Judged(candidate, ranking, verdict(candidate, ranking)));
      }
    }
    return all;
  }

  private String title(Judged judged) {
    return "equal %squality, %s against %s"
        .formatted(
            judged.ranking().prefix(),
            judged.candidate().system(),
            reference(judged.candidate()).system());
  }

  /** One row per line of every verdict. */
  private Table verdictTable() {
    Table table =
        new Table(List.of("system", "against", "ranking", "line", "rule", "holds", "worst"));
    for (Judged judged : judged()) {
      for (EqualQuality.Line line : judged.verdict().lines()) {
        table.add(
            List.of(
                judged.candidate().system(),
                reference(judged.candidate()).system(),
                name(judged.ranking()),
                Integer.toString(line.number()),
                line.rule(),
                yesNo(line.holds()),
                line.worst()));
      }
    }
    return table;
  }

  private static String name(Ranking ranking) {
    return ranking.name().toLowerCase(Locale.ROOT);
  }

  private Map<String, String> facts() {
    return facts(comparison);
  }

  /** What ran, on what, with what: names and values, in the order to print them. */
  public static Map<String, String> facts(Comparison comparison) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("data", comparison.data().name() + ": " + comparison.data().description());
    facts.put(
        "vectors",
        "%,d of %d dimensions, %s, %s; %,d queries"
            .formatted(
                comparison.data().base().count(),
                comparison.data().base().dimension(),
                comparison.data().base().encoding(),
                comparison.data().similarity(),
                comparison.data().queries().count()));
    facts.put("job", comparison.job().description() + "; " + comparison.rounds() + " rounds");
    comparison.systems().forEach(system -> facts.put(system.name(), system.description()));
    facts.putAll(Environment.describe());
    return facts;
  }

  private Table buildTable() {
    Table table =
        new Table(
            List.of(
                "system",
                "index(s)",
                "merge(s)",
                "force_merge(s)",
                "force_merge speed-ups",
                "total(s)",
                "rounds(s)",
                "speed-ups",
                "speed-up",
                "against",
                "cpu(s)",
                "cpu speed-up",
                "docs/s",
                "peak heap(MiB)",
                "index size(MiB)",
                "same quality every round"));
    for (Measured system : measured) {
      double[] ratios = system.speedUps(reference(system));
      table.add(
          List.of(
              system.system(),
              format("%.2f", system.median(BuildTimes::indexSeconds)),
              format("%.2f", system.median(BuildTimes::mergeSeconds)),
              format("%.2f", system.median(BuildTimes::forceMergeSeconds)),
              comparison.job().forceMerge()
                  ? joined(system.speedUps(reference(system), BuildTimes::forceMergeSeconds))
                  : "-",
              format("%.2f", system.medianSeconds()),
              joined(system.times().stream().mapToDouble(BuildTimes::totalSeconds).toArray()),
              joined(ratios),
              format("%.2f", Measured.median(ratios)),
              reference(system).system(),
              format("%.2f", system.median(BuildTimes::cpuSeconds)),
              format(
                  "%.2f",
                  Measured.median(system.speedUps(reference(system), BuildTimes::cpuSeconds))),
              format("%.0f", comparison.data().base().count() / system.medianSeconds()),
              format("%.0f", system.median(BuildTimes::peakHeapMib)),
              format("%.2f", system.median(BuildTimes::indexBytes) / (1 << 20)),
              yesNo(system.sameEveryRound())));
    }
    return table;
  }

  /** One table per figure: systems down, widths across. */
  private List<Table> qualityTables() {
    List<Table> tables = new ArrayList<>();
    for (Ranking ranking : comparison.rankings()) {
      Function<Measured, QualityCurve> curve = system -> system.quality(ranking).curve();
      String prefix = ranking.prefix();
      tables.add(table(prefix + "recall@10 at width", "%.4f", curve, QualityPoint::recall));
      tables.add(table(prefix + "visited at width", "%.0f", curve, QualityPoint::visited));
      tables.add(
          table(prefix + "latency(ms) at width", "%.3f", curve, QualityPoint::latencyMillis));
      tables.add(
          table(
              prefix + "share of queries with recall@10 <= 0.2 at width",
              "%.4f",
              curve,
              QualityPoint::worstServed));
      Function<Measured, QualityCurve> deep = system -> system.quality(ranking).deep();
      tables.add(table(prefix + "recall@100 at width", "%.4f", deep, QualityPoint::recall));
      tables.add(
          table(prefix + "visited at width of recall@100", "%.0f", deep, QualityPoint::visited));
      if (!measured.getFirst().quality(ranking).filtered().isEmpty()) {
        tables.add(filteredTable(ranking));
      }
    }
    return tables;
  }

  private Table table(
      String title,
      String pattern,
      Function<Measured, QualityCurve> curve,
      ToDoubleFunction<QualityPoint> figure) {
    List<String> header = new ArrayList<>(List.of(title));
    curve
        .apply(measured.getFirst())
        .points()
        .forEach(point -> header.add(Integer.toString(point.width())));
    Table table = new Table(header);
    for (Measured system : measured) {
      List<String> row = new ArrayList<>(List.of(system.system()));
      curve
          .apply(system)
          .points()
          .forEach(point -> row.add(format(pattern, figure.applyAsDouble(point))));
      table.add(row);
    }
    return table;
  }

  /** Recall and visited nodes of filtered search: filters and systems down, widths across. */
  private Table filteredTable(Ranking ranking) {
    List<String> header = new ArrayList<>(List.of(ranking.prefix() + "filter", "rows", "system"));
    for (int width : EqualQuality.FILTERED_WIDTHS) {
      header.add("recall@10 at " + width);
      header.add("visited at " + width);
    }
    Table table = new Table(header);
    for (RowFilter filter : measured.getFirst().quality(ranking).filtered().keySet()) {
      for (Measured system : measured) {
        List<String> row =
            new ArrayList<>(
                List.of(filter.name(), Integer.toString(filter.size()), system.system()));
        for (QualityPoint point : system.quality(ranking).filtered().get(filter).points()) {
          row.add(format("%.4f", point.recall()));
          row.add(format("%.0f", point.visited()));
        }
        table.add(row);
      }
    }
    return table;
  }

  /** All searches, one row per system and width, for programs. */
  private Table curveTable() {
    Table table =
        new Table(
            List.of(
                "system",
                "ranking",
                "filter",
                "top-k",
                "width",
                "recall",
                "visited",
                "latency(ms)",
                "share of queries with recall <= 0.2"));
    for (Ranking ranking : comparison.rankings()) {
      for (Measured system : measured) {
        Quality quality = system.quality(ranking);
        List<String> searched = List.of(system.system(), name(ranking));
        for (QualityPoint point : quality.curve().points()) {
          String latency = Double.toString(point.latencyMillis());
          add(table, searched, "none", EqualQuality.TOP_K, point, latency);
        }
        for (QualityPoint point : quality.deep().points()) {
          add(table, searched, "none", EqualQuality.DEEP_TOP_K, point, "");
        }
        quality
            .filtered()
            .forEach(
                (filter, curve) ->
                    curve
                        .points()
                        .forEach(
                            point ->
                                add(
                                    table,
                                    searched,
                                    filter.name(),
                                    EqualQuality.TOP_K,
                                    point,
                                    "")));
      }
    }
    return table;
  }

  private static void add(
      Table table,
      List<String> searched,
      String filter,
      int topK,
      QualityPoint point,
      String latency) {
    List<String> row = new ArrayList<>(searched);
    row.addAll(
        List.of(
            filter,
            Integer.toString(topK),
            Integer.toString(point.width()),
            Double.toString(point.recall()),
            Double.toString(point.visited()),
            latency,
            Double.toString(point.worstServed())));
    table.add(row);
  }

  private Map<String, Object> json() {
    List<Object> systems = new ArrayList<>();
    for (Measured system : measured) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("system", system.system());
      entry.put("description", system.description());
      entry.put("rounds", system.times());
      entry.put("totalSecondsMedian", system.medianSeconds());
      double[] ratios = system.speedUps(reference(system));
      entry.put("speedUps", Arrays.stream(ratios).boxed().toList());
      entry.put("speedUpMedian", Measured.median(ratios));
      entry.put("sameQualityEveryRound", system.sameEveryRound());
      putQuality(entry, system, Ranking.SEARCHED, "curve", "equalQuality");
      if (comparison.rankings().contains(Ranking.RESCORED)) {
        putQuality(entry, system, Ranking.RESCORED, "rescoredCurve", "equalRescoredQuality");
      }
      entry.put("openedByStockLucene", opened.get(system.system()));
      systems.add(entry);
    }
    return Map.of("facts", facts(), "systems", systems);
  }

  private void putQuality(
      Map<String, Object> entry,
      Measured system,
      Ranking ranking,
      String curveKey,
      String verdictKey) {
    Quality quality = system.quality(ranking);
    entry.put(curveKey, quality.curve().points());
    entry.put(curveKey + "Of100", quality.deep().points());
    Map<String, Object> filtered = new LinkedHashMap<>();
    quality.filtered().forEach((filter, curve) -> filtered.put(filter.name(), curve.points()));
    entry.put(curveKey + "Filtered", filtered);
    if (candidates().contains(system)) {
      EqualQuality.Verdict verdict = verdict(system, ranking);
      entry.put(verdictKey, verdict.holds());
      entry.put(verdictKey + "Lines", verdict.lines());
    }
  }

  private void draw(Path directory) throws IOException {
    String data =
        "%s, %,d x %d"
            .formatted(
                comparison.data().name(),
                comparison.data().base().count(),
                comparison.data().base().dimension());
    for (Ranking ranking : comparison.rankings()) {
      Charts.lines(
          directory,
          picture(ranking, "visited"),
          "Recall against visited vectors (" + ranking.prefix() + data + ")",
          new Charts.Axis("vectors visited per query (mean)", Charts.Scale.FITTED, "#,##0"),
          RECALL,
          lines(ranking, QualityPoint::visited));
      Charts.lines(
          directory,
          picture(ranking, "latency"),
          "Recall against latency (" + ranking.prefix() + data + ")",
          new Charts.Axis("latency per query (ms, mean, 1 thread)", Charts.Scale.FITTED, "0.0##"),
          RECALL,
          lines(ranking, QualityPoint::latencyMillis));
    }
    Map<String, Double> seconds = new LinkedHashMap<>();
    Map<String, String> labels = new LinkedHashMap<>();
    for (Measured system : measured) {
      seconds.put(system.system(), system.medianSeconds());
      labels.put(
          system.system(),
          format(
              "%.2f s, %.2fx",
              system.medianSeconds(), Measured.median(system.speedUps(reference(system)))));
    }
    Charts.bars(
        directory,
        "build-time",
        "Build time, median of " + comparison.rounds() + " rounds (" + data + ")",
        "seconds, index + merge",
        seconds,
        labels);
  }

  private static String picture(Ranking ranking, String axis) {
    return ranking.prefix().replace(' ', '-') + "recall-" + axis;
  }

  private Map<String, Charts.Line> lines(Ranking ranking, ToDoubleFunction<QualityPoint> x) {
    return measured.stream()
        .collect(
            Collectors.toMap(
                Measured::system,
                system -> line(system.quality(ranking).curve(), x),
                (first, second) -> first,
                LinkedHashMap::new));
  }

  private static Charts.Line line(QualityCurve curve, ToDoubleFunction<QualityPoint> x) {
    return new Charts.Line(
        curve.points().stream().mapToDouble(x).boxed().toList(),
        curve.points().stream().map(QualityPoint::recall).toList());
  }

  private HtmlPage page() {
    HtmlPage page = new HtmlPage("Build comparison: " + comparison.data().name());
    page.heading("Build time").table(buildTable()).picture("build-time", "Build time per system");
    for (Judged judged : judged()) {
      page.heading(title(judged));
      judged
          .verdict()
          .lines()
          .forEach(line -> page.check(line.holds(), line.rule() + ": worst " + line.worst()));
    }
    page.heading("Recall");
    for (Ranking ranking : comparison.rankings()) {
      page.picture(picture(ranking, "visited"), "Recall against visited vectors")
          .picture(picture(ranking, "latency"), "Recall against latency");
    }
    qualityTables().forEach(page::table);
    page.heading("Opened by stock Lucene");
    opened.forEach(
        (system, answer) -> page.check(answer.opened(), system + ": " + answer.message()));
    return page.heading("What ran").facts(facts());
  }

  private static String joined(double[] values) {
    return Arrays.stream(values).mapToObj(v -> format("%.2f", v)).collect(Collectors.joining(" "));
  }

  private static String yesNo(boolean value) {
    return value ? "yes" : "NO";
  }

  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
