// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.graph;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.hnsw.HnswGraph;

/** The graph as Lucene sees it. */
public class TestFlatHnswGraph extends LuceneTestCase {

  private static FlatHnswGraph randomGraph(int size, int maxConn) {
    int[][] nodes = LevelAssignment.nodesByLevel(random().nextLong(), size, maxConn);
    List<FlatAdjacency> levels = new ArrayList<>();
    for (int l = 0; l < nodes.length; l++) {
      int count = l == 0 ? size : nodes[l].length;
      FlatAdjacency level = new FlatAdjacency(nodes[l], count, FlatHnswGraph.maxDegree(maxConn, l));
      for (int slot = 0; slot < count; slot++) {
        for (int i = random().nextInt(level.maxDegree() + 1); i > 0; i--) {
          level.append(slot, level.ordinalAt(random().nextInt(count)), random().nextFloat());
        }
      }
      levels.add(level);
    }
    return new FlatHnswGraph(maxConn, levels);
  }

  public void testViewShowsTheLevels() throws IOException {
    FlatHnswGraph graph = randomGraph(random().nextInt(1, 1000), random().nextInt(2, 9));
    assertEquals(graph.levels().size(), graph.numLevels());
    HnswGraph view = graph.view();
    assertEquals(graph.size(), view.size());
    assertEquals(graph.numLevels(), view.numLevels());
    assertEquals(graph.maxConn(), view.maxConn());
    assertEquals(graph.entryPoint(), view.entryNode());
    for (int l = 0; l < graph.numLevels(); l++) {
      FlatAdjacency level = graph.level(l);
      HnswGraph.NodesIterator nodes = view.getNodesOnLevel(l);
      assertEquals(level.size(), nodes.size());
      for (int slot = 0; slot < level.size(); slot++) {
        int ordinal = nodes.nextInt();
        assertEquals(level.ordinalAt(slot), ordinal);
        view.seek(l, ordinal);
        assertEquals(level.degree(slot), view.neighborCount());
        for (int i = 0; i < level.degree(slot); i++) {
          assertEquals(level.neighbor(slot, i), view.nextNeighbor());
        }
        assertEquals(NO_MORE_DOCS, view.nextNeighbor());
      }
      assertFalse(nodes.hasNext());
    }
  }

  public void testEntryPointIsTheLowestOrdinalOfTheTopLevel() {
    FlatAdjacency level0 = new FlatAdjacency(null, 10, 4);
    assertEquals(0, new FlatHnswGraph(2, List.of(level0)).entryPoint());
    FlatAdjacency level1 = new FlatAdjacency(new int[] {3, 7}, 2, 2);
    assertEquals(3, new FlatHnswGraph(2, List.of(level0, level1)).entryPoint());
  }

  public void testViewsAreIndependent() throws IOException {
    FlatAdjacency level = new FlatAdjacency(null, 3, 4);
    level.append(0, 1, 0);
    level.append(0, 2, 0);
    level.append(1, 0, 0);
    FlatHnswGraph graph = new FlatHnswGraph(2, List.of(level));
    HnswGraph first = graph.view();
    HnswGraph second = graph.view();
    first.seek(0, 0);
    second.seek(0, 1);
    assertEquals(0, second.nextNeighbor());
    assertEquals(1, first.nextNeighbor());
    assertEquals(NO_MORE_DOCS, second.nextNeighbor());
    assertEquals(2, first.nextNeighbor());
  }

  public void testMaxDegree() {
    assertEquals(32, FlatHnswGraph.maxDegree(16, 0));
    assertEquals(16, FlatHnswGraph.maxDegree(16, 1));
    assertEquals(16, FlatHnswGraph.maxDegree(16, 5));
  }
}
