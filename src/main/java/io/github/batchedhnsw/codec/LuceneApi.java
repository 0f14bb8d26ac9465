package io.github.batchedhnsw.codec;

import java.io.IOException;
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

  /** A writer whose merge is what this Lucene calls; see there. */
  BatchedHnswVectorsWriter newWriter(
      SegmentWriteState state,
      FormatParams params,
      FlatVectorsFormat flatFormat,
      FlatVectorsWriter flatWriter)
      throws IOException;

  /** Throws where the merge has been aborted and this Lucene tells so. */
  void checkAborted(MergeState mergeState) throws IOException;
}
