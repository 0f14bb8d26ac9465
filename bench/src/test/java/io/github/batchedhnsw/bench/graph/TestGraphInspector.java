// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.graph;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.junit.Test;

public class TestGraphInspector {

  @Test
  public void countsWhatIsWrong() throws IOException {
    // Level 1: 0 <-> 3. Level 0: 4 links out but nobody links to it; 5 and 6 only know each other;
    // 1 links to itself and lists 2 twice.
    int[][] level0 = {{1}, {0, 1, 2, 2}, {1}, {2}, {0}, {6}, {5}};
    int[][] level1 = {{3}, null, null, {0, 6}, null, null, null};
    List<LevelReport> reports = GraphInspector.inspect(graph(0, level0, level1));
    assertEquals(2, reports.size());
    LevelReport top = reports.get(0);
    assertEquals(2, top.nodes());
    assertEquals(1, top.outOfLevel());
    assertEquals(0, top.unreachable());
    LevelReport bottom = reports.get(1);
    assertEquals(7, bottom.nodes());
    assertEquals(10, bottom.edges());
    assertEquals(2, bottom.inDegreeZero());
    assertEquals(3, bottom.unreachable());
    assertEquals(1, bottom.selfLoops());
    assertEquals(1, bottom.repeated());
    assertEquals(2, bottom.withoutReverse());
    assertArrayEquals(new long[] {0, 6, 0, 0, 1}, bottom.degreeCounts());
  }

  @Test
  public void anEmptyGraphHasNoLevels() throws IOException {
    assertEquals(List.of(), GraphInspector.inspect(HnswGraph.EMPTY));
  }

  private static HnswGraph graph(int entry, int[][]... levels) {
    return new HnswGraph() {
      private int[] list;
      private int next;

      @Override
      public void seek(int level, int target) {
        list = levels[level][target];
        next = 0;
      }

      @Override
      public int size() {
        return levels[0].length;
      }

      @Override
      public int nextNeighbor() {
        return next < list.length ? list[next++] : DocIdSetIterator.NO_MORE_DOCS;
      }

      @Override
      public int numLevels() {
        return levels.length;
      }

      @Override
      public int maxConn() {
        return 2;
      }

      @Override
      public int entryNode() {
        return entry;
      }

      @Override
      public int neighborCount() {
        return list.length;
      }

      @Override
      public NodesIterator getNodesOnLevel(int level) {
        int[] nodes =
            java.util.stream.IntStream.range(0, levels[level].length)
                .filter(node -> levels[level][node] != null)
                .toArray();
        return new ArrayNodesIterator(nodes);
      }
    };
  }
}
