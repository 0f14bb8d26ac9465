// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import java.util.Locale;

/**
 * Chooses between bulk construction and batched insertion for the graph of a segment. Both aim at
 * the quality of stock Lucene; the choice affects speed.
 *
 * <p>Bulk construction compares a vector with some thousands of others by codes, and with a hundred
 * of them exactly; insertion compares it exactly with several times the beam width of others, each
 * read from memory in turn. This favours bulk construction for every size, dimension and M.
 *
 * <p>Memory: bulk construction keeps codes of the vectors besides the graph, which insertion does
 * not. A build whose estimate exceeds its budget is done by insertion if that takes less, and this
 * is logged. A build is never refused: if insertion also exceeds the budget, this is logged, and
 * the graph is built anyway. The decision depends only on the parameters, including the remaining
 * budget, the number of vectors and their dimension.
 */
public final class GraphBuilders {
  /**
   * System property that overrides the choice, for experiments: {@code auto} (default), {@code
   * bulk} or {@code insertion}.
   */
  public static final String PROPERTY = "batchedhnsw.builder";

  private GraphBuilders() {}

  /**
   * Returns the builder for the given parameters, which chains duplicates. Builders of both kinds
   * that are created directly do not.
   *
   * @param size number of vectors
   * @param dimension of the vectors
   * @param log receives a message if the budget is exceeded
   * @throws IllegalArgumentException if {@link #PROPERTY} has another value than those named there
   */
  public static GraphBuilder choose(BuildParams params, int size, int dimension, BuildLog log) {
    return chooseForDuplicates(params, size, dimension, log);
  }

  /** As {@link #choose}, for callers that have found the duplicates already. */
  static DuplicateChains chooseForDuplicates(
      BuildParams params, int size, int dimension, BuildLog log) {
    boolean bulk = buildsInBulk(params, size, dimension);
    if (!bulk && prefersBulk()) {
      log.message(
          "bulk construction takes up to %.1f MB, more than %.1f MB that the memory budget leaves:"
              + " building by batched insertion, which is slower",
          ClusterGraphBuilder.estimateBytes(params, size, dimension) / 1e6,
          params.memoryBudgetBytes() / 1e6);
    }
    tellIfExceeded(params, estimateBytes(params, size, dimension), log);
    log.expect(bulk ? PhaseShares.BULK : PhaseShares.INSERTION);
    return new DuplicateChains(
        bulk ? new ClusterGraphBuilder(params, log) : new BatchGraphBuilder(params, log), log);
  }

  /**
   * Estimates the most heap bytes that building a graph takes, besides the vectors and besides what
   * each worker needs.
   *
   * @param size number of vectors
   * @param dimension of the vectors
   */
  public static long estimateBytes(BuildParams params, int size, int dimension) {
    return buildsInBulk(params, size, dimension)
        ? ClusterGraphBuilder.estimateBytes(params, size, dimension)
        : BatchGraphBuilder.estimateBytes(params, size);
  }

  /** Logs that a build takes more than its budget, if there is no way to take less. */
  static void tellIfExceeded(BuildParams params, long bytes, BuildLog log) {
    if (bytes > params.memoryBudgetBytes()) {
      log.message(
          "the graph takes up to %.1f MB, more than %.1f MB that the memory budget leaves; there is"
              + " no way to build it with less, so it is exceeded",
          bytes / 1e6, params.memoryBudgetBytes() / 1e6);
    }
  }

  /**
   * Whether {@link #choose} builds a graph in bulk; by insertion otherwise.
   *
   * @param size number of vectors
   * @param dimension of the vectors
   * @throws IllegalArgumentException if {@link #PROPERTY} has another value than those named there
   */
  public static boolean buildsInBulk(BuildParams params, int size, int dimension) {
    return prefersBulk() && hasMemoryForBulk(params, size, dimension);
  }

  /**
   * Whether bulk construction stays within the budget, or takes no more than insertion. Extending a
   * graph takes as much memory.
   *
   * @param size number of vectors
   * @param dimension of the vectors
   */
  public static boolean hasMemoryForBulk(BuildParams params, int size, int dimension) {
    long bytes = ClusterGraphBuilder.estimateBytes(params, size, dimension);
    return bytes <= params.memoryBudgetBytes()
        || bytes <= BatchGraphBuilder.estimateBytes(params, size);
  }

  /** Whether bulk construction is preferred, regardless of memory. */
  private static boolean prefersBulk() {
    return !property().equals("insertion");
  }

  private static String property() {
    String choice = System.getProperty(PROPERTY, "auto").toLowerCase(Locale.ROOT);
    return switch (choice) {
      case "auto", "bulk", "insertion" -> choice;
      default ->
          throw new IllegalArgumentException(
              PROPERTY + " must be auto, bulk or insertion; " + PROPERTY + "=" + choice);
    };
  }

  /**
   * Checks {@link #PROPERTY}, before it is needed.
   *
   * @throws IllegalArgumentException if it has another value than those named there
   */
  public static void checkProperty() {
    property();
  }
}
