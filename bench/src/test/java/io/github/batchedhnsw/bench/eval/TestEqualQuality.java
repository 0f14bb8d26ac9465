package io.github.batchedhnsw.bench.eval;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

public class TestEqualQuality {
  private static final double[] RECALL = {0.85, 0.94, 0.986, 0.996, 0.999};
  private static final double[] VISITED = {340, 490, 870, 1400, 2200};

  @Test
  public void sameCurveHolds() {
    EqualQuality.Verdict verdict = EqualQuality.judge(stock(), stock());
    assertTrue(verdict.holds());
    assertEquals(3, verdict.lines().size());
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
  public void missingWidthIsAnError() {
    QualityCurve one = new QualityCurve(List.of(new QualityPoint(10, 0.9, 300, 1)));
    assertThrows(IllegalArgumentException.class, () -> EqualQuality.judge(stock(), one));
  }

  @Test
  public void interpolationIsLinearAndClamped() {
    assertEquals(0.85, stock().recallAtVisited(1), 0);
    assertEquals(0.999, stock().recallAtVisited(9999), 0);
    assertEquals((0.85 + 0.94) / 2, stock().recallAtVisited(415), 1e-12);
  }

  private static EqualQuality.Verdict verdict(double[] recall, double[] visited) {
    return EqualQuality.judge(stock(), curve(recall, visited));
  }

  private static QualityCurve stock() {
    return curve(RECALL, VISITED);
  }

  private static QualityCurve curve(double[] recall, double[] visited) {
    List<QualityPoint> points = new ArrayList<>();
    for (int i = 0; i < recall.length; i++) {
      points.add(new QualityPoint(EqualQuality.WIDTHS.get(i), recall[i], visited[i], 1));
    }
    return new QualityCurve(points);
  }
}
