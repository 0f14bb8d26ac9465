// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.insertion;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.SplitMix;
import java.io.IOException;

/**
 * The order in which the nodes of a level are inserted: those of the level above first, the others
 * shuffled, because documents often arrive sorted by topic. On the top level the entry point comes
 * first.
 */
public final class InsertionOrder {
  /** Nodes that are ordered between two abort checks. */
  private static final int CHECK_INTERVAL = 1 << 14;

  private InsertionOrder() {}

  /**
   * Returns the ordinals of a level's nodes in the order of insertion.
   *
   * @param above the level above; null for the top level
   * @param seed of the shuffle
   * @param parallel runs the abort check
   * @throws IOException whatever the abort check throws
   */
  public static int[] of(
      FlatAdjacency level, FlatAdjacency above, long seed, ParallelRanges parallel)
      throws IOException {
    int first = above == null ? 1 : above.size();
    int[] order = new int[level.size()];
    int[] shuffled = new int[level.size() - first];
    int ordered = 0;
    int others = 0;
    for (int slot = 0; slot < level.size(); slot++) {
      if (slot % CHECK_INTERVAL == 0) {
        parallel.checkAborted();
      }
      int ordinal = level.ordinalAt(slot);
      if (above == null ? slot == 0 : above.slotOf(ordinal) >= 0) {
        order[ordered++] = ordinal;
      } else {
        shuffled[others++] = ordinal;
      }
    }
    SplitMix.shuffle(shuffled, seed);
    System.arraycopy(shuffled, 0, order, first, shuffled.length);
    return order;
  }
}
