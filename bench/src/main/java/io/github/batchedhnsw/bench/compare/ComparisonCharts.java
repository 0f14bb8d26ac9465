// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.compare;

import static io.github.batchedhnsw.bench.report.Figures.format;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.eval.QualityPoint;
import io.github.batchedhnsw.bench.report.Charts;
import io.github.batchedhnsw.bench.report.HtmlPage;
import io.github.batchedhnsw.bench.systems.BuildTimes;
import io.github.batchedhnsw.bench.systems.Ranking;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The pictures of a comparison: recall against cost for every ranking, and the build times.
 *
 * @param outcome what is drawn
 */
record ComparisonCharts(Outcome outcome) {
  private static final String BUILD_TIME = "build-time";
  private static final Charts.Axis RECALL =
      new Charts.Axis("recall@10", Charts.Scale.FITTED, "0.00#");

  /** What recall is drawn against. */
  private enum Cost {
    VISITED(
        "visited vectors",
        new Charts.Axis("vectors visited per query (mean)", Charts.Scale.FITTED, "#,##0"),
        QualityPoint::visited),
    LATENCY(
        "latency",
        new Charts.Axis("latency per query (ms, mean, 1 thread)", Charts.Scale.FITTED, "0.0##"),
        QualityPoint::latencyMillis);

    private final String title;
    private final Charts.Axis axis;
    private final ToDoubleFunction<QualityPoint> figure;

    Cost(String words, Charts.Axis axis, ToDoubleFunction<QualityPoint> figure) {
      title = "Recall against " + words;
      this.axis = axis;
      this.figure = figure;
    }

    String picture(Ranking ranking) {
      String cost = name().toLowerCase(java.util.Locale.ROOT);
      return ranking.prefix().replace(' ', '-') + "recall-" + cost;
    }
  }

  /**
   * Draws all pictures.
   *
   * @throws IOException when a file cannot be written
   */
  void draw(Path directory) throws IOException {
    Dataset set = outcome.comparison().data();
    String data = "%s, %,d x %d".formatted(set.name(), set.base().count(), set.base().dimension());
    for (Ranking ranking : outcome.comparison().rankings()) {
      for (Cost cost : Cost.values()) {
        Charts.lines(
            directory,
            cost.picture(ranking),
            cost.title + " (" + ranking.prefix() + data + ")",
            cost.axis,
            RECALL,
            lines(ranking, cost.figure));
      }
    }
    drawBuildTimes(directory, data);
  }

  private void drawBuildTimes(Path directory, String data) throws IOException {
    Map<String, Double> seconds = new LinkedHashMap<>();
    Map<String, String> labels = new LinkedHashMap<>();
    for (Measured system : outcome.measured()) {
      double speedUp = Measured.median(outcome.speedUps(system, BuildTimes::totalSeconds));
      seconds.put(system.system(), system.medianSeconds());
      labels.put(system.system(), format("%.2f s, %.2fx", system.medianSeconds(), speedUp));
    }
    Charts.bars(
        directory,
        BUILD_TIME,
        "Build time, median of " + outcome.comparison().rounds() + " rounds (" + data + ")",
        "seconds, index + merge",
        seconds,
        labels);
  }

  private Map<String, Charts.Line> lines(Ranking ranking, ToDoubleFunction<QualityPoint> x) {
    Map<String, Charts.Line> lines = new LinkedHashMap<>();
    for (Measured system : outcome.measured()) {
      List<QualityPoint> points = system.quality(ranking).curve().points();
      lines.put(
          system.system(),
          new Charts.Line(
              points.stream().mapToDouble(x).boxed().toList(),
              points.stream().map(QualityPoint::recall).toList()));
    }
    return lines;
  }

  /** Puts the picture of the build times on a page. */
  static void addBuildTimes(HtmlPage page) {
    page.picture(BUILD_TIME, "Build time per system");
  }

  /** Puts the pictures of recall on a page. */
  void addRecall(HtmlPage page) {
    for (Ranking ranking : outcome.comparison().rankings()) {
      for (Cost cost : Cost.values()) {
        page.picture(cost.picture(ranking), cost.title);
      }
    }
  }
}
