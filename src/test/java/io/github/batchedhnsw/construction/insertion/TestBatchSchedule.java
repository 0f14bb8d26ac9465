// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.insertion;

import io.github.batchedhnsw.construction.linking.ReverseEdges;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Batches double, never exceed 2 % and always come to an end. */
public class TestBatchSchedule extends LuceneTestCase {

  /** The whole schedule of some levels. */
  public void testExamples() {
    assertEquals(List.of(), schedule(1, 1));
    assertEquals(List.of(1), schedule(1, 2));
    assertEquals(List.of(1, 2, 4, 8, 4), schedule(1, 20));
    assertEquals(List.of(1, 2, 4, 8, 16, 32, 32, 4), schedule(1, 100));
    assertEquals(List.of(32, 32, 32, 4), schedule(100, 200));
    List<Integer> large = schedule(1, 10_000); // 2 % are 200
    assertEquals(List.of(1, 2, 4, 8, 16, 32, 64, 128, 200, 200), large.subList(0, 10));
    assertEquals(57, large.size());
    assertEquals(144, (int) large.getLast());
  }

  private static List<Integer> schedule(int inserted, int total) {
    List<Integer> batches = new ArrayList<>();
    for (int done = inserted; done < total; done += batches.getLast()) {
      batches.add(BatchSchedule.nextBatch(done, total, 32));
    }
    return batches;
  }

  public void testBounds() {
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
