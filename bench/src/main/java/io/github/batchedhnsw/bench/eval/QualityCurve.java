// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.eval;

import java.util.Comparator;
import java.util.List;

/**
 * Recall against visited nodes of one system, by search width.
 *
 * @param points at least one, ascending by width
 */
public record QualityCurve(List<QualityPoint> points) {

  /** Copies and sorts the points. */
  public QualityCurve {
    if (points.isEmpty()) {
      throw new IllegalArgumentException("a curve needs at least one point");
    }
    points = points.stream().sorted(Comparator.comparingInt(QualityPoint::width)).toList();
  }

  /**
   * The point measured at a width.
   *
   * @throws IllegalArgumentException if that width was not measured
   */
  public QualityPoint at(int width) {
    return points.stream()
        .filter(point -> point.width() == width)
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("search width " + width + " was not measured"));
  }

  /** Fewest visited nodes measured. */
  public double minVisited() {
    return points.stream().mapToDouble(QualityPoint::visited).min().orElseThrow();
  }

  /** Most visited nodes measured. */
  public double maxVisited() {
    return points.stream().mapToDouble(QualityPoint::visited).max().orElseThrow();
  }

  /**
   * Recall at a number of visited nodes, linear between the measured points.
   *
   * @param visited clamped to the measured range
   */
  public double recallAtVisited(double visited) {
    List<QualityPoint> byVisited =
        points.stream().sorted(Comparator.comparingDouble(QualityPoint::visited)).toList();
    QualityPoint below = byVisited.getFirst();
    if (visited <= below.visited()) {
      return below.recall();
    }
    for (QualityPoint above : byVisited) {
      if (above.visited() >= visited) {
        double share = (visited - below.visited()) / (above.visited() - below.visited());
        return below.recall() + share * (above.recall() - below.recall());
      }
      below = above;
    }
    return below.recall();
  }
}
