package io.github.batchedhnsw.build;

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

  int leaves() {
    return starts.length - 1;
  }
}
