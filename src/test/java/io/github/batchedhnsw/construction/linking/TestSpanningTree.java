// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.linking;

import io.github.batchedhnsw.construction.Graphs;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.graph.FlatAdjacency;
import java.io.IOException;
import org.apache.lucene.tests.util.LuceneTestCase;

public class TestSpanningTree extends LuceneTestCase {

  private static SpanningTree tree(FlatAdjacency level, int mostAttached) throws IOException {
    return new SpanningTree(level, 0, mostAttached, ParallelRanges.serial());
  }

  private static FlatAdjacency level(int size, int maxDegree) {
    return new FlatAdjacency(null, size, maxDegree);
  }

  private static void link(FlatAdjacency level, int from, int... to) {
    for (int node : to) {
      level.append(from, node, 0);
    }
  }

  public void testReaches() throws IOException {
    FlatAdjacency level = level(5, 4);
    link(level, 0, 1);
    link(level, 1, 2);
    link(level, 3, 0, 4); // leads to the root, but nothing leads there
    SpanningTree tree = tree(level, 1);
    for (int slot = 0; slot < 5; slot++) {
      assertEquals("slot " + slot, slot <= 2, tree.reaches(slot));
    }
    tree.attach(3, 2, 0);
    assertTrue("what hangs on it comes along", tree.reaches(3) && tree.reaches(4));
  }

  /** An edge that leads to a child is not replaced; one that leads elsewhere is. */
  public void testEdgesOfTheTreeStay() throws IOException {
    FlatAdjacency level = level(5, 3);
    link(level, 0, 1, 2, 3);
    link(level, 1, 0, 2, 3);
    SpanningTree tree = tree(level, 5);
    assertNotEquals("all edges of the root lead to children", 0, tree.hostNear(0, 4));
    assertEquals("those to the children of another do not matter", 1, tree.hostNear(1, 4));
    tree.attach(4, 1, 0);
    assertTrue(level.contains(1, 4));
    assertTrue("the only edge to the root", level.contains(1, 0));
    assertEquals(5, Graphs.reachable(level, 0));
  }

  /** Below a host that has taken as many as it may, there is another. */
  public void testHostsTakeTurns() throws IOException {
    int size = random().nextInt(10, 200);
    int maxDegree = random().nextInt(2, 8);
    int mostAttached = random().nextInt(1, 3);
    FlatAdjacency level = level(size, maxDegree);
    link(level, 0, 1);
    SpanningTree tree = tree(level, mostAttached);
    int[] attached = new int[size];
    for (int slot = 2; slot < size; slot++) {
      int host = tree.hostNear(0, slot);
      attached[host]++;
      tree.attach(slot, host, 0);
    }
    assertEquals(size, Graphs.reachable(level, 0));
    for (int slot = 0; slot < size; slot++) {
      int most = slot < 2 ? mostAttached : 2 * mostAttached;
      assertTrue("slot " + slot + ": " + attached[slot], attached[slot] <= most);
    }
  }

  /** A list that holds the root keeps it, whoever is attached. */
  public void testEdgeToTheRootStays() throws IOException {
    int size = random().nextInt(20, 200);
    FlatAdjacency level = level(size, random().nextInt(2, 6));
    link(level, 0, 1);
    link(level, 1, 0);
    SpanningTree tree = tree(level, level.maxDegree());
    assertTrue(tree.leadsToRoot());
    for (int slot = 2; slot < size; slot++) {
      tree.attach(slot, tree.hostNear(random().nextInt(slot), slot), 0);
    }
    assertTrue(level.contains(1, 0));
    assertEquals(size, Graphs.reachable(level, 0));
  }

  public void testRootThatIsInNoList() throws IOException {
    FlatAdjacency level = level(3, 2);
    link(level, 0, 1);
    link(level, 1, 2);
    SpanningTree tree = tree(level, 1);
    assertFalse(tree.leadsToRoot());
    int host = tree.hostNear(1, 0);
    tree.attachRoot(host, 0);
    assertTrue(tree.leadsToRoot());
    assertTrue(level.contains(host, 0));
    assertEquals(3, Graphs.reachable(level, 0));
  }
}
