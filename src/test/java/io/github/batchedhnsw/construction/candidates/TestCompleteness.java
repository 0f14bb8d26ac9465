// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

import org.apache.lucene.tests.util.LuceneTestCase;

public class TestCompleteness extends LuceneTestCase {
  private static final double[] ALL = {1, 1, 1};
  private static final double EASY = 1;

  private static Completeness of(double joinedShare, boolean bothWays, double recallAbove) {
    return new Completeness(joinedShare, bothWays, recallAbove);
  }

  /** Shares of which one zone's falls short of 1. */
  private static double[] without(int zone, double missing) {
    double[] shares = ALL.clone();
    shares[zone] -= missing;
    return shares;
  }

  public void testAllNeighborsAreEnough() {
    double joinedShare = random().nextDouble();
    double recallAbove = random().nextDouble();
    boolean bothWays = random().nextBoolean();
    assertEquals(0, of(joinedShare, bothWays, recallAbove).shortfall(ALL, 0), 0);
  }

  /** The shortfall is that of the worst zone, or of the rows that are served badly. */
  public void testWorstCounts() {
    Completeness completeness = of(0, random().nextBoolean(), EASY);
    double first = completeness.shortfall(without(0, 1), 0);
    double badly = completeness.shortfall(ALL, 1);
    for (int zone = 0; zone < ALL.length; zone++) {
      double missing = completeness.shortfall(without(zone, 1), 0);
      assertTrue("zone " + zone, missing > 0 && missing <= first);
      double more = completeness.shortfall(without(zone, 1), 1);
      assertEquals("zone " + zone, Math.max(missing, badly), more, 0);
      double less = completeness.shortfall(without(zone, 0.9), 0);
      assertEquals("zone " + zone, Math.max(0, missing - 0.1), less, 1e-12);
    }
  }

  /** Nearer neighbours are needed more than farther ones. */
  public void testNearestNeighborsFirst() {
    Completeness completeness = of(random().nextDouble(), random().nextBoolean(), EASY);
    for (int zone = 1; zone < ALL.length; zone++) {
      assertTrue(
          "zone " + zone,
          completeness.shortfall(without(zone, 1), 0)
              < completeness.shortfall(without(zone - 1, 1), 0));
    }
  }

  /** Where stock joins graphs, where hits count twice and where searches are hard, less will do. */
  public void testWhereLessWillDo() {
    for (int zone = 0; zone < ALL.length; zone++) {
      double[] shares = without(zone, 1);
      double strict = of(0, false, EASY).shortfall(shares, 0);
      assertTrue("joined, zone " + zone, of(1, false, EASY).shortfall(shares, 0) < strict);
      assertTrue("both ways, zone " + zone, of(0, true, EASY).shortfall(shares, 0) < strict);
      double hard = of(0, false, 0.5).shortfall(shares, 0);
      assertTrue("hard, zone " + zone, zone < 2 ? hard < strict : hard == strict);
    }
    double badly = of(0, false, EASY).shortfall(ALL, 1);
    assertTrue("both ways, badly served", of(0, true, EASY).shortfall(ALL, 1) < badly);
  }

  public void testHardSearches() {
    assertFalse(of(0, false, EASY).isHard());
    assertFalse(of(0, false, 0.97).isHard());
    assertTrue(of(0, false, 0.96).isHard());
  }
}
