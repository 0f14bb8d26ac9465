// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

/**
 * The parameters of a {@link ClusterJoin}, as chosen by {@link JoinPlanner}.
 *
 * @param code how columns are compared with rows
 * @param columns approximate number of vectors that each row is compared with, in the clusters
 *     nearest to it
 * @param hits number of best columns by estimated score, whose exact scores are computed
 * @param used number of best hits by exact score, from which neighbours are selected
 * @param reversed number of a row's best hits whose candidate the row becomes, see {@link
 *     ReverseCandidates}; 0 if hits count for their row only
 * @param longEdges which edges to distant nodes are added
 */
public record JoinPlan(
    ColumnCode code, int columns, int hits, int used, int reversed, LongEdges longEdges) {

  /** How the vectors of a cluster are compared with a row, before exact scoring. */
  public enum ColumnCode {
    /**
     * In float32: differences from the centroid of the columns' cluster, or the vectors themselves
     * for inner products.
     */
    FLOATS,
    /** By the signs of the rotated differences from the cluster's centroid. */
    SIGNS
  }

  /** Edges to nodes that are neighbours on the levels above or in a thinned subset of the level. */
  public enum LongEdges {
    NONE(0),
    /** In the places of the last diverse neighbours. */
    IN_PLACE(0.125),
    /** Besides the diverse neighbours, as far as the list has room. */
    ADDED(0.5),
    /**
     * As {@link #ADDED}, where vectors lie in clumps: more candidates are used, which reach other
     * clumps, and lists are not filled with members of the same clump, which searches find anyway.
     */
    BETWEEN_CLUMPS(0.5);

    private final double share;

    LongEdges(double share) {
      this.share = share;
    }

    /**
     * Most edges that a node gets from each of these levels and subsets, as a share of the longest
     * list.
     */
    public double share() {
      return share;
    }
  }

  @Override
  public String toString() {
    return String.format(
        java.util.Locale.ROOT,
        "%s code, %d columns, %d hits, %d used, %d reversed, long edges %s",
        code.name().toLowerCase(java.util.Locale.ROOT),
        columns,
        hits,
        used,
        reversed,
        longEdges.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '));
  }
}
