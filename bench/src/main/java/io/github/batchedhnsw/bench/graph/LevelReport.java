// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.graph;

/**
 * One level of a graph.
 *
 * @param level 0 is the one with all nodes
 * @param nodes nodes on it
 * @param edges directed edges on it
 * @param inDegreeZero nodes that no other node of the level links to
 * @param unreachable nodes that no path inside the level reaches from where a search enters it
 * @param selfLoops edges from a node to itself
 * @param repeated edges listed twice in one node's list
 * @param outOfLevel edges to a node that is not on the level
 * @param withoutReverse edges whose reverse is missing: pruned at the other end
 * @param degreeCounts nodes by number of neighbours
 */
public record LevelReport(
    int level,
    int nodes,
    long edges,
    int inDegreeZero,
    int unreachable,
    long selfLoops,
    long repeated,
    long outOfLevel,
    long withoutReverse,
    long[] degreeCounts) {

  /** Mean neighbours per node. */
  public double meanDegree() {
    return nodes == 0 ? 0 : (double) edges / nodes;
  }

  /** Most neighbours of a node. */
  public int maxDegree() {
    return Math.max(0, degreeCounts.length - 1);
  }
}
