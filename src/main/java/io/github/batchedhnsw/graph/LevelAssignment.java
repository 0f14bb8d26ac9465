// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.graph;

/**
 * Draws the highest level of each node from a hash of (seed, ordinal), so that it depends neither
 * on the order of insertion nor on threads. The distribution is that of the HNSW paper (arXiv
 * 1603.09320, section 4): {@code floor(-ln(uniform) / ln(maxConn))}. Stateless.
 */
public final class LevelAssignment {
  private LevelAssignment() {}

  /**
   * The highest level of a node, 0 or more.
   *
   * @param seed seed of the build
   * @param ordinal the node
   * @param maxConn M, at least 1
   */
  public static int levelOf(long seed, int ordinal, int maxConn) {
    // 53 random bits, moved into (0, 1] because the logarithm of 0 is undefined
    double uniform = ((SplitMix.hash(seed, ordinal) >>> 11) + 1) * 0x1p-53;
    double levelFactor = maxConn == 1 ? 1 : 1 / StrictMath.log(maxConn);
    return (int) (-StrictMath.log(uniform) * levelFactor);
  }

  /**
   * How many nodes the levels above 0 have together, as expected.
   *
   * @param size number of nodes
   * @param maxConn M, at least 1
   */
  public static long expectedUpperNodes(int size, int maxConn) {
    // Each level has 1/M of the nodes of the one below, 1/e if M is 1.
    return (long) Math.ceil(size / ((maxConn == 1 ? Math.E : maxConn) - 1));
  }

  /**
   * The nodes of every level: element L lists the ordinals whose highest level is L or more, in
   * ascending order; element 0 is null, for all nodes.
   *
   * @param seed seed of the build
   * @param size number of nodes, at least 1
   * @param maxConn M, at least 1
   */
  public static int[][] nodesByLevel(long seed, int size, int maxConn) {
    byte[] levels = new byte[size];
    int top = 0;
    int[] counts = new int[Byte.MAX_VALUE];
    for (int ordinal = 0; ordinal < size; ordinal++) {
      int level = levelOf(seed, ordinal, maxConn); // at most 53, for maxConn 2
      levels[ordinal] = (byte) level;
      top = Math.max(top, level);
      for (int l = 1; l <= level; l++) {
        counts[l]++;
      }
    }
    int[][] nodes = new int[top + 1][];
    for (int level = 1; level <= top; level++) {
      nodes[level] = new int[counts[level]];
      int slot = 0;
      for (int ordinal = 0; ordinal < size; ordinal++) {
        if (levels[ordinal] >= level) {
          nodes[level][slot++] = ordinal;
        }
      }
    }
    return nodes;
  }
}
