// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.graph;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.RamUsageTester;

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

  private static void check(int size, int maxDegree) {
    FlatAdjacency adjacency = new FlatAdjacency(null, size, maxDegree);
    assertEquals(size, adjacency.size());
    assertEquals(maxDegree, adjacency.maxDegree());
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
      for (int n = random().nextInt(4); n > 0 && list.size() < maxDegree; n--) {
        Edge edge = new Edge(random().nextInt() & Integer.MAX_VALUE, random().nextFloat() - 0.5f);
        adjacency.append(slot, edge.neighbor, edge.score);
        list.add(edge);
      }
    }
    // the last of each page and the first of the next filled up to the end
    for (int slot = 0; slot < size; slot += Math.max(1, size / 50)) {
      while (expected.get(slot).size() < maxDegree) {
        Edge edge = new Edge(slot, expected.get(slot).size());
        adjacency.append(slot, edge.neighbor, edge.score);
        expected.get(slot).add(edge);
      }
    }
    int[] copy = new int[maxDegree];
    long[] pairs = new long[maxDegree];
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

  public void testPutAndContains() {
    FlatAdjacency adjacency = new FlatAdjacency(null, 3, 2);
    adjacency.put(1, 0, 2, -4);
    assertTrue(adjacency.contains(1, 2));
    assertFalse(adjacency.contains(1, 0));
    adjacency.put(1, 1, 0, -1);
    adjacency.put(1, 0, 1, -2);
    assertEquals(2, adjacency.degree(1));
    assertFalse(adjacency.contains(1, 2));
    assertEquals(1, adjacency.neighbor(1, 0));
    assertEquals(-2, adjacency.score(1, 0), 0f);
    assertEquals(0, adjacency.neighbor(1, 1));
  }

  /** Over several pages, dense and not. */
  public void testMoveTo() throws IOException {
    int maxDegree = 300; // 512 lists to a page
    int size = 1300;
    int[] ordinals = new int[size];
    for (int i = 0, ordinal = 0; i < size; i++) {
      ordinal += random().nextInt(1, 4);
      ordinals[i] = ordinal;
    }
    int newSize = ordinals[size - 1] + random().nextInt(1, 2000);
    FlatAdjacency dense = new FlatAdjacency(null, size, maxDegree);
    int[] nodes = IntStream.range(0, size).map(i -> 2 * i).toArray();
    FlatAdjacency sparse = new FlatAdjacency(nodes, size, maxDegree);
    int[] doubled = IntStream.range(0, 2 * size).map(i -> 3 * i).toArray();
    for (int slot = 0; slot < size; slot++) {
      for (int i = 0; i < slot % (maxDegree + 1); i++) {
        dense.append(slot, (slot + i) % size, slot - i);
        sparse.append(slot, nodes[(slot + i) % size], slot - i);
      }
    }
    AtomicInteger pages = new AtomicInteger();
    FlatAdjacency movedDense = dense.moveTo(ordinals, null, newSize, pages::incrementAndGet);
    assertEquals("one call for each page", 3, pages.get());
    int[] movedNodes = IntStream.range(0, size).map(i -> 6 * i).toArray();
    FlatAdjacency movedSparse = sparse.moveTo(doubled, movedNodes, size, () -> {});
    assertEquals(newSize, movedDense.size());
    assertEquals(size, movedSparse.size());
    long edges = 0;
    for (int slot = 0; slot < size; slot++) {
      edges += slot % (maxDegree + 1);
      assertEquals(slot % (maxDegree + 1), movedDense.degree(ordinals[slot]));
      assertEquals(slot % (maxDegree + 1), movedSparse.degree(slot));
      assertEquals(movedNodes[slot], movedSparse.ordinalAt(slot));
      for (int i = 0; i < slot % (maxDegree + 1); i++) {
        assertEquals(ordinals[(slot + i) % size], movedDense.neighbor(ordinals[slot], i));
        assertEquals(movedNodes[(slot + i) % size], movedSparse.neighbor(slot, i));
        assertEquals(slot - i, movedDense.score(ordinals[slot], i), 0f);
        assertEquals(slot - i, movedSparse.score(slot, i), 0f);
      }
    }
    assertEquals("others have no neighbours", edges, movedDense.edges());
    movedDense.append(newSize - 1, 0, 0); // there is room for all
  }

  public void testMoveToEndsWithAnException() {
    FlatAdjacency adjacency = new FlatAdjacency(null, 1300, 300);
    int[] same = IntStream.range(0, 1300).toArray();
    AtomicInteger pages = new AtomicInteger();
    IOException thrown =
        expectThrows(
            IOException.class,
            () ->
                adjacency.moveTo(
                    same,
                    null,
                    1300,
                    () -> {
                      if (pages.incrementAndGet() == 2) {
                        throw new IOException("stop");
                      }
                    }));
    assertEquals("stop", thrown.getMessage());
    assertEquals(2, pages.get());
  }

  /** No page and full pages only. */
  public void testFullPages() {
    for (int size : new int[] {0, 256, 1024}) { // 256 lists to a page
      FlatAdjacency adjacency = new FlatAdjacency(null, size, 1024);
      for (int slot = 0; slot < size; slot++) {
        adjacency.append(slot, size - slot, slot);
      }
      assertEquals(size, adjacency.edges());
      for (int slot = 0; slot < size; slot++) {
        assertEquals(size - slot, adjacency.neighbor(slot, 0));
      }
    }
  }

  /** What an adjacency really takes, of which pages and other objects are a small part. */
  public void testEstimate() {
    for (int[] shape : new int[][] {{1000, 32}, {20_000, 32}, {700, 1024}, {70_000, 6}}) {
      FlatAdjacency adjacency = new FlatAdjacency(null, shape[0], shape[1]);
      double taken = RamUsageTester.ramUsed(adjacency);
      long estimate = FlatAdjacency.estimateBytes(shape[0], shape[1]);
      assertEquals(Arrays.toString(shape), 1, taken / estimate, 0.02);
    }
    assertEquals(0, FlatAdjacency.estimateBytes(0, 32));
    assertEquals("no overflow", 277_025_390_592L, FlatAdjacency.estimateBytes(1 << 30, 32));
  }
}
