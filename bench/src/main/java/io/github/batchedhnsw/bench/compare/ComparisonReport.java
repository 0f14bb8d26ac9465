package io.github.batchedhnsw.bench.compare;

import io.github.batchedhnsw.bench.eval.EqualQuality;
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
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * A comparison's figures as text, CSV, JSON, pictures and one HTML page.
 *
 * @param comparison what was run
 * @param measured its outcome, the reference first
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
      text.append("%n%s: %s%n".formatted(judged.title(), yesNo(judged.verdict().holds())));
      judged
          .verdict()
          .lines()
          .forEach(
              line ->
                  text.append(
                      "  %-3s  %s: worst %s%n"
                          .formatted(yesNo(line.holds()), line.rule(), line.worst())));
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
   * Writes {@code compare.csv}, {@code compare-curves.csv}, {@code compare.json}, the pictures and
   * {@code index.html}.
   *
   * @return the page
   * @throws IOException when a file cannot be written
   */
  public Path write(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("compare.csv"), buildTable().csv());
    Files.writeString(directory.resolve("compare-curves.csv"), curveTable().csv());
    Files.writeString(directory.resolve("compare.json"), Json.write(json()));
    draw(directory);
    Path page = directory.resolve("index.html");
    page().write(page);
    return page;
  }

  private Measured reference() {
    return measured.getFirst();
  }

  private List<Measured> candidates() {
    return measured.subList(1, measured.size());
  }

  private EqualQuality.Verdict verdict(Measured candidate, Ranking ranking) {
    return EqualQuality.judge(reference().curve(ranking), candidate.curve(ranking));
  }

  private record Judged(String title, EqualQuality.Verdict verdict) {}

  private List<Judged> judged() {
    List<Judged> all = new ArrayList<>();
    for (Ranking ranking : comparison.rankings()) {
      for (Measured candidate : candidates()) {
        String title =
            "equal %squality, %s against %s"
                .formatted(ranking.prefix(), candidate.system(), reference().system());
        all.add(new Judged(title, verdict(candidate, ranking)));
      }
    }
    return all;
  }

  private Map<String, String> facts() {
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
    measured.forEach(system -> facts.put(system.system(), system.description()));
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
                "cpu(s)",
                "cpu speed-up",
                "docs/s",
                "peak heap(MiB)",
                "index size(MiB)",
                "same quality every round"));
    for (Measured system : measured) {
      double[] ratios = system.speedUps(reference());
      table.add(
          List.of(
              system.system(),
              format("%.2f", system.median(BuildTimes::indexSeconds)),
              format("%.2f", system.median(BuildTimes::mergeSeconds)),
              format("%.2f", system.median(BuildTimes::forceMergeSeconds)),
              comparison.job().forceMerge()
                  ? joined(system.speedUps(reference(), BuildTimes::forceMergeSeconds))
                  : "-",
              format("%.2f", system.medianSeconds()),
              joined(system.times().stream().mapToDouble(BuildTimes::totalSeconds).toArray()),
              joined(ratios),
              format("%.2f", Measured.median(ratios)),
              format("%.2f", system.median(BuildTimes::cpuSeconds)),
              format("%.2f", Measured.median(system.speedUps(reference(), BuildTimes::cpuSeconds))),
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
      tables.add(qualityTable(ranking, "recall@10 at width", "%.4f", QualityPoint::recall));
      tables.add(qualityTable(ranking, "visited at width", "%.0f", QualityPoint::visited));
      tables.add(
          qualityTable(ranking, "latency(ms) at width", "%.3f", QualityPoint::latencyMillis));
    }
    return tables;
  }

  private Table qualityTable(
      Ranking ranking, String title, String pattern, ToDoubleFunction<QualityPoint> figure) {
    List<String> header = new ArrayList<>(List.of(ranking.prefix() + title));
    Comparison.WIDTHS.forEach(width -> header.add(width.toString()));
    Table table = new Table(header);
    for (Measured system : measured) {
      List<String> row = new ArrayList<>(List.of(system.system()));
      system
          .curve(ranking)
          .points()
          .forEach(p -> row.add(format(pattern, figure.applyAsDouble(p))));
      table.add(row);
    }
    return table;
  }

  /** The same, one row per system and width, for programs. */
  private Table curveTable() {
    Table table =
        new Table(List.of("system", "ranking", "width", "recall@10", "visited", "latency(ms)"));
    for (Ranking ranking : comparison.rankings()) {
      measured.forEach(system -> addCurve(table, system, ranking));
    }
    return table;
  }

  private static void addCurve(Table table, Measured system, Ranking ranking) {
    for (QualityPoint point : system.curve(ranking).points()) {
      table.add(
          List.of(
              system.system(),
              ranking.name().toLowerCase(Locale.ROOT),
              Integer.toString(point.width()),
              Double.toString(point.recall()),
              Double.toString(point.visited()),
              Double.toString(point.latencyMillis())));
    }
  }

  private Map<String, Object> json() {
    List<Object> systems = new ArrayList<>();
    for (Measured system : measured) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("system", system.system());
      entry.put("description", system.description());
      entry.put("rounds", system.times());
      entry.put("totalSecondsMedian", system.medianSeconds());
      double[] ratios = system.speedUps(reference());
      entry.put("speedUps", Arrays.stream(ratios).boxed().toList());
      entry.put("speedUpMedian", Measured.median(ratios));
      entry.put("sameQualityEveryRound", system.sameEveryRound());
      entry.put("curve", system.curve(Ranking.SEARCHED).points());
      if (system != reference()) {
        EqualQuality.Verdict verdict = verdict(system, Ranking.SEARCHED);
        entry.put("equalQuality", verdict.holds());
        entry.put("equalQualityLines", verdict.lines());
      }
      if (comparison.rankings().contains(Ranking.RESCORED)) {
        entry.put("rescoredCurve", system.curve(Ranking.RESCORED).points());
        if (system != reference()) {
          EqualQuality.Verdict verdict = verdict(system, Ranking.RESCORED);
          entry.put("equalRescoredQuality", verdict.holds());
          entry.put("equalRescoredQualityLines", verdict.lines());
        }
      }
      entry.put("openedByStockLucene", opened.get(system.system()));
      systems.add(entry);
    }
    return Map.of("facts", facts(), "systems", systems);
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
              system.medianSeconds(), Measured.median(system.speedUps(reference()))));
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
                system -> line(system.curve(ranking), x),
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
      page.heading(judged.title());
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
