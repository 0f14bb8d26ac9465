// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.linking;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.parallel.Workers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Grouping by target against a map of lists. */
public class TestReverseEdges extends LuceneTestCase {

  private record Edge(int source, float score) {}

  public void testAgainstNaiveGrouping() throws IOException {
    try (Workers workers = new Workers(4)) {
      ReverseEdges reused = new ReverseEdges();
      for (int i = 0; i < 60; i++) {
        int count = random().nextInt(i % 3 == 0 ? 50_000 : 500);
        int slots = random().nextInt(1, i % 2 == 0 ? 200_000 : 300);
        check(reused, workers, count, slots, slots);
      }
      // more than one chunk, all edges for a few targets
      check(reused, workers, 70_000, 100_000, 3);
      check(reused, workers, 70_000, 1, 1);
      // targets at the very ends of their buckets
      check(reused, workers, 40_000, 4096, 4096);
      check(reused, workers, 40_000, 4097, 4097);
      check(reused, workers, 1, 1_000_000, 1_000_000);
      check(reused, workers, 0, 1000, 1000);
      check(reused, workers, 0, 1, 1);
    }
  }

  private static void check(
      ReverseEdges reused, Workers workers, int count, int slots, int distinctTargets)
      throws IOException {
    int[] targets = new int[count];
    float[] scores = new float[count];
    TreeMap<Integer, List<Edge>> expected = new TreeMap<>();
    int firstTarget = random().nextInt(slots - distinctTargets + 1);
    for (int i = 0; i < count; i++) {
      targets[i] = firstTarget + random().nextInt(distinctTargets);
      if (i < 2) {
        targets[i] = i == 0 ? firstTarget : firstTarget + distinctTargets - 1;
      }
      scores[i] = random().nextFloat();
      expected.computeIfAbsent(targets[i], t -> new ArrayList<>()).add(new Edge(i, scores[i]));
    }
    for (int threads : new int[] {1, 2, 3, 8}) {
      reused.reset(count);
      for (int i = count - 1; i >= 0; i--) { // setting them in any order
        reused.set(i, targets[i], i, scores[i]);
      }
      List<List<Edge>> visited = new ArrayList<>();
      for (int slot = 0; slot < slots; slot++) {
        visited.add(null);
      }
      reused.forEachTarget(
          slots,
          workers.ranges(threads),
          (worker, slot, sources, groupScores, from, to) -> {
            assertTrue(worker >= 0 && worker < threads);
            assertNull("visited twice: " + slot, visited.get(slot));
            List<Edge> group = new ArrayList<>();
            for (int i = from; i < to; i++) {
              group.add(new Edge(sources[i], groupScores[i]));
            }
            visited.set(slot, group);
          });
      for (int slot = 0; slot < slots; slot++) {
        assertEquals("slot " + slot, expected.get(slot), visited.get(slot));
      }
    }
  }

  public void testMoreEdgesThanABatchHolds() {
    ReverseEdges edges = new ReverseEdges();
    for (int count : new int[] {-1, ReverseEdges.MAX_EDGES + 1, Integer.MIN_VALUE}) {
      AssertionError e = expectThrows(AssertionError.class, () -> edges.reset(count));
      assertTrue(e.getMessage(), e.getMessage().endsWith("edges=" + count));
    }
  }

  public void testVisitorsFailureEndsTheLoop() {
    ReverseEdges edges = new ReverseEdges();
    edges.reset(2);
    edges.set(0, 5, 1, 0);
    edges.set(1, 6, 1, 0);
    int[] visits = new int[1];
    expectThrows(
        IOException.class,
        () ->
            edges.forEachTarget(
                10,
                ParallelRanges.serial(),
                (worker, slot, sources, scores, from, to) -> {
                  visits[0]++;
                  throw new IOException("full");
                }));
    assertEquals(1, visits[0]);
  }
}
