// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.eval;

import io.github.batchedhnsw.bench.data.RowFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * The project's definition of "equal quality" (design document, section 2): six lines, all of which
 * must hold for a drop-in user to lose neither recall nor latency.
 */
public final class EqualQuality {
  /** Neighbours that recall is about, where nothing else is said. */
  public static final int TOP_K = 10;

  /** The search widths that are judged. */
  public static final List<Integer> WIDTHS = List.of(10, 20, 40, 80, 160);

  /** Most recall that may be lost at the same width. */
  public static final double RECALL_LOSS = 0.005;

  /** Most recall that may be lost at the smallest width, 10. */
  public static final double RECALL_LOSS_AT_10 = 0.010;

  /** Most visited nodes at the same width, relative to the reference. */
  public static final double VISITED_RATIO = 1.10;

  /** Most recall that may be lost at equal visited nodes. */
  public static final double RECALL_LOSS_AT_EQUAL_VISITED = 0.003;

  /** Neighbours that the recall of the fourth line is about. */
  public static final int DEEP_TOP_K = 100;

  /** The search width of the fourth line. */
  public static final int DEEP_WIDTH = 150;

  /** Widths at which recall@100 is measured; the second is luceneutil's, topK + fanout. */
  public static final List<Integer> DEEP_WIDTHS = List.of(DEEP_WIDTH, 200);

  /** Search widths with a filter, k of the query. */
  public static final List<Integer> FILTERED_WIDTHS = List.of(10, 50, 200);

  /** Most recall that may be lost with a filter. */
  public static final double FILTERED_RECALL_LOSS = 0.010;

  /** A query with at most this recall is served badly: means hide clusters that are lost. */
  public static final double WORST_SERVED_RECALL = 0.2;

  /** The search width at which badly served queries are counted. */
  public static final int WORST_SERVED_WIDTH = 40;

  /** Most additional queries that may be served badly, as a share of all. */
  public static final double WORST_SERVED_INCREASE = 0.005;

  private static final double ROUNDING = 1e-9;

  private EqualQuality() {}

  /**
   * One line of the verdict.
   *
   * @param number which line of the definition, from 1
   * @param rule what is asked
   * @param holds whether it does
   * @param worst the figure nearest to, or furthest beyond, the limit; one for each limit, where
   *     the line has two kinds
   */
  public record Line(int number, String rule, boolean holds, String worst) {}

  /**
   * The verdict.
   *
   * @param lines in the order of the definition: six, or five where filtered search was not
   *     measured
   */
  public record Verdict(List<Line> lines) {
    /** Whether all lines hold. */
    public boolean holds() {
      return lines.stream().allMatch(Line::holds);
    }
  }

  private record Figure(double excess, String text) {}

  /**
   * Judges a system against a reference; both must have been measured at {@link #WIDTHS}, {@link
   * #DEEP_WIDTH} and, with the same filters, {@link #FILTERED_WIDTHS}. Further widths sharpen the
   * third line.
   */
  public static Verdict judge(Quality reference, Quality candidate) {
    List<Line> lines = new ArrayList<>();
    lines.add(
        line(
            1,
            "recall@10 at the same width at most 0.005 below (0.010 at width 10)",
            recallAtWidths(reference.curve(), candidate.curve())));
    lines.add(
        line(
            2,
            "visited nodes at the same width at most 1.10 times",
            visitedAtWidths(reference.curve(), candidate.curve())));
    lines.add(
        line(
            3,
            "recall@10 at equal visited nodes at most 0.003 below",
            recallAtEqualVisited(reference.curve(), candidate.curve())));
    lines.add(
        line(
            4,
            "recall@100 at width 150 at most 0.005 below",
            List.of(
                recall(
                    reference.deep().at(DEEP_WIDTH),
                    candidate.deep().at(DEEP_WIDTH),
                    RECALL_LOSS,
                    ""))));
    if (!reference.filtered().isEmpty()) {
      lines.add(
          line(
              5,
              "filtered recall@10 at the same width at most 0.010 below, visited at most 1.10"
                  + " times",
              filteredRecall(reference, candidate),
              filteredVisited(reference, candidate)));
    }
    lines.add(
        line(
            6,
            "queries with recall@10 of at most 0.2 at width 40: at most 0.005 more of all",
            List.of(worstServed(reference.curve(), candidate.curve()))));
    return new Verdict(lines);
  }

  private static Line line(int number, String rule, List<Figure> figures) {
    Figure worst = worst(figures);
    return new Line(number, rule, worst.excess() <= ROUNDING, worst.text());
  }

  private static Line line(int number, String rule, List<Figure> one, List<Figure> other) {
    Figure first = worst(one);
    Figure second = worst(other);
    return new Line(
        number,
        rule,
        Math.max(first.excess(), second.excess()) <= ROUNDING,
        first.text() + "; " + second.text());
  }

  private static Figure worst(List<Figure> figures) {
    Figure worst = figures.getFirst();
    for (Figure figure : figures) {
      if (figure.excess() > worst.excess()) {
        worst = figure;
      }
    }
    return worst;
  }

  private static List<Figure> recallAtWidths(QualityCurve reference, QualityCurve candidate) {
    List<Figure> figures = new ArrayList<>();
    for (int width : WIDTHS) {
      figures.add(
          recall(
              reference.at(width),
              candidate.at(width),
              width == 10 ? RECALL_LOSS_AT_10 : RECALL_LOSS,
              ""));
    }
    return figures;
  }

  private static List<Figure> visitedAtWidths(QualityCurve reference, QualityCurve candidate) {
    List<Figure> figures = new ArrayList<>();
    for (int width : WIDTHS) {
      figures.add(visited(reference.at(width), candidate.at(width), ""));
    }
    return figures;
  }

  private static List<Figure> filteredRecall(Quality reference, Quality candidate) {
    List<Figure> figures = new ArrayList<>();
    reference
        .filtered()
        .forEach(
            (filter, curve) -> {
              for (int width : FILTERED_WIDTHS) {
                figures.add(
                    recall(
                        curve.at(width),
                        filtered(candidate, filter).at(width),
                        FILTERED_RECALL_LOSS,
                        ", " + filter.name()));
              }
            });
    return figures;
  }

  private static List<Figure> filteredVisited(Quality reference, Quality candidate) {
    List<Figure> figures = new ArrayList<>();
    reference
        .filtered()
        .forEach(
            (filter, curve) -> {
              for (int width : FILTERED_WIDTHS) {
                figures.add(
                    visited(
                        curve.at(width),
                        filtered(candidate, filter).at(width),
                        ", " + filter.name()));
              }
            });
    return figures;
  }

  private static QualityCurve filtered(Quality candidate, RowFilter filter) {
    QualityCurve curve = candidate.filtered().get(filter);
    if (curve == null) {
      throw new IllegalArgumentException("filter " + filter.name() + " was not measured");
    }
    return curve;
  }

  /**
   * @param where added to the width in the text
   */
  private static Figure recall(
      QualityPoint reference, QualityPoint candidate, double allowed, String where) {
    double difference = candidate.recall() - reference.recall();
    return new Figure(
        -difference - allowed,
        text("%+.4f at width %d%s (limit %+.3f)", difference, reference.width(), where, -allowed));
  }

  private static Figure visited(QualityPoint reference, QualityPoint candidate, String where) {
    // Nothing is visited, by either, where no document passes a filter.
    double ratio =
        candidate.visited() == reference.visited() ? 1 : candidate.visited() / reference.visited();
    return new Figure(
        ratio - VISITED_RATIO,
        text("%.3fx at width %d%s (limit %.2fx)", ratio, reference.width(), where, VISITED_RATIO));
  }

  private static Figure worstServed(QualityCurve reference, QualityCurve candidate) {
    double stock = reference.at(WORST_SERVED_WIDTH).worstServed();
    double ours = candidate.at(WORST_SERVED_WIDTH).worstServed();
    return new Figure(
        ours - stock - WORST_SERVED_INCREASE,
        text(
            "%+.4f, %.4f for %.4f (limit %+.3f)",
            ours - stock, ours, stock, WORST_SERVED_INCREASE));
  }

  private static List<Figure> recallAtEqualVisited(QualityCurve reference, QualityCurve candidate) {
    double low = Math.max(reference.minVisited(), candidate.minVisited());
    double high = Math.min(reference.maxVisited(), candidate.maxVisited());
    if (low > high) {
      return List.of(
          new Figure(
              Double.POSITIVE_INFINITY,
              "the curves share no range of visited nodes to compare in"));
    }
    List<Figure> figures = new ArrayList<>();
    DoubleStream inOverlap =
        candidate.points().stream()
            .mapToDouble(QualityPoint::visited)
            .filter(visited -> visited >= low && visited <= high);
    DoubleStream.concat(DoubleStream.of(low, high), inOverlap)
        .sorted()
        .distinct()
        .forEach(
            visited -> {
              double difference =
                  candidate.recallAtVisited(visited) - reference.recallAtVisited(visited);
              figures.add(
                  new Figure(
                      -difference - RECALL_LOSS_AT_EQUAL_VISITED,
                      text(
                          "%+.4f at %.0f visited (limit %+.3f)",
                          difference, visited, -RECALL_LOSS_AT_EQUAL_VISITED)));
            });
    return figures;
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
