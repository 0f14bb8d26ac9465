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
 * @param longEdges share of a list's places that long edges may take; 0 for no such edges
 */
public record JoinPlan(ColumnCode code, int columns, int hits, int used, double longEdges) {

  /** How the vectors of a cluster are compared with a row, before exact scoring. */
  public enum ColumnCode {
    /** In float32, relative to the centroid of the row's cell. */
    FLOATS,
    /** By the signs of the rotated differences from the cluster's centroid. */
    SIGNS
  }

  @Override
  public String toString() {
    return String.format(
        java.util.Locale.ROOT,
        "%s code, %d columns, %d hits, %d used, %.3f for long edges",
        code.name().toLowerCase(java.util.Locale.ROOT),
        columns,
        hits,
        used,
        longEdges);
  }
}
