// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

import io.github.batchedhnsw.construction.candidates.JoinPlan.ColumnCode;
import org.apache.lucene.tests.util.LuceneTestCase;

public class TestJoinCost extends LuceneTestCase {
  private static final int BEAM_WIDTH = 100;

  /** Codes are cheaper to compare than floats, the more so the more components there are. */
  public void testCodes() {
    double ratio = 1;
    for (int dimension = 1; dimension <= 4096; dimension++) {
      JoinCost cost = new JoinCost(dimension, BEAM_WIDTH);
      double next = cost.pair(ColumnCode.SIGNS) / cost.pair(ColumnCode.FLOATS);
      assertTrue("dimension " + dimension, next < ratio);
      ratio = next;
    }
    assertTrue("ratio " + ratio, ratio < 0.125);
  }

  /** More columns, more hits and more components cost more. */
  public void testMoreCostsMore() {
    int dimension = random().nextInt(1, 2000);
    int columns = random().nextInt(1, 10_000);
    int hits = random().nextInt(1, 2 * BEAM_WIDTH);
    JoinCost cost = new JoinCost(dimension, BEAM_WIDTH);
    JoinCost longer = new JoinCost(dimension + 1, BEAM_WIDTH);
    for (ColumnCode code : ColumnCode.values()) {
      double row = cost.row(code, columns, hits);
      assertTrue(row > 0);
      assertTrue(cost.row(code, columns + 1, hits) > row);
      assertTrue(cost.row(code, columns, hits + 1) > row);
      assertTrue(longer.row(code, columns, hits) > row);
    }
  }

  /** Only as many candidates as the beam is wide are compared with each other. */
  public void testSelectionIsBounded() {
    int dimension = random().nextInt(1, 2000);
    JoinCost narrow = new JoinCost(dimension, BEAM_WIDTH);
    JoinCost wide = new JoinCost(dimension, 2 * BEAM_WIDTH);
    ColumnCode code = ColumnCode.SIGNS;
    assertEquals(narrow.row(code, 1000, BEAM_WIDTH), wide.row(code, 1000, BEAM_WIDTH), 0);
    assertTrue(narrow.row(code, 1000, 2 * BEAM_WIDTH) < wide.row(code, 1000, 2 * BEAM_WIDTH));
  }
}
