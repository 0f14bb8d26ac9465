// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

/**
 * The numbers of a {@link ClusterJoin}, as {@link JoinPlanner} chooses them.
 *
 * @param code how columns are compared with rows
 * @param columns vectors that each row is compared with, about; those of the clusters nearest to it
 * @param hits best columns by their estimated scores, whose exact scores are computed
 * @param used best hits by their exact scores, from which neighbours are selected
 * @param longEdges share of a list's places that long edges may take; 0 for no such edges
 */
public record JoinPlan(ColumnCode code, int columns, int hits, int used, double longEdges) {

  /** How the vectors of a cluster are compared with a row, before exact scores decide. */
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
