// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.compare;

import static io.github.batchedhnsw.bench.report.Figures.format;
import static io.github.batchedhnsw.bench.report.Figures.yesNo;

import io.github.batchedhnsw.bench.data.RowFilter;
import io.github.batchedhnsw.bench.eval.EqualQuality;
import io.github.batchedhnsw.bench.eval.Quality;
import io.github.batchedhnsw.bench.eval.QualityCurve;
import io.github.batchedhnsw.bench.eval.QualityPoint;
import io.github.batchedhnsw.bench.report.Table;
import io.github.batchedhnsw.bench.systems.Ranking;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * What searches of the indexes found and what they cost.
 *
 * @param outcome what is tabulated
 */
record QualityTables(Outcome outcome) {

  /** For people, one table per figure: systems down, widths across. */
  List<Table> byWidth() {
    List<Table> tables = new ArrayList<>();
    for (Ranking ranking : outcome.comparison().rankings()) {
      Function<Measured, QualityCurve> curve = system -> system.quality(ranking).curve();
      String prefix = ranking.prefix();
      tables.add(byWidth(prefix + "recall@10 at width", "%.4f", curve, QualityPoint::recall));
      tables.add(byWidth(prefix + "visited at width", "%.0f", curve, QualityPoint::visited));
      tables.add(
          byWidth(prefix + "latency(ms) at width", "%.3f", curve, QualityPoint::latencyMillis));
      tables.add(
          byWidth(
              prefix + "share of queries with recall@10 <= 0.2 at width",
              "%.4f",
              curve,
              QualityPoint::worstServed));
      Function<Measured, QualityCurve> deep = system -> system.quality(ranking).deep();
      tables.add(byWidth(prefix + "recall@100 at width", "%.4f", deep, QualityPoint::recall));
      tables.add(
          byWidth(prefix + "visited at width of recall@100", "%.0f", deep, QualityPoint::visited));
      if (!outcome.measured().getFirst().quality(ranking).filtered().isEmpty()) {
        tables.add(filtered(ranking));
      }
    }
    return tables;
  }

  private Table byWidth(
      String title,
      String pattern,
      Function<Measured, QualityCurve> curve,
      ToDoubleFunction<QualityPoint> figure) {
    List<String> header = new ArrayList<>(List.of(title));
    for (QualityPoint point : curve.apply(outcome.measured().getFirst()).points()) {
      header.add(Integer.toString(point.width()));
    }
    Table table = new Table(header);
    for (Measured system : outcome.measured()) {
      List<String> row = new ArrayList<>(List.of(system.system()));
      for (QualityPoint point : curve.apply(system).points()) {
        row.add(format(pattern, figure.applyAsDouble(point)));
      }
      table.add(row);
    }
    return table;
  }

  /** Recall and visited nodes of filtered search: filters and systems down, widths across. */
  private Table filtered(Ranking ranking) {
    List<String> header = new ArrayList<>(List.of(ranking.prefix() + "filter", "rows", "system"));
    for (int width : EqualQuality.FILTERED_WIDTHS) {
      header.add("recall@10 at " + width);
      header.add("visited at " + width);
    }
    Table table = new Table(header);
    for (RowFilter filter : outcome.measured().getFirst().quality(ranking).filtered().keySet()) {
      for (Measured system : outcome.measured()) {
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

  /** For programs, one row per search. */
  Table curves() {
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
    for (Ranking ranking : outcome.comparison().rankings()) {
      for (Measured system : outcome.measured()) {
        Quality quality = system.quality(ranking);
        List<String> searched = List.of(system.system(), name(ranking));
        for (QualityPoint point : quality.curve().points()) {
          String latency = Double.toString(point.latencyMillis());
          table.add(row(searched, "none", EqualQuality.TOP_K, point, latency));
        }
        for (QualityPoint point : quality.deep().points()) {
          table.add(row(searched, "none", EqualQuality.DEEP_TOP_K, point, ""));
        }
        quality
            .filtered()
            .forEach(
                (filter, curve) -> {
                  for (QualityPoint point : curve.points()) {
                    table.add(row(searched, filter.name(), EqualQuality.TOP_K, point, ""));
                  }
                });
      }
    }
    return table;
  }

  private static List<String> row(
      List<String> searched, String filter, int topK, QualityPoint point, String latency) {
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
    return row;
  }

  /** For programs, one row per line of every verdict. */
  Table verdicts() {
    Table table =
        new Table(List.of("system", "against", "ranking", "line", "rule", "holds", "worst"));
    for (Outcome.Judgement judgement : outcome.judgements()) {
      for (EqualQuality.Line line : judgement.verdict().lines()) {
        table.add(
            List.of(
                judgement.candidate().system(),
                judgement.reference().system(),
                name(judgement.ranking()),
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
}
