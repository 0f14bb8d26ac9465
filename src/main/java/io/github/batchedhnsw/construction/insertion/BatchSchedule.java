// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.insertion;

import io.github.batchedhnsw.construction.linking.ReverseEdges;

/**
 * Sizes of the batches of one level. They double with the number of nodes inserted, up to 2 % of
 * the level (prefix doubling with a cap, ParlayANN, arXiv 2305.04359): nodes of one batch do not
 * find each other, so a batch is small compared with the graph that it searches. The edges of a
 * batch fit into one {@link ReverseEdges}.
 */
public final class BatchSchedule {
  private static final int FLOOR = 32;
  private static final int CAP_DIVISOR = 50; // 2 %

  private BatchSchedule() {}

  /**
   * Number of nodes to insert next.
   *
   * @param inserted nodes of the level that are in the graph, at least 1
   * @param total nodes of the level
   * @param maxDegree most neighbours of a node of the level, at most 1024
   */
  public static int nextBatch(int inserted, int total, int maxDegree) {
    int cap = Math.max(FLOOR, total / CAP_DIVISOR);
    cap = Math.min(cap, ReverseEdges.MAX_EDGES / maxDegree);
    return Math.min(Math.min(inserted, cap), total - inserted);
  }
}
