package io.github.batchedhnsw.build;

/**
 * Sizes of the batches of one level. They double with the number of nodes inserted, up to 2 % of
 * the level (prefix doubling with a cap, ParlayANN, arXiv 2305.04359): nodes of one batch do not
 * see each other, so a batch is small against what it is searched in.
 */
final class BatchSchedule {
  private static final int FLOOR = 32;
  private static final int CAP_DIVISOR = 50; // 2 %

  private BatchSchedule() {}

  /**
   * Number of nodes to insert next.
   *
   * @param inserted nodes of the level that are in the graph, at least 1
   * @param total nodes of the level
   */
  static int nextBatch(int inserted, int total) {
    int cap = Math.max(FLOOR, total / CAP_DIVISOR);
    return Math.min(Math.min(inserted, cap), total - inserted);
  }
}
