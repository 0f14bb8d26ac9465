package io.github.batchedhnsw.codec;

/**
 * Is told of every graph that is built, for statistics of a host. Called by the threads that flush
 * and merge or by those of the executor, also at the same time: implementations are thread-safe,
 * quick and do not throw.
 */
public interface BuildListener {
  /** Does not listen. */
  BuildListener NONE = new BuildListener() {};

  /** A graph has been built and written. */
  default void built(BuiltGraph graph) {}

  /**
   * A graph could not be built or written; the flush or merge fails with the same cause.
   *
   * @param field name of the field
   * @param vectors number of vectors of the field in the segment
   * @param cause such as an {@link java.io.IOException}, or a {@link
   *     org.apache.lucene.index.MergePolicy.MergeAbortedException} where a merge was aborted
   */
  default void failed(String field, int vectors, Throwable cause) {}
}
