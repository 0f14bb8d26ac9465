// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.partition;

import java.util.Arrays;

/**
 * Nearby vectors grouped into clusters, and the clusters into cells. Vectors are named by slot,
 * {@code 0 .. members.length - 1}.
 *
 * @param members every slot once, cluster by cluster
 * @param starts where each cluster begins in {@code members}, and the end
 * @param centroids by cluster
 * @param cellStarts first cluster of each cell, and the end
 * @param cellCentroids by cell
 */
public record Clusters(
    int[] members, int[] starts, float[][] centroids, int[] cellStarts, float[][] cellCentroids) {

  /** Number of clusters. */
  public int count() {
    return starts.length - 1;
  }

  /** Number of members of a cluster. */
  public int size(int cluster) {
    return starts[cluster + 1] - starts[cluster];
  }

  /** Mean number of members of a cluster, rounded down. */
  public int meanSize() {
    return members.length / count();
  }

  /** The cell of each cluster. */
  public int[] cellOfClusters() {
    int[] cellOf = new int[count()];
    for (int cell = 0; cell < cells(); cell++) {
      Arrays.fill(cellOf, cellStarts[cell], cellStarts[cell + 1], cell);
    }
    return cellOf;
  }

  /** Number of cells. */
  public int cells() {
    return cellStarts.length - 1;
  }
}
