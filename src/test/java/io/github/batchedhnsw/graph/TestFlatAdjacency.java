package io.github.batchedhnsw.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Lists against lists, over several pages. */
public class TestFlatAdjacency extends LuceneTestCase {

  private record Edge(int neighbor, float score) {}

  public void testAgainstListsAcrossPages() {
    // 2^18 entries a page: 256 slots of 1024, 8192 of 32, 32768 of 6
    check(700, 1024);
    check(20_000, 32);
    check(70_000, 6);
    check(1, 1);
    check(random().nextInt(1, 2000), random().nextInt(1, 1025));
  }

  /** Lists are filled to their capacity, which may be more than the degree of a finished graph. */
  private static void check(int size, int capacity) {
    int finished = random().nextInt(1, capacity + 1);
    FlatAdjacency adjacency =
        random().nextBoolean()
            ? new FlatAdjacency(null, size, capacity)
            : new FlatAdjacency(null, size, finished, capacity);
    assertEquals(size, adjacency.size());
    assertEquals(capacity, adjacency.capacity());
    assertTrue(adjacency.maxDegree() == capacity || adjacency.maxDegree() == finished);
    List<List<Edge>> expected = new ArrayList<>();
    for (int slot = 0; slot < size; slot++) {
      expected.add(new ArrayList<>());
      assertEquals(0, adjacency.degree(slot));
    }
    for (int i = 0; i < 4 * size; i++) {
      int slot = random().nextInt(size);
      List<Edge> list = expected.get(slot);
      if (random().nextInt(20) == 0) {
        long[] pairs = new long[random().nextInt(list.size() + 1)];
        for (int p = 0; p < pairs.length; p++) {
          pairs[p] = ScoredOrdinal.encode(list.get(p).score, list.get(p).neighbor);
        }
        adjacency.replace(slot, pairs, pairs.length);
        list.subList(pairs.length, list.size()).clear();
      }
      for (int n = random().nextInt(4); n > 0 && list.size() < capacity; n--) {
        Edge edge = new Edge(random().nextInt() & Integer.MAX_VALUE, random().nextFloat() - 0.5f);
        adjacency.append(slot, edge.neighbor, edge.score);
        list.add(edge);
      }
    }
    // the last of each page and the first of the next filled up to the end
    for (int slot = 0; slot < size; slot += Math.max(1, size / 50)) {
      while (expected.get(slot).size() < capacity) {
        Edge edge = new Edge(slot, expected.get(slot).size());
        adjacency.append(slot, edge.neighbor, edge.score);
        expected.get(slot).add(edge);
      }
    }
    int[] copy = new int[capacity];
    long[] pairs = new long[capacity];
    for (int slot = 0; slot < size; slot++) {
      List<Edge> list = expected.get(slot);
      assertEquals(list.size(), adjacency.degree(slot));
      assertEquals(list.size(), adjacency.copyNeighbors(slot, copy));
      assertEquals(list.size(), adjacency.copyPairs(slot, pairs));
      for (int i = 0; i < list.size(); i++) {
        assertEquals(list.get(i).neighbor, adjacency.neighbor(slot, i));
        assertEquals(list.get(i).neighbor, copy[i]);
        assertEquals(ScoredOrdinal.encode(list.get(i).score, list.get(i).neighbor), pairs[i]);
        assertEquals(list.get(i).score, adjacency.score(slot, i), 0f);
      }
    }
  }

  public void testSlots() {
    int[] nodes = IntStream.range(0, 500).map(i -> 3 * i + 1).toArray();
    FlatAdjacency sparse = new FlatAdjacency(nodes, nodes.length, 4);
    FlatAdjacency dense = new FlatAdjacency(null, 500, 4);
    for (int slot = 0; slot < 500; slot++) {
      assertEquals(nodes[slot], sparse.ordinalAt(slot));
      assertEquals(slot, sparse.slotOf(nodes[slot]));
      assertTrue(sparse.slotOf(nodes[slot] + 1) < 0);
      assertEquals(slot, dense.ordinalAt(slot));
      assertEquals(slot, dense.slotOf(slot));
    }
    assertTrue(sparse.slotOf(0) < 0);
  }

  public void testEstimateCountsTheArrays() {
    assertEquals(0, FlatAdjacency.estimateBytes(0, 32));
    assertEquals(1000 * (32 * 8 + 2), FlatAdjacency.estimateBytes(1000, 32));
    assertEquals((1L << 30) * (32 * 8 + 2), FlatAdjacency.estimateBytes(1 << 30, 32));
  }
}
