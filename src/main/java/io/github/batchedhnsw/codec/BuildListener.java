// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import java.util.logging.Logger;

/**
 * Receives every graph that is built, failed builds, and fields that keep their format, for
 * statistics of a host. Called by the threads that flush and merge or by those of the executor,
 * possibly at the same time: implementations are thread-safe and quick, and do not throw.
 */
public interface BuildListener {
  /** The field passed to {@link #notReplaced} if a codec has one format for all fields. */
  String ALL_FIELDS = "*";

  /** Ignores graphs and failed builds; logs fields that keep their format. */
  BuildListener NONE = new BuildListener() {};

  /** A graph has been built and written. */
  default void built(BuiltGraph graph) {}

  /**
   * A graph could not be built or written, or a merge could not read or write the vectors for it;
   * the flush or merge fails with the same cause.
   *
   * @param field name of the field
   * @param vectors number of vectors of the field in the segment; 0 if a merge fails before it has
   *     counted them
   * @param cause such as an {@link java.io.IOException}, or a {@link
   *     org.apache.lucene.index.MergePolicy.MergeAbortedException} if a merge was aborted
   */
  default void failed(String field, int vectors, Throwable cause) {}

  /**
   * A field keeps the format that the wrapped codec gives it, and its graphs, if it has any, are
   * built as before. Called once for each field of a codec made by {@link
   * BatchedHnswCodec#wrap(org.apache.lucene.codecs.Codec, BuildOptions)}, when the field is first
   * written. Logs a warning by default.
   *
   * @param field name of the field, or {@link #ALL_FIELDS}
   * @param format name of its format
   */
  default void notReplaced(String field, String format) {
    Logger.getLogger(BuildListener.class.getName())
        .warning("Not built in batches: field=" + field + ", format=" + format);
  }
}
