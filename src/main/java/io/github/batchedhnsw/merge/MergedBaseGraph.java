// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.merge;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import io.github.batchedhnsw.construction.BaseGraph;
import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.util.RamUsageEstimator;
import org.apache.lucene.util.hnsw.HnswGraph;

/**
 * The graph of one merged segment in terms of the merged ordinals, without what was deleted. Lists
 * are read when they are asked for. The maps take eight heap bytes per vector of that segment.
 */
final class MergedBaseGraph implements BaseGraph {
  private final MergeSource source;
  private final int[] nodes; // merged ordinals, ascending
  private final int[] oldOrdinals; // of the nodes

  /**
   * @param source the segment whose graph it is
   */
  MergedBaseGraph(MergeSource source) {
    this.source = source;
    // An index sort may have changed the order of the segment's vectors.
    long[] pairs = new long[source.live()];
    int count = 0;
    int[] newOrdinals = source.newOrdinals();
    for (int old = 0; old < newOrdinals.length; old++) {
      if (newOrdinals[old] >= 0) {
        pairs[count++] = (long) newOrdinals[old] << Integer.SIZE | old;
      }
    }
    Arrays.sort(pairs);
    this.nodes = new int[count];
    this.oldOrdinals = new int[count];
    for (int i = 0; i < count; i++) {
      nodes[i] = (int) (pairs[i] >>> Integer.SIZE);
      oldOrdinals[i] = (int) pairs[i];
    }
  }

  @Override
  public int[] nodes() {
    return nodes;
  }

  /**
   * Heap bytes of the two maps made here and of the segment's map from old ordinals to new ones.
   */
  @Override
  public long ramBytesUsed() {
    return RamUsageEstimator.sizeOf(nodes)
        + RamUsageEstimator.sizeOf(oldOrdinals)
        + RamUsageEstimator.sizeOf(source.newOrdinals());
  }

  @Override
  public Cursor cursor() throws IOException {
    return new ListCursor(source.graph().get());
  }

  private final class ListCursor implements Cursor {
    private final HnswGraph graph;
    private final int[] lostOrdinals = new int[maxNeighbors()]; // in the segment's terms
    private int ordinal;
    private int lost;

    ListCursor(HnswGraph graph) {
      this.graph = graph;
    }

    @Override
    public int maxNeighbors() {
      return 2 * source.maxConn();
    }

    @Override
    public int neighbors(int ordinal, int[] destination) throws IOException {
      int[] newOrdinals = source.newOrdinals();
      this.ordinal = ordinal;
      lost = 0;
      int count = 0;
      graph.seek(0, oldOrdinals[Arrays.binarySearch(nodes, ordinal)]);
      for (int old; (old = graph.nextNeighbor()) != NO_MORE_DOCS; ) {
        if (newOrdinals[old] < 0) {
          if (lost < lostOrdinals.length) {
            lostOrdinals[lost++] = old;
          }
        } else if (count < destination.length) {
          destination[count++] = newOrdinals[old];
        }
      }
      return count;
    }

    @Override
    public int lost() {
      return lost;
    }

    @Override
    public int appendNeighborsOfLost(int[] destination, int count) throws IOException {
      int end = count;
      for (int i = 0; i < lost && end < destination.length; i++) {
        graph.seek(0, lostOrdinals[i]);
        for (int old; (old = graph.nextNeighbor()) != NO_MORE_DOCS; ) {
          int other = source.newOrdinals()[old];
          if (other >= 0 && other != ordinal && end < destination.length) {
            destination[end++] = other;
          }
        }
      }
      return end;
    }
  }
}
