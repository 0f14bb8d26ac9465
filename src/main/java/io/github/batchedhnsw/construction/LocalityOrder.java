package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.graph.FlatAdjacency;
import java.util.Arrays;

/**
 * An order of a level's slots in which neighbours are close to each other, so that what is read for
 * one is still cached for the next: by the first leaf that a node is in.
 *
 * @param slots every slot, in this order
 * @param ranks for every slot, its position in the order
 */
record LocalityOrder(int[] slots, int[] ranks) {

  static LocalityOrder of(Partition partition, FlatAdjacency level) {
    int[] slots = new int[level.size()];
    int[] ranks = new int[level.size()];
    Arrays.fill(ranks, -1);
    int rank = 0;
    for (int ordinal : partition.members()) {
      int slot = level.slotOf(ordinal);
      if (ranks[slot] < 0) {
        ranks[slot] = rank;
        slots[rank++] = slot;
      }
    }
    assert rank == slots.length : "every node is in a leaf";
    return new LocalityOrder(slots, ranks);
  }
}
