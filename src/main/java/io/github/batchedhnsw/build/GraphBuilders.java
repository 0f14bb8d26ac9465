package io.github.batchedhnsw.build;

/**
 * Chooses the builder of a segment's graph. Both give graphs of the same quality; the choice is one
 * of speed.
 *
 * <p>Cost model: bulk construction makes {@code rounds * fanout * leafSize} comparisons per vector
 * in dense blocks, some thousands, each ten to twenty times cheaper than the random-access
 * comparisons of insertion, of which there are some multiples of the beam width. That is always in
 * its favour. Selection however compares all candidates of a node with each other, {@code (3 M)^2 /
 * 2} comparisons twice, where insertion stops at the first that is too close. From an M of {@value
 * #MAX_BULK_CONN} on that outweighs the rest.
 */
public final class GraphBuilders {
  /** Largest M for which graphs are built in bulk. */
  static final int MAX_BULK_CONN = 128;

  private GraphBuilders() {}

  /** The builder for the given parameters; both kinds can also be made directly. */
  public static GraphBuilder choose(BuildParams params, BuildLog log) {
    return params.maxConn() <= MAX_BULK_CONN
        ? new PartitionGraphBuilder(params, log)
        : new BatchGraphBuilder(params);
  }
}
