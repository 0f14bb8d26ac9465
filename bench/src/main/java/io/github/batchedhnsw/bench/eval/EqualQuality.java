// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.eval;

import io.github.batchedhnsw.bench.data.RowFilter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The project's definition of "equal quality", which {@code bench/README.md} explains: six lines,
 * all of which must hold for a drop-in user to lose neither recall nor latency.
 */
public final class EqualQuality {
  /** Neighbours that recall is about, where nothing else is said. */
  public static final int TOP_K = 10;

  /** The search widths that are judged. */
  public static final List<Integer> WIDTHS = List.of(10, 20, 40, 80, 160);

  /** Most recall that may be lost at the same width. */
  private static final double RECALL_LOSS = 0.005;

  /** Most recall that may be lost at the smallest width, 10. */
  private static final double RECALL_LOSS_AT_10 = 0.010;

  /** Most visited nodes at the same width, relative to the reference. */
  private static final double VISITED_RATIO = 1.10;

  /** Most recall that may be lost at equal visited nodes. */
  private static final double RECALL_LOSS_AT_EQUAL_VISITED = 0.003;

  /** Neighbours that the recall of the fourth line is about. */
  public static final int DEEP_TOP_K = 100;

  /** The search width of the fourth line. */
  public static final int DEEP_WIDTH = 150;

  /** Widths at which recall@100 is measured; the second is luceneutil's, topK + fanout. */
  public static final List<Integer> DEEP_WIDTHS = List.of(DEEP_WIDTH, 200);

  /** Search widths with a filter, k of the query. */
  public static final List<Integer> FILTERED_WIDTHS = List.of(10, 50, 200);

  /** Most recall that may be lost with a filter. */
  private static final double FILTERED_RECALL_LOSS = 0.010;

  /** A query with at most this recall is served badly: means hide clusters that are lost. */
  public static final double WORST_SERVED_RECALL = 0.2;

  /** The search width at which badly served queries are counted. */
  private static final int WORST_SERVED_WIDTH = 40;

  /** Most additional queries that may be served badly, as a share of all. */
  private static final double WORST_SERVED_INCREASE = 0.005;

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

  /**
   * Judges a system against a reference; both must have been measured at {@link #WIDTHS}, {@link
   * #DEEP_WIDTH} and, with the same filters, {@link #FILTERED_WIDTHS}. Further widths sharpen the
   * third line.
   *
   * @throws IllegalArgumentException if one of the systems was not measured at such a width, or the
   *     candidate not with a filter of the reference
   */
  public static Verdict judge(Quality reference, Quality candidate) {
    QualityCurve stock = reference.curve();
    QualityCurve ours = candidate.curve();
    List<Line> lines = new ArrayList<>();
    lines.add(
        line(
            1,
            "recall@10 at the same width at most 0.005 below (0.010 at width 10)",
            Excess.atWidths(WIDTHS, stock, ours, EqualQuality::recall)));
    lines.add(
        line(
            2,
            "visited nodes at the same width at most 1.10 times",
            Excess.atWidths(
                WIDTHS,
                stock,
                ours,
                (one, other) -> Excess.visited(one, other, VISITED_RATIO, ""))));
    lines.add(
        line(
            3,
            "recall@10 at equal visited nodes at most 0.003 below",
            Excess.recallAtEqualVisited(stock, ours, RECALL_LOSS_AT_EQUAL_VISITED)));
    lines.add(
        line(
            4,
            "recall@100 at width 150 at most 0.005 below",
            recall(reference.deep().at(DEEP_WIDTH), candidate.deep().at(DEEP_WIDTH))));
    if (!reference.filtered().isEmpty()) {
      lines.add(filteredLine(reference, candidate));
    }
    lines.add(
        line(
            6,
            "queries with recall@10 of at most 0.2 at width 40: at most 0.005 more of all",
            Excess.worstServed(
                stock.at(WORST_SERVED_WIDTH), ours.at(WORST_SERVED_WIDTH), WORST_SERVED_INCREASE)));
    return new Verdict(lines);
  }

  /** Recall at the same width, without a filter. */
  private static Excess recall(QualityPoint reference, QualityPoint candidate) {
    double loss = reference.width() == 10 ? RECALL_LOSS_AT_10 : RECALL_LOSS;
    return Excess.recall(reference, candidate, loss, "");
  }

  private static Line filteredLine(Quality reference, Quality candidate) {
    List<Excess> recall = new ArrayList<>();
    List<Excess> visited = new ArrayList<>();
    reference
        .filtered()
        .forEach(
            (filter, stock) -> {
              QualityCurve ours = filtered(candidate, filter);
              String where = ", " + filter.name();
              recall.addAll(
                  Excess.atWidths(
                      FILTERED_WIDTHS,
                      stock,
                      ours,
                      (one, other) -> Excess.recall(one, other, FILTERED_RECALL_LOSS, where)));
              visited.addAll(
                  Excess.atWidths(
                      FILTERED_WIDTHS,
                      stock,
                      ours,
                      (one, other) -> Excess.visited(one, other, VISITED_RATIO, where)));
            });
    return line(
        5,
        "filtered recall@10 at the same width at most 0.010 below, visited at most 1.10 times",
        Excess.worst(recall),
        Excess.worst(visited));
  }

  private static QualityCurve filtered(Quality candidate, RowFilter filter) {
    QualityCurve curve = candidate.filtered().get(filter);
    if (curve == null) {
      throw new IllegalArgumentException("filter " + filter.name() + " was not measured");
    }
    return curve;
  }

  private static Line line(int number, String rule, List<Excess> figures) {
    return line(number, rule, Excess.worst(figures));
  }

  /** A line with one limit, or with several, each with its worst figure. */
  private static Line line(int number, String rule, Excess... worst) {
    return new Line(
        number,
        rule,
        Arrays.stream(worst).allMatch(Excess::isAllowed),
        Arrays.stream(worst).map(Excess::text).collect(Collectors.joining("; ")));
  }
}
