// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

/**
 * What determines a graph, besides the vectors. The same parameters and vectors always give the
 * same graph, on any number of workers. Validated by the format; see {@code
 * BatchedHnswVectorsFormat}.
 *
 * @param maxConn M: most neighbours of a node on the upper levels; level 0 allows twice as many
 * @param beamWidth number of candidates tracked while looking for a node's neighbours
 * @param seed of levels and orders
 * @param memoryBudgetBytes heap that a build should not exceed, besides the vectors and what each
 *     worker needs; 0 or more, see {@link GraphBuilders}
 * @param joinedShare share of the nodes that Lucene would not insert but join, 0 to 1: those of
 *     merged segments with graphs and without deleted vectors, except the largest one. Lucene looks
 *     for their neighbours among the neighbours of other nodes, and finds fewer
 */
public record BuildParams(
    int maxConn, int beamWidth, long seed, long memoryBudgetBytes, double joinedShare) {
  /** The seed of every build of the codec, so that equal input gives equal bytes. */
  public static final long DEFAULT_SEED = 42;

  /** The budget of a build without a memory limit. */
  public static final long UNLIMITED_MEMORY = Long.MAX_VALUE;

  /** Parameters with the {@link #DEFAULT_SEED} and {@link #UNLIMITED_MEMORY}. */
  public BuildParams(int maxConn, int beamWidth) {
    this(maxConn, beamWidth, DEFAULT_SEED);
  }

  /** Parameters with {@link #UNLIMITED_MEMORY}. */
  public BuildParams(int maxConn, int beamWidth, long seed) {
    this(maxConn, beamWidth, seed, UNLIMITED_MEMORY, 0);
  }

  /** Returns the same parameters with another budget. */
  public BuildParams withMemoryBudget(long bytes) {
    return new BuildParams(maxConn, beamWidth, seed, bytes, joinedShare);
  }

  /** Returns the same parameters with the budget reduced by what concurrent builds take. */
  public BuildParams withOthersReserved(long bytes) {
    return memoryBudgetBytes == UNLIMITED_MEMORY
        ? this
        : withMemoryBudget(Math.max(0, memoryBudgetBytes - bytes));
  }

  /** Returns the same parameters with another share of joined nodes. */
  public BuildParams withJoinedShare(double share) {
    return new BuildParams(maxConn, beamWidth, seed, memoryBudgetBytes, share);
  }

  /**
   * Degree to which a list that overflowed is filled up again with its nearest non-diverse
   * neighbours. The slack lets the next reverse edges be appended without another selection.
   */
  int targetDegree(int maxDegree) {
    return maxDegree - maxDegree / 8;
  }

  /**
   * Degree to which a new node's own list is filled with its nearest non-diverse candidates.
   * Without filling, recall at a given search width was slightly below stock's on data of high
   * intrinsic dimension.
   */
  int ownTargetDegree(int maxDegree) {
    return maxDegree * 5 / 16;
  }
}
