package io.github.batchedhnsw.construction;

import java.util.Locale;

/**
 * Chooses the builder of a segment's graph. Both aim at the quality of stock Lucene; the choice is
 * one of speed.
 *
 * <p>Cost model: for a vector, bulk construction makes some thousands of comparisons ({@code rounds
 * * fanout * leafSize}) in dense blocks, each ten to twenty times cheaper than the random-access
 * comparisons of insertion, of which there are several times the beam width. That is in its favour
 * for every size and dimension. Selection however compares all candidates of a node with each
 * other, about {@code (3 M)^2} comparisons, where insertion stops at the first that is too close.
 * Above an M of {@value #MAX_BULK_CONN} that outweighs the rest.
 *
 * <p>Memory: bulk construction keeps more candidates of a node than it can have neighbours, and
 * short copies of the vectors; insertion does not, and takes about half as much. A build whose
 * estimate exceeds its budget is done by insertion where that takes less, and says so. It is never
 * refused: where insertion exceeds the budget, too, that is said, and the graph is built all the
 * same. The decision depends on the parameters, the number of vectors and their dimension alone, so
 * that graphs stay reproducible.
 */
public final class GraphBuilders {
  /** Largest M for which graphs are built in bulk. */
  static final int MAX_BULK_CONN = 128;

  /**
   * System property that overrules the choice, for experiments: {@code auto} (default), {@code
   * bulk} or {@code insertion}.
   */
  public static final String PROPERTY = "batchedhnsw.builder";

  private GraphBuilders() {}

  /**
   * The builder for the given parameters, which chains duplicates; both kinds can also be made
   * directly, and do not.
   *
   * @param size number of vectors
   * @param dimension of the vectors
   * @param log is told of a budget that is exceeded
   * @throws IllegalArgumentException if {@link #PROPERTY} has another value than those named there
   */
  public static GraphBuilder choose(BuildParams params, int size, int dimension, BuildLog log) {
    return chooseForDuplicates(params, size, dimension, log);
  }

  /** As {@link #choose}, for those who know the duplicates. */
  static DuplicateChains chooseForDuplicates(
      BuildParams params, int size, int dimension, BuildLog log) {
    boolean bulk = buildsInBulk(params, size, dimension);
    if (!bulk && prefersBulk(params)) {
      log.message(
          "bulk construction takes up to %.1f MB, more than the memory budget of %.1f MB:"
              + " building by batched insertion, which is slower",
          PartitionGraphBuilder.estimateBytes(params, size, dimension) / 1e6,
          params.memoryBudgetBytes() / 1e6);
    }
    tellIfExceeded(params, estimateBytes(params, size, dimension), log);
    return new DuplicateChains(
        bulk ? new PartitionGraphBuilder(params, log) : new BatchGraphBuilder(params, log), log);
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
        ? PartitionGraphBuilder.estimateBytes(params, size, dimension)
        : BatchGraphBuilder.estimateBytes(params, size);
  }

  /** Tells the log where a build takes more than its budget, and there is no other way. */
  static void tellIfExceeded(BuildParams params, long bytes, BuildLog log) {
    if (bytes > params.memoryBudgetBytes()) {
      log.message(
          "the graph takes up to %.1f MB, more than the memory budget of %.1f MB; there is no way"
              + " to build it with less, so it is exceeded",
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
    if (!prefersBulk(params)) {
      return false;
    }
    long bytes = PartitionGraphBuilder.estimateBytes(params, size, dimension);
    return bytes <= params.memoryBudgetBytes()
        || bytes <= BatchGraphBuilder.estimateBytes(params, size);
  }

  /** Without regard to memory. */
  private static boolean prefersBulk(BuildParams params) {
    return switch (property()) {
      case "bulk" -> true;
      case "insertion" -> false;
      default -> params.maxConn() <= MAX_BULK_CONN;
    };
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
