// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.eval;

import static io.github.batchedhnsw.bench.report.Figures.format;

import java.util.List;
import java.util.stream.DoubleStream;

/**
 * By how much one figure of a candidate exceeds its limit, which is relative to a reference.
 *
 * @param value above 0 beyond the limit, below 0 within it
 * @param text the figure, where it was taken and the limit
 */
record Excess(double value, String text) {
  private static final double ROUNDING = 1e-9;

  /** Compares the searches of a reference and a candidate at one width. */
  @FunctionalInterface
  interface Comparison {
    Excess of(QualityPoint reference, QualityPoint candidate);
  }

  /** Whether the limit holds; a figure that equals it, up to rounding, does. */
  boolean isAllowed() {
    return value <= ROUNDING;
  }

  /** The figure nearest to, or furthest beyond, its limit; the first of equal ones. */
  static Excess worst(List<Excess> figures) {
    return figures.stream()
        .reduce((worst, other) -> other.value > worst.value ? other : worst)
        .orElseThrow();
  }

  /** One comparison at each of some widths. */
  static List<Excess> atWidths(
      List<Integer> widths, QualityCurve reference, QualityCurve candidate, Comparison comparison) {
    return widths.stream()
        .map(width -> comparison.of(reference.at(width), candidate.at(width)))
        .toList();
  }

  /**
   * Recall at the same width.
   *
   * @param loss how much may be lost
   * @param where added to the width in the text
   */
  static Excess recall(QualityPoint reference, QualityPoint candidate, double loss, String where) {
    double difference = candidate.recall() - reference.recall();
    return new Excess(
        -difference - loss,
        format("%+.4f at width %d%s (limit %+.3f)", difference, reference.width(), where, -loss));
  }

  /**
   * Visited nodes at the same width.
   *
   * @param limit the largest ratio of the candidate's to the reference's
   * @param where added to the width in the text
   */
  static Excess visited(
      QualityPoint reference, QualityPoint candidate, double limit, String where) {
    // Where no document passes a filter, neither system visits a node.
    double ratio =
        candidate.visited() == reference.visited() ? 1 : candidate.visited() / reference.visited();
    return new Excess(
        ratio - limit,
        format("%.3fx at width %d%s (limit %.2fx)", ratio, reference.width(), where, limit));
  }

  /**
   * The share of badly served queries.
   *
   * @param limit how much larger it may be
   */
  static Excess worstServed(QualityPoint reference, QualityPoint candidate, double limit) {
    double stock = reference.worstServed();
    double ours = candidate.worstServed();
    return new Excess(
        ours - stock - limit,
        format("%+.4f, %.4f for %.4f (limit %+.3f)", ours - stock, ours, stock, limit));
  }

  /**
   * Recall at equal visited nodes: at every point of the candidate within the range that both
   * curves cover, and at the ends of that range. Curves without a common range exceed the limit
   * infinitely.
   *
   * @param loss how much recall may be lost
   */
  static List<Excess> recallAtEqualVisited(
      QualityCurve reference, QualityCurve candidate, double loss) {
    double low = Math.max(reference.minVisited(), candidate.minVisited());
    double high = Math.min(reference.maxVisited(), candidate.maxVisited());
    if (low > high) {
      return List.of(
          new Excess(
              Double.POSITIVE_INFINITY,
              "the curves share no range of visited nodes to compare in"));
    }
    DoubleStream inCommonRange =
        candidate.points().stream()
            .mapToDouble(QualityPoint::visited)
            .filter(visited -> visited >= low && visited <= high);
    return DoubleStream.concat(DoubleStream.of(low, high), inCommonRange)
        .sorted()
        .distinct()
        .mapToObj(visited -> recallAtVisited(reference, candidate, visited, loss))
        .toList();
  }

  private static Excess recallAtVisited(
      QualityCurve reference, QualityCurve candidate, double visited, double loss) {
    double difference = candidate.recallAtVisited(visited) - reference.recallAtVisited(visited);
    return new Excess(
        -difference - loss,
        format("%+.4f at %.0f visited (limit %+.3f)", difference, visited, -loss));
  }
}
