package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.graph.FlatAdjacency;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.lucene.tests.util.LuceneTestCase;

/** The order of slots that follows from leaves. */
public class TestLocalityOrder extends LuceneTestCase {

  public void testFirstLeafCounts() {
    FlatAdjacency level = new FlatAdjacency(new int[] {10, 20, 30, 40}, 4, 2);
    Partition partition = new Partition(new int[] {40, 20, 10, 20, 30, 40}, new int[] {0, 2, 4, 6});
    LocalityOrder order = LocalityOrder.of(partition, level);
    assertArrayEquals(new int[] {3, 1, 0, 2}, order.slots());
    assertArrayEquals(new int[] {2, 1, 3, 0}, order.ranks());
  }

  public void testPermutation() {
    for (int repeat = 0; repeat < 20; repeat++) {
      int size = random().nextInt(1, 500);
      boolean dense = random().nextBoolean();
      int[] nodes = IntStream.range(0, size).map(i -> dense ? i : 5 * i + 2).toArray();
      FlatAdjacency level = new FlatAdjacency(dense ? null : nodes, size, 2);
      // all nodes, in any order, and some of them again
      int[] members = Arrays.copyOf(nodes, size + random().nextInt(100));
      for (int i = size; i < members.length; i++) {
        members[i] = nodes[random().nextInt(size)];
      }
      for (int i = members.length - 1; i > 0; i--) {
        int j = random().nextInt(i + 1);
        int swapped = members[i];
        members[i] = members[j];
        members[j] = swapped;
      }
      LocalityOrder order =
          LocalityOrder.of(new Partition(members, new int[] {0, members.length}), level);
      int[] sorted = order.slots().clone();
      Arrays.sort(sorted);
      assertArrayEquals(IntStream.range(0, size).toArray(), sorted);
      for (int rank = 0; rank < size; rank++) {
        assertEquals(rank, order.ranks()[order.slots()[rank]]);
      }
    }
  }
}
