// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.insertion;

import io.github.batchedhnsw.construction.linking.ReverseEdges;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Batches double, never exceed 2 % and always come to an end. */
public class TestBatchSchedule extends LuceneTestCase {

  public void testAgainstTheRule() {
    for (int i = 0; i < 200; i++) {
      int total = i < 100 ? i + 2 : random().nextInt(2, 3_000_000);
      int inserted = random().nextInt(1, Math.min(total, 1000));
      int batches = 0;
      while (inserted < total) {
        int batch = BatchSchedule.nextBatch(inserted, total, 32);
        assertTrue("batch=" + batch, batch >= 1);
        assertTrue("more than the graph doubles", batch <= inserted);
        assertTrue("more than there are", batch <= total - inserted);
        assertTrue("more than 2 % of " + total, batch <= Math.max(32, total * 0.02));
        if (batch < total - inserted) {
          assertEquals(
              "smaller than it may be", Math.min(inserted, Math.max(32, total / 50)), batch);
        }
        inserted += batch;
        batches++;
      }
      assertEquals(total, inserted);
      assertTrue("batches=" + batches, batches <= 10 + Math.max(51, total / 32 + 1));
    }
  }

  /** 2 % of so many nodes would have more edges than an array of them can hold. */
  public void testEdgesOfABatchFitIntoAnArray() {
    for (int total : new int[] {52_000_000, 105_000_000, 1_000_000_000, Integer.MAX_VALUE}) {
      for (int maxDegree : new int[] {1, 32, 256, 1024}) {
        for (int inserted : new int[] {1, 32, total / 2, total - 1}) {
          int batch = BatchSchedule.nextBatch(inserted, total, maxDegree);
          String message = batch + " of " + total + " nodes, maxDegree=" + maxDegree;
          assertTrue(message, batch >= 1 && batch <= total - inserted);
          assertTrue(message, (long) batch * maxDegree <= ReverseEdges.MAX_EDGES);
        }
      }
    }
    assertEquals(1 << 20, BatchSchedule.nextBatch(50_000_000, 105_000_000, 1024));
    assertEquals(2_100_000, BatchSchedule.nextBatch(50_000_000, 105_000_000, 32));
  }
}
