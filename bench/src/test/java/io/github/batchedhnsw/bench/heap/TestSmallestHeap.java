// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.heap;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

public class TestSmallestHeap {

  @Test
  public void boundsEncloseTheTrueValueAndAreTried() throws IOException {
    for (int needed = 20; needed < 400; needed += 7) {
      for (int guess : new int[] {0, 50, 1000}) {
        List<Integer> passed = new ArrayList<>();
        List<Integer> failed = new ArrayList<>();
        int threshold = needed;
        SmallestHeap heap =
            SmallestHeap.search(
                11,
                guess,
                10,
                0.05,
                mib -> {
                  assertEquals("whole steps", 0, mib % SmallestHeap.STEP_MIB);
                  (mib >= threshold ? passed : failed).add(mib);
                  return mib >= threshold;
                });
        assertTrue(heap + ", needed " + needed, heap.failsMib() < needed);
        assertTrue(heap + ", needed " + needed, heap.passesMib() >= needed);
        assertTrue(passed.contains(heap.passesMib()));
        assertTrue(heap.failsMib() == 11 || failed.contains(heap.failsMib()));
        assertTrue(
            heap.toString(),
            heap.passesMib() - heap.failsMib() <= Math.max(2, 0.05 * (heap.passesMib() - 10)));
        assertEquals(passed.size() + failed.size(), heap.trials());
        assertTrue("few trials: " + heap, heap.trials() <= 12);
        assertEquals(needed, heap.mib(), heap.uncertaintyMib() + 1);
      }
    }
  }

  @Test
  public void aJobThatNeverPassesIsAnError() {
    List<Integer> tried = new ArrayList<>();
    IOException e =
        assertThrows(
            IOException.class,
            () -> SmallestHeap.search(4, 64, 0, 0.05, mib -> tried.add(mib) && false));
    assertTrue(e.getMessage(), e.getMessage().startsWith("heap must be <= 65536 MiB"));
    assertFalse(tried.isEmpty());
  }
}
