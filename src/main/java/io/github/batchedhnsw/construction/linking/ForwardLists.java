// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.linking;

import io.github.batchedhnsw.graph.FlatAdjacency;
import java.util.BitSet;

/**
 * The neighbour lists of a level as bulk construction makes them, before reverse edges are added.
 *
 * @param level holds the lists
 * @param selecting slots of the nodes that select their neighbours; null for all. The lists of the
 *     other nodes are kept from an existing graph, and only reverse edges change them
 * @param diverse number of diverse neighbours by slot, long edges included, or the length of a list
 *     that is kept. These neighbours come first; non-diverse ones fill the list
 */
public record ForwardLists(FlatAdjacency level, BitSet selecting, short[] diverse) {

  /** Lists without neighbours, all of whose nodes select some. */
  public ForwardLists(FlatAdjacency level) {
    this(level, null, new short[level.size()]);
  }

  /** Whether the node at a slot selects its neighbours. */
  public boolean selects(int slot) {
    return selecting == null || selecting.get(slot);
  }

  /** Whether all lists are kept from an existing graph. */
  public boolean areAllKept() {
    return selecting != null && selecting.isEmpty();
  }

  /** Slots of the nodes that select their neighbours, ascending. */
  int[] selectingSlots() {
    int[] slots = new int[selecting == null ? level.size() : selecting.cardinality()];
    for (int i = 0, slot = 0; i < slots.length; i++, slot++) {
      slot = selecting == null ? slot : selecting.nextSetBit(slot);
      slots[i] = slot;
    }
    return slots;
  }
}
