package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.graph.FlatAdjacency;

/**
 * Overlapping groups of nodes.
 *
 * @param members ordinals, leaf by leaf
 * @param starts where each leaf starts in {@code members}, and where the last one ends
 */
record Partition(int[] members, int[] starts) {

  /** The partition with one leaf. */
  static Partition single(int[] nodes) {
    return new Partition(nodes, new int[] {0, nodes.length});
  }

  /**
   * Nodes with their candidates: those that know each other through one node are often near (as in
   * NN-descent, Dong et al., WWW 2011).
   *
   * @param slots of the nodes, from {@code from} to {@code to}
   */
  static Partition neighborhoods(FlatAdjacency level, int[] slots, int from, int to) {
    int[] starts = new int[to - from + 1];
    for (int leaf = 0; leaf < to - from; leaf++) {
      starts[leaf + 1] = Math.addExact(starts[leaf], 1 + level.degree(slots[from + leaf]));
    }
    int[] members = new int[starts[to - from]];
    for (int leaf = 0; leaf < to - from; leaf++) {
      int slot = slots[from + leaf];
      members[starts[leaf]] = level.ordinalAt(slot);
      for (int i = 0; i < level.degree(slot); i++) {
        members[starts[leaf] + 1 + i] = level.neighbor(slot, i);
      }
    }
    return new Partition(members, starts);
  }

  int leaves() {
    return starts.length - 1;
  }
}
