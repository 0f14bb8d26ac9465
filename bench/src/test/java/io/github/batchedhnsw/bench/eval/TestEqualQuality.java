// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.eval;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.github.batchedhnsw.bench.data.RowFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public class TestEqualQuality {
  private static final double[] RECALL = {0.85, 0.94, 0.986, 0.996, 0.999};
  private static final double[] VISITED = {340, 490, 870, 1400, 2200};
  private static final double WORST_SERVED = 0.003;
  private static final RowFilter ODD = RowFilter.of("odd", 9, row -> row % 2 == 1);
  private static final QualityCurve DEEP =
      curve(EqualQuality.DEEP_WIDTHS, new double[] {0.9, 0.95}, new double[2]);
  private static final QualityCurve FILTERED =
      curve(
          EqualQuality.FILTERED_WIDTHS, new double[] {0.8, 0.9, 1}, new double[] {400, 900, 2000});

  @Test
  public void sameCurveHolds() {
    EqualQuality.Verdict verdict = EqualQuality.judge(quality(stock()), quality(stock()));
    assertTrue(verdict.holds());
    assertEquals(
        List.of(1, 2, 3, 4, 5, 6),
        verdict.lines().stream().map(EqualQuality.Line::number).toList());
  }

  @Test
  public void limitsThemselvesHold() {
    double[] recall = RECALL.clone();
    recall[0] -= 0.010;
    recall[1] -= 0.005;
    assertTrue(verdict(recall, VISITED).lines().get(0).holds());
    double[] visited = VISITED.clone();
    visited[2] *= 1.10;
    assertTrue(verdict(RECALL, visited).lines().get(1).holds());
  }

  @Test
  public void recallAtWidth10HasItsOwnLimit() {
    double[] recall = RECALL.clone();
    recall[0] -= 0.0101;
    EqualQuality.Line line = verdict(recall, VISITED).lines().get(0);
    assertFalse(line.holds());
    assertEquals("-0.0101 at width 10 (limit -0.010)", line.worst());
  }

  @Test
  public void recallAtAnotherWidthFails() {
    double[] recall = RECALL.clone();
    recall[3] -= 0.0051;
    EqualQuality.Line line = verdict(recall, VISITED).lines().get(0);
    assertFalse(line.holds());
    assertEquals("-0.0051 at width 80 (limit -0.005)", line.worst());
  }

  @Test
  public void visitedFails() {
    double[] visited = VISITED.clone();
    visited[1] *= 1.11;
    EqualQuality.Line line = verdict(RECALL, visited).lines().get(1);
    assertFalse(line.holds());
    assertEquals("1.110x at width 20 (limit 1.10x)", line.worst());
  }

  @Test
  public void moreVisitedForTheSameRecallFailsTheThirdLineOnly() {
    double[] visited = VISITED.clone();
    for (int i = 0; i < visited.length; i++) {
      visited[i] *= 1.08;
    }
    EqualQuality.Verdict verdict = verdict(RECALL, visited);
    assertTrue(verdict.lines().get(0).holds());
    assertTrue(verdict.lines().get(1).holds());
    assertFalse(verdict.lines().get(2).holds());
    // At 367.2 visited the reference interpolates to 0.85 + 27.2/150 * 0.09.
    assertEquals("-0.0163 at 367 visited (limit -0.003)", verdict.lines().get(2).worst());
    assertFalse(verdict.holds());
  }

  @Test
  public void lowerRecallWithFewerVisitedCanHoldTheThirdLine() {
    double[] recall = RECALL.clone();
    double[] visited = VISITED.clone();
    // A step back along the reference's own curve: fewer visited, less recall.
    for (int i = 0; i < recall.length; i++) {
      visited[i] = VISITED[i] - 20;
      recall[i] = i == 0 ? RECALL[0] - 0.009 : stock().recallAtVisited(visited[i]);
    }
    assertTrue(verdict(recall, visited).lines().get(2).holds());
  }

  @Test
  public void curvesWithoutCommonVisitedFail() {
    double[] visited = new double[VISITED.length];
    for (int i = 0; i < visited.length; i++) {
      visited[i] = VISITED[i] / 100;
    }
    assertFalse(verdict(RECALL, visited).lines().get(2).holds());
  }

  @Test
  public void recallOf100HasItsOwnLine() {
    EqualQuality.Line holds = judge(stock(), 0.005, 0, 1).lines().get(3);
    assertTrue(holds.holds());
    EqualQuality.Line fails = judge(stock(), 0.0051, 0, 1).lines().get(3);
    assertFalse(fails.holds());
    assertEquals("-0.0051 at width 150 (limit -0.005)", fails.worst());
  }

  @Test
  public void filtersHaveALimitOfRecallAndOneOfVisited() {
    assertTrue(judge(stock(), 0, 0.010, 1.10).lines().get(4).holds());
    EqualQuality.Line recall = judge(stock(), 0, 0.0101, 1).lines().get(4);
    assertFalse(recall.holds());
    assertEquals(
        "-0.0101 at width 50, odd (limit -0.010); 1.000x at width 10, odd (limit 1.10x)",
        recall.worst());
    EqualQuality.Line visited = judge(stock(), 0, 0, 1.11).lines().get(4);
    assertFalse(visited.holds());
    assertEquals(
        "+0.0000 at width 10, odd (limit -0.010); 1.110x at width 50, odd (limit 1.10x)",
        visited.worst());
  }

  @Test
  public void worstServedQueriesHaveALine() {
    QualityCurve curve = stock();
    List<QualityPoint> points = new ArrayList<>(curve.points());
    QualityPoint at40 = curve.at(40);
    points.set(2, new QualityPoint(40, at40.recall(), WORST_SERVED + 0.006, at40.visited(), 1));
    EqualQuality.Verdict verdict = judge(new QualityCurve(points), 0, 0, 1);
    assertEquals("+0.0060, 0.0090 for 0.0030 (limit +0.005)", verdict.lines().get(5).worst());
    assertFalse(verdict.lines().get(5).holds());
    assertTrue(verdict.lines().subList(0, 5).stream().allMatch(EqualQuality.Line::holds));
  }

  @Test
  public void nothingVisitedIsNoRatio() {
    QualityCurve nothing =
        curve(EqualQuality.FILTERED_WIDTHS, new double[] {1, 1, 1}, new double[3]);
    Quality quality = new Quality(stock(), DEEP, Map.of(ODD, nothing));
    assertTrue(EqualQuality.judge(quality, quality).holds());
  }

  @Test
  public void missingWidthIsAnError() {
    QualityCurve one = new QualityCurve(List.of(new QualityPoint(10, 0.9, 0, 300, 1)));
    assertThrows(
        IllegalArgumentException.class, () -> EqualQuality.judge(quality(stock()), quality(one)));
  }

  @Test
  public void interpolationIsLinearAndClamped() {
    assertEquals(0.85, stock().recallAtVisited(1), 0);
    assertEquals(0.999, stock().recallAtVisited(9999), 0);
    assertEquals((0.85 + 0.94) / 2, stock().recallAtVisited(415), 1e-12);
  }

  private static EqualQuality.Verdict verdict(double[] recall, double[] visited) {
    return EqualQuality.judge(quality(stock()), quality(curve(recall, visited)));
  }

  private static EqualQuality.Verdict judge(
      QualityCurve curve, double deepLoss, double filteredLoss, double filteredVisited) {
    QualityCurve deep =
        curve(EqualQuality.DEEP_WIDTHS, new double[] {0.9 - deepLoss, 0.95}, new double[2]);
    QualityCurve filtered =
        curve(
            EqualQuality.FILTERED_WIDTHS,
            new double[] {0.8, 0.9 - filteredLoss, 1},
            new double[] {400, 900 * filteredVisited, 2000});
    return EqualQuality.judge(quality(stock()), new Quality(curve, deep, Map.of(ODD, filtered)));
  }

  private static Quality quality(QualityCurve curve) {
    return new Quality(curve, DEEP, Map.of(ODD, FILTERED));
  }

  private static QualityCurve stock() {
    return curve(RECALL, VISITED);
  }

  private static QualityCurve curve(double[] recall, double[] visited) {
    return curve(EqualQuality.WIDTHS, recall, visited);
  }

  private static QualityCurve curve(List<Integer> widths, double[] recall, double[] visited) {
    List<QualityPoint> points = new ArrayList<>();
    for (int i = 0; i < recall.length; i++) {
      points.add(new QualityPoint(widths.get(i), recall[i], WORST_SERVED, visited[i], 1));
    }
    return new QualityCurve(points);
  }
}
