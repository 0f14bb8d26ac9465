package io.github.batchedhnsw.build;

/**
 * The numbers of a bulk build on one level; see {@link PartitionGraphBuilder} for what they do.
 * They were found by measuring, for M 16 and beam width 100, and follow M and the beam width from
 * there.
 *
 * @param maxDegree most neighbours of a node
 * @param candidates best ones kept for a node before neighbours are selected
 * @param picks nearest members of a leaf that each member takes as candidates
 * @param forwardFill degree up to which a node's own choice is filled with its nearest others
 * @param targetFill the same after a list overflowed by reverse edges
 * @param reverseDegree number of neighbours that a node makes itself known to
 */
record BulkParams(
    int maxDegree, int candidates, int picks, int forwardFill, int targetFill, int reverseDegree) {

  /** Members of a leaf, on average. */
  static final int LEAF_SIZE = 320;

  /** Leaves that a node joins in one round. */
  static final int FANOUT = 3;

  /** Up to this many nodes are one leaf. */
  static final int SINGLE_LEAF = 512;

  static BulkParams of(int maxDegree) {
    return new BulkParams(
        maxDegree,
        maxDegree + maxDegree / 2,
        Math.max(5, maxDegree * 6 / 32),
        maxDegree * 26 / 32,
        maxDegree * 30 / 32,
        Math.max(1, maxDegree / 2));
  }

  /** Longest list of candidates that neighbours are selected from. */
  int maxConsidered() {
    return 2 * maxDegree;
  }
}
