// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.heap;

import io.github.batchedhnsw.bench.data.RowFile;
import io.github.batchedhnsw.bench.systems.IndexJob;
import io.github.batchedhnsw.bench.systems.RowDocument;
import java.io.IOException;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;

/** Flushes and merges whose memory or reads are measured, with vectors that come from a file. */
public final class SegmentJob {
  private SegmentJob() {}

  /**
   * Flushes all vectors as equal segments into an empty directory, by one thread.
   *
   * @throws IOException when the vectors cannot be read, the index cannot be written, or a segment
   *     does not fit in Lucene's largest buffer
   */
  public static void flush(
      RowFile vectors,
      VectorSimilarityFunction similarity,
      int segments,
      Codec codec,
      Directory directory)
      throws IOException {
    IndexWriterConfig config =
        config(codec)
            .setOpenMode(IndexWriterConfig.OpenMode.CREATE)
            .setMergePolicy(NoMergePolicy.INSTANCE)
            .setRAMBufferSizeMB(IndexJob.MAX_RAM_BUFFER_MIB)
            .setRAMPerThreadHardLimitMB(IndexJob.MAX_RAM_BUFFER_MIB);
    RowDocument document = RowDocument.of(vectors, similarity);
    int count = vectors.count();
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      int next = 0;
      for (int segment = 1; segment <= segments; segment++) {
        int end = (int) ((long) count * segment / segments);
        for (; next < end; next++) {
          writer.addDocument(document.at(next));
        }
        writer.commit();
      }
    }
    int written = SegmentInfos.readLatestCommit(directory).size();
    if (written != segments) {
      throw new IOException(
          "segments must be %d, as many as asked for; segments=%d: ask for more, or fewer vectors"
              .formatted(segments, written));
    }
  }

  /**
   * Merges all segments to one on the calling thread and takes that back, so that the index is as
   * it was before.
   *
   * @return seconds of the merge
   * @throws IOException when the index cannot be read or written
   */
  public static double mergeAndRollBack(Codec codec, Directory directory) throws IOException {
    TieredMergePolicy policy = new TieredMergePolicy();
    policy.setNoCFSRatio(0);
    IndexWriterConfig config =
        config(codec).setMergePolicy(policy).setMergeScheduler(new SerialMergeScheduler());
    IndexWriter writer = new IndexWriter(directory, config);
    try {
      long start = System.nanoTime();
      writer.forceMerge(1);
      return (System.nanoTime() - start) / 1e9;
    } finally {
      writer.rollback();
    }
  }

  private static IndexWriterConfig config(Codec codec) {
    return new IndexWriterConfig().setCodec(codec).setUseCompoundFile(false);
  }
}
