// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import java.io.IOException;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.hnsw.FlatVectorsFormat;
import org.apache.lucene.codecs.hnsw.FlatVectorsWriter;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.index.SegmentWriteState;

/**
 * What Lucene does in one way up to 10.4 and in another from 10.5 on. There is one implementation
 * for each side, compiled against a Lucene of that side; {@link LuceneVersion#api()} chooses. All
 * other classes compile with both.
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
   * Ours with the parameters of a stock format that this Lucene has and the other does not, or the
   * same format if we have no replacement of it.
   *
   * @throws IllegalStateException if the stock format does not tell its parameters
   */
  KnnVectorsFormat replacementOf(KnnVectorsFormat stock, BuildOptions options);

  /** Throws if the merge has been aborted; does nothing with a Lucene that does not tell. */
  void checkAborted(MergeState mergeState) throws IOException;
}
