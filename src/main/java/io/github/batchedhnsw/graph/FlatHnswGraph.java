// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.graph;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.util.List;
import org.apache.lucene.util.hnsw.HnswGraph;

/**
 * A finished graph: one {@link FlatAdjacency} per level, level 0 first, and M. Immutable by
 * convention once built; safe to read from several threads.
 *
 * <p>The entry point is the lowest ordinal of the top level, which is what the reader of the stock
 * layout assumes.
 */
public record FlatHnswGraph(int maxConn, List<FlatAdjacency> levels) {

  /** Number of nodes. */
  public int size() {
    return levels.get(0).size();
  }

  /** Number of levels, at least 1. */
  public int numLevels() {
    return levels.size();
  }

  /** One level, 0 being the one with all nodes. */
  public FlatAdjacency level(int level) {
    return levels.get(level);
  }

  /** Ordinal of the node at which every search starts. */
  public int entryPoint() {
    return levels.get(levels.size() - 1).ordinalAt(0);
  }

  /** Most neighbours of a node on a level: twice M on level 0, M above. */
  public static int maxDegree(int maxConn, int level) {
    return level == 0 ? 2 * maxConn : maxConn;
  }

  /** A new cursor in Lucene's terms, for one thread. */
  public HnswGraph view() {
    return new View();
  }

  private final class View extends HnswGraph {
    private FlatAdjacency current;
    private int slot;
    private int next;

    @Override
    public void seek(int level, int target) {
      current = level(level);
      slot = current.slotOf(target);
      next = 0;
    }

    @Override
    public int size() {
      return FlatHnswGraph.this.size();
    }

    @Override
    public int nextNeighbor() {
      return next < current.degree(slot) ? current.neighbor(slot, next++) : NO_MORE_DOCS;
    }

    @Override
    public int numLevels() {
      return FlatHnswGraph.this.numLevels();
    }

    @Override
    public int maxConn() {
      return maxConn;
    }

    @Override
    public int entryNode() {
      return entryPoint();
    }

    @Override
    public int neighborCount() {
      return current.degree(slot);
    }

    @Override
    public NodesIterator getNodesOnLevel(int level) {
      FlatAdjacency adjacency = level(level);
      int[] nodes = new int[adjacency.size()];
      for (int i = 0; i < nodes.length; i++) {
        nodes[i] = adjacency.ordinalAt(i);
      }
      return new ArrayNodesIterator(nodes, nodes.length);
    }
  }
}
