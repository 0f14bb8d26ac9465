// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import java.io.IOException;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.hnsw.FlatVectorsFormat;
import org.apache.lucene.codecs.hnsw.FlatVectorsWriter;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.index.SegmentWriteState;

/**
 * The operations that differ between Lucene up to 10.4 and Lucene from 10.5 on. There is one
 * implementation for each side, compiled against a Lucene of that side; {@link LuceneVersion#api()}
 * chooses. All other classes compile with both.
 *
 * <p>Stateless.
 */
interface LuceneApi {

  /**
   * A writer with the merge method that this Lucene calls; see {@link BatchedHnswVectorsWriter}.
   */
  BatchedHnswVectorsWriter newWriter(
      SegmentWriteState state,
      FormatParams params,
      FlatVectorsFormat flatFormat,
      FlatVectorsWriter flatWriter,
      MergedVectors mergedVectors)
      throws IOException;

  /**
   * Returns the replacement of a stock format that only this side's Lucene has, with its
   * parameters, or the same format if there is none.
   *
   * @throws IllegalStateException if {@code toString()} of the stock format does not have its
   *     parameters
   */
  KnnVectorsFormat replacementOf(KnnVectorsFormat stock, BuildOptions options);

  /** Throws if the merge has been aborted; does nothing with a Lucene that has no such check. */
  void checkAborted(MergeState mergeState) throws IOException;
}
