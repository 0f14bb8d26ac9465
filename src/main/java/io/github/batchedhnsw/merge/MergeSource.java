// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.merge;

import org.apache.lucene.util.IOSupplier;
import org.apache.lucene.util.hnsw.HnswGraph;

/**
 * The vectors of one segment that is merged.
 *
 * @param newOrdinals for every vector its ordinal in the merged segment, -1 for a deleted one
 * @param live number of vectors that are not deleted
 * @param maxConn M of the segment's graph; 0 where it has none
 * @param graph opens the segment's graph, each time for one thread; null where it has none
 */
public record MergeSource(int[] newOrdinals, int live, int maxConn, IOSupplier<HnswGraph> graph) {

  /** A segment without a graph that can be used. */
  public static MergeSource withoutGraph(int[] newOrdinals) {
    return new MergeSource(newOrdinals, countLive(newOrdinals), 0, null);
  }

  /**
   * A segment with a graph over all its vectors.
   *
   * @param maxConn M of the graph, at least 1
   */
  public static MergeSource of(int[] newOrdinals, int maxConn, IOSupplier<HnswGraph> graph) {
    return new MergeSource(newOrdinals, countLive(newOrdinals), maxConn, graph);
  }

  private static int countLive(int[] newOrdinals) {
    int live = 0;
    for (int ordinal : newOrdinals) {
      live += ordinal >= 0 ? 1 : 0;
    }
    return live;
  }

  /** Number of vectors, deleted ones included. */
  public int size() {
    return newOrdinals.length;
  }

  boolean hasGraph() {
    return graph != null;
  }

  boolean hasDeletes() {
    return live < size();
  }
}
