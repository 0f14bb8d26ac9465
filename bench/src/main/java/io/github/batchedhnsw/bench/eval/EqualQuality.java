package io.github.batchedhnsw.bench.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * The project's definition of "equal quality" (design document, section 2): three lines, all of
 * which must hold for a drop-in user to lose neither recall nor latency.
 */
public final class EqualQuality {
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

  private static final double ROUNDING = 1e-9;

  private EqualQuality() {}

  /**
   * One line of the verdict.
   *
   * @param rule what is asked
   * @param holds whether it does
   * @param worst the figure nearest to, or furthest beyond, the limit
   */
  public record Line(String rule, boolean holds, String worst) {}

  /**
   * The verdict.
   *
   * @param lines three lines, in the order of the definition
   */
  public record Verdict(List<Line> lines) {
    /** Whether all lines hold. */
    public boolean holds() {
      return lines.stream().allMatch(Line::holds);
    }
  }

  private record Figure(double excess, String text) {}

  /**
   * Judges a curve against a reference; both must have been measured at {@link #WIDTHS}, further
   * widths sharpen the third line.
   */
  public static Verdict judge(QualityCurve reference, QualityCurve candidate) {
    return new Verdict(
        List.of(
            line(
                "recall@10 at the same width at most 0.005 below (0.010 at width 10)",
                recallAtWidths(reference, candidate)),
            line(
                "visited nodes at the same width at most 1.10 times",
                visitedAtWidths(reference, candidate)),
            line(
                "recall@10 at equal visited nodes at most 0.003 below",
                recallAtEqualVisited(reference, candidate))));
  }

  private static Line line(String rule, List<Figure> figures) {
    Figure worst = figures.getFirst();
    for (Figure figure : figures) {
      if (figure.excess() > worst.excess()) {
        worst = figure;
      }
    }
    return new Line(rule, worst.excess() <= ROUNDING, worst.text());
  }

  private static List<Figure> recallAtWidths(QualityCurve reference, QualityCurve candidate) {
    List<Figure> figures = new ArrayList<>();
    for (int width : WIDTHS) {
      double difference = candidate.at(width).recall() - reference.at(width).recall();
      double allowed = width == 10 ? RECALL_LOSS_AT_10 : RECALL_LOSS;
      figures.add(
          new Figure(
              -difference - allowed,
              text("%+.4f at width %d (limit %+.3f)", difference, width, -allowed)));
    }
    return figures;
  }

  private static List<Figure> visitedAtWidths(QualityCurve reference, QualityCurve candidate) {
    List<Figure> figures = new ArrayList<>();
    for (int width : WIDTHS) {
      double ratio = candidate.at(width).visited() / reference.at(width).visited();
      figures.add(
          new Figure(
              ratio - VISITED_RATIO,
              text("%.3fx at width %d (limit %.2fx)", ratio, width, VISITED_RATIO)));
    }
    return figures;
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
