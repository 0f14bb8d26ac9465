// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

import io.github.batchedhnsw.construction.parallel.Workers;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Rows that find a vector, against their definition. */
public class TestReverseCandidates extends LuceneTestCase {
  /** Ordinals are not positions. */
  private static final int FIRST_ORDINAL = 7;

  public void testAgainstTheDefinition() throws IOException {
    try (Workers workers = new Workers(4)) {
      for (int round = 0; round < 20; round++) {
        check(workers, random().nextInt(1, 600), random().nextInt(1, 12));
      }
      check(workers, 4096, 3); // a page and a range
      check(workers, 4097, 3);
      check(workers, 20_000, 2);
    }
  }

  private static void check(Workers workers, int size, int perRow) throws IOException {
    List<Integer> shuffled = new ArrayList<>(IntStream.range(0, size).boxed().toList());
    Collections.shuffle(shuffled, random());
    int[] order = shuffled.stream().mapToInt(Integer::intValue).toArray();
    int popular = random().nextInt(1, size + 1);
    int[][] found = new int[size][];
    for (int row = 0; row < size; row++) {
      found[row] = random().ints(random().nextInt(2 * perRow), 0, popular).distinct().toArray();
    }
    List<List<Integer>> expected = expected(order, found, perRow);
    for (int threads : new int[] {1, 2, 3, 8}) {
      ReverseCandidates reverse =
          new ReverseCandidates(order, perRow, ordinal -> ordinal - FIRST_ORDINAL);
      for (int row = 0; row < size; row++) {
        long[] pairs = new long[found[row].length];
        for (int i = 0; i < pairs.length; i++) {
          pairs[i] = ScoredOrdinal.encode(-i, found[row][i] + FIRST_ORDINAL);
        }
        reverse.set(row, pairs, pairs.length);
      }
      List<List<Integer>> visited = new ArrayList<>(Collections.nCopies(size, List.of()));
      reverse.forEachTarget(
          workers.ranges(threads),
          (worker, position, rows, from, to) -> {
            assertTrue(worker >= 0 && worker < threads);
            assertTrue(to > from);
            List<Integer> before =
                visited.set(position, IntStream.range(from, to).mapToObj(i -> rows[i]).toList());
            assertEquals("visited twice", List.of(), before);
          });
      assertEquals(expected, visited);
    }
  }

  public void testTooManyToGroup() {
    assertTrue(ReverseCandidates.canGroup(1 << 25, 32));
    assertFalse(ReverseCandidates.canGroup((1 << 25) + 1, 32));
  }

  /** By position, in the given order. */
  private static List<List<Integer>> expected(int[] order, int[][] found, int perRow) {
    List<List<Integer>> best = new ArrayList<>();
    List<List<Integer>> expected = new ArrayList<>();
    for (int[] candidates : found) {
      best.add(IntStream.of(candidates).limit(perRow).boxed().toList());
      expected.add(new ArrayList<>());
    }
    for (int row : order) {
      for (int target : best.get(row)) {
        if (!best.get(target).contains(row)) {
          expected.get(target).add(row);
        }
      }
    }
    return expected;
  }
}
