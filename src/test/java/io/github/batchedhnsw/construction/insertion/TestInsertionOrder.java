// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.insertion;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.graph.FlatAdjacency;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Nodes of the level above come first, the others in an order that the seed decides. */
public class TestInsertionOrder extends LuceneTestCase {
  private static final int[] ABOVE = {3, 70, 71, 400};

  private static int[] order(FlatAdjacency level, FlatAdjacency above, long seed)
      throws IOException {
    return InsertionOrder.of(level, above, seed, ParallelRanges.serial());
  }

  private static void assertPermutation(int[] expected, int[] order) {
    int[] sorted = order.clone();
    Arrays.sort(sorted);
    assertArrayEquals(expected, sorted);
  }

  public void testNodesOfTheLevelAboveComeFirst() throws IOException {
    FlatAdjacency level = new FlatAdjacency(null, 500, 4);
    FlatAdjacency above = new FlatAdjacency(ABOVE, ABOVE.length, 2);
    int[] order = order(level, above, 1);
    assertPermutation(IntStream.range(0, 500).toArray(), order);
    assertArrayEquals(ABOVE, Arrays.copyOf(order, ABOVE.length));
    int[] others = Arrays.copyOfRange(order, ABOVE.length, 500);
    int[] sorted = others.clone();
    Arrays.sort(sorted);
    assertFalse("shuffled", Arrays.equals(sorted, others));
    assertArrayEquals(order, order(level, above, 1));
    assertFalse("seeded", Arrays.equals(order, order(level, above, 2)));
  }

  public void testTopLevelBeginsWithTheEntryPoint() throws IOException {
    int[] nodes = IntStream.range(0, 100).map(i -> 7 * i + 5).toArray();
    int[] order = order(new FlatAdjacency(nodes, nodes.length, 2), null, 3);
    assertPermutation(nodes, order);
    assertEquals(5, order[0]);
  }

  public void testAsksWhetherToGoOn() {
    ParallelRanges aborted =
        ParallelRanges.serial(
            () -> {
              throw new IOException("aborted");
            });
    FlatAdjacency level = new FlatAdjacency(null, 10, 2);
    IOException e =
        expectThrows(IOException.class, () -> InsertionOrder.of(level, null, 0, aborted));
    assertEquals("aborted", e.getMessage());
  }
}
