// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.FlatHnswGraph;
import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.store.IndexOutput;

/** Writes the neighbour lists of a graph, see {@link HnswFileLayout}. */
final class GraphEncoder {
  /** Lists written between two abort checks. */
  private static final int GRAIN = 4096;

  private GraphEncoder() {}

  /**
   * Writes all lists.
   *
   * @param parallel runs the abort check
   * @return for each level the length in bytes of each node's list, in the order of writing
   */
  static int[][] write(FlatHnswGraph graph, IndexOutput vectorIndex, ParallelRanges parallel)
      throws IOException {
    int[][] listLengthsBytes = new int[graph.numLevels()][];
    int[] scratch = new int[FlatHnswGraph.maxDegree(graph.maxConn(), 0)];
    for (int l = 0; l < graph.numLevels(); l++) {
      FlatAdjacency level = graph.level(l);
      listLengthsBytes[l] = new int[level.size()];
      int[] lengthsBytes = listLengthsBytes[l];
      parallel.inOrder(
          level.size(),
          GRAIN,
          (worker, from, to) -> {
            for (int slot = from; slot < to; slot++) {
              long start = vectorIndex.getFilePointer();
              int count = level.copyNeighbors(slot, scratch);
              Arrays.sort(scratch, 0, count);
              toDeltas(scratch, count);
              vectorIndex.writeVInt(count);
              vectorIndex.writeGroupVInts(scratch, count);
              lengthsBytes[slot] = (int) (vectorIndex.getFilePointer() - start);
            }
          });
    }
    return listLengthsBytes;
  }

  /**
   * Replaces strictly ascending values, from the second on, by the difference from the previous
   * one.
   */
  static void toDeltas(int[] values, int count) {
    for (int i = count - 1; i > 0; i--) {
      values[i] -= values[i - 1];
      assert values[i] > 0 : "a value occurs twice";
    }
  }
}
