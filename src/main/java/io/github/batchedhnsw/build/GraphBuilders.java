package io.github.batchedhnsw.build;

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
   * The builder for the given parameters; both kinds can also be made directly.
   *
   * @throws IllegalArgumentException if {@link #PROPERTY} has another value than those named there
   */
  public static GraphBuilder choose(BuildParams params, BuildLog log) {
    return usesBulk(params)
        ? new PartitionGraphBuilder(params, log)
        : new BatchGraphBuilder(params);
  }

  /**
   * Estimates the most heap bytes that building a graph takes, besides the vectors and besides what
   * each worker needs.
   *
   * @param size number of vectors
   * @param dimension of the vectors
   */
  public static long estimateBytes(BuildParams params, int size, int dimension) {
    return usesBulk(params)
        ? PartitionGraphBuilder.estimateBytes(params, size, dimension)
        : BatchGraphBuilder.estimateBytes(params, size);
  }

  private static boolean usesBulk(BuildParams params) {
    String choice = System.getProperty(PROPERTY, "auto").toLowerCase(Locale.ROOT);
    return switch (choice) {
      case "auto" -> params.maxConn() <= MAX_BULK_CONN;
      case "bulk" -> true;
      case "insertion" -> false;
      default ->
          throw new IllegalArgumentException(
              PROPERTY + " must be auto, bulk or insertion; " + PROPERTY + "=" + choice);
    };
  }
}
