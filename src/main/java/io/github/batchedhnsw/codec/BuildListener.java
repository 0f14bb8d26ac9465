// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import java.util.logging.Logger;

/**
 * Is told of every graph that is built, for statistics of a host. Called by the threads that flush
 * and merge or by those of the executor, also at the same time: implementations are thread-safe,
 * quick and do not throw.
 */
public interface BuildListener {
  /** The field in {@link #notReplaced} where a codec has one format for all fields. */
  String ALL_FIELDS = "*";

  /** Does not listen. */
  BuildListener NONE = new BuildListener() {};

  /** A graph has been built and written. */
  default void built(BuiltGraph graph) {}

  /**
   * A graph could not be built or written, or a merge could not read or write the vectors that it
   * was to be built from; the flush or merge fails with the same cause.
   *
   * @param field name of the field
   * @param vectors number of vectors of the field in the segment; 0 where a merge fails before it
   *     has counted them
   * @param cause such as an {@link java.io.IOException}, or a {@link
   *     org.apache.lucene.index.MergePolicy.MergeAbortedException} where a merge was aborted
   */
  default void failed(String field, int vectors, Throwable cause) {}

  /**
   * A field keeps the format that the wrapped codec gives it, and its graphs, if it has any, are
   * built as before. Told once for each field of a codec made by {@link
   * BatchedHnswCodec#wrap(org.apache.lucene.codecs.Codec, BuildOptions)}, when the field is first
   * written. Logs a warning, unless a host has something better to do.
   *
   * @param field name of the field, or {@link #ALL_FIELDS}
   * @param format name of its format
   */
  default void notReplaced(String field, String format) {
    Logger.getLogger(BuildListener.class.getName())
        .warning("Not built in batches: field=" + field + ", format=" + format);
  }
}
