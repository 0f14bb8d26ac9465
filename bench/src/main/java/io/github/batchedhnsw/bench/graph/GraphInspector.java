// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.graph;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.hnsw.HnswGraph;

/** Reads a whole HNSW graph and reports on every level, the top one first. */
public final class GraphInspector {
  private GraphInspector() {}

  /**
   * Inspects all levels.
   *
   * <p>On the top level a search enters at the entry node. A node of a lower level counts as
   * reachable if a path inside that level leads to it from any node of the level above that is
   * itself reachable: that is where a search can come down.
   *
   * @throws IOException when the graph cannot be read
   */
  public static List<LevelReport> inspect(HnswGraph graph) throws IOException {
    List<LevelReport> reports = new ArrayList<>();
    if (graph.size() == 0) {
      return reports;
    }
    FixedBitSet reached = new FixedBitSet(graph.maxNodeId() + 1);
    reached.set(graph.entryNode());
    for (int level = graph.numLevels() - 1; level >= 0; level--) {
      int[][] neighbors = neighbors(graph, level);
      reach(neighbors, reached);
      reports.add(report(level, neighbors, reached));
    }
    return reports;
  }

  /** Neighbour lists by node, null for nodes that are not on the level. */
  private static int[][] neighbors(HnswGraph graph, int level) throws IOException {
    int[][] neighbors = new int[graph.maxNodeId() + 1][];
    int[] scratch = new int[16];
    HnswGraph.NodesIterator nodes = graph.getNodesOnLevel(level);
    while (nodes.hasNext()) {
      int node = nodes.nextInt();
      int degree = 0;
      graph.seek(level, node);
      for (int next = graph.nextNeighbor();
          next != DocIdSetIterator.NO_MORE_DOCS;
          next = graph.nextNeighbor()) {
        if (degree == scratch.length) {
          scratch = Arrays.copyOf(scratch, 2 * degree);
        }
        scratch[degree++] = next;
      }
      neighbors[node] = Arrays.copyOf(scratch, degree);
    }
    return neighbors;
  }

  /** Adds all nodes that can be reached inside the level. */
  private static void reach(int[][] neighbors, FixedBitSet reached) {
    int[] queue = new int[neighbors.length];
    int tail = 0;
    for (int node = 0; node < neighbors.length; node++) {
      if (reached.get(node)) {
        queue[tail++] = node;
      }
    }
    for (int head = 0; head < tail; head++) {
      int[] list = neighbors[queue[head]];
      for (int next : list == null ? new int[0] : list) {
        if (neighbors[next] != null && !reached.getAndSet(next)) {
          queue[tail++] = next;
        }
      }
    }
  }

  private static LevelReport report(int level, int[][] neighbors, FixedBitSet reached) {
    int nodes = 0;
    long edges = 0;
    int unreachable = 0;
    long selfLoops = 0;
    long repeated = 0;
    long outOfLevel = 0;
    long withoutReverse = 0;
    FixedBitSet linked = new FixedBitSet(neighbors.length);
    int[][] sorted = sorted(neighbors);
    for (int node = 0; node < neighbors.length; node++) {
      if (sorted[node] == null) {
        continue;
      }
      nodes++;
      edges += sorted[node].length;
      unreachable += reached.get(node) ? 0 : 1;
      for (int i = 0; i < sorted[node].length; i++) {
        int next = sorted[node][i];
        if (next == node) {
          selfLoops++;
        } else if (i > 0 && sorted[node][i - 1] == next) {
          repeated++;
        } else if (sorted[next] == null) {
          outOfLevel++;
        } else {
          linked.set(next);
          withoutReverse += Arrays.binarySearch(sorted[next], node) < 0 ? 1 : 0;
        }
      }
    }
    return new LevelReport(
        level,
        nodes,
        edges,
        nodes - linked.cardinality(),
        unreachable,
        selfLoops,
        repeated,
        outOfLevel,
        withoutReverse,
        degreeCounts(sorted));
  }

  private static int[][] sorted(int[][] neighbors) {
    int[][] sorted = new int[neighbors.length][];
    for (int node = 0; node < neighbors.length; node++) {
      if (neighbors[node] != null) {
        sorted[node] = neighbors[node].clone();
        Arrays.sort(sorted[node]);
      }
    }
    return sorted;
  }

  private static long[] degreeCounts(int[][] neighbors) {
    int maxDegree = 0;
    for (int[] list : neighbors) {
      maxDegree = list == null ? maxDegree : Math.max(maxDegree, list.length);
    }
    long[] counts = new long[maxDegree + 1];
    for (int[] list : neighbors) {
      if (list != null) {
        counts[list.length]++;
      }
    }
    return counts;
  }
}
