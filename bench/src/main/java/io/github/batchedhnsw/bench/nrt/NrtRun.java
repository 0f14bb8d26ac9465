// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.nrt;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.systems.LuceneSystem;
import io.github.batchedhnsw.bench.systems.ProcessCpu;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/**
 * Indexes by a timetable while readers are reopened and searched by timetables of their own, with
 * the writer's settings as Lucene has them: tiered merges in threads of their own, compound files
 * where Lucene makes them.
 *
 * @param data what is indexed and searched for
 * @param job the load
 * @param ramBufferMib of the writer
 */
public record NrtRun(Dataset data, NrtJob job, double ramBufferMib) {
  /** Checks that the data set suffices. */
  public NrtRun {
    if (job.documents() > data.base().count()) {
      throw new IllegalArgumentException(
          "documents must be <= %d, the vectors of %s; documents=%d"
              .formatted(data.base().count(), data.name(), job.documents()));
    }
    if (!(ramBufferMib > 0 && ramBufferMib < 2048)) {
      throw new IllegalArgumentException(
          "ram-buffer must be in (0, 2048) MiB; ram-buffer=" + ramBufferMib);
    }
  }

  /**
   * Runs one system, and waits for its merges.
   *
   * @param path an empty directory, which keeps the index
   * @param round for the result
   * @throws IOException when the index cannot be written or read, or does not hold all documents
   */
  public NrtResult run(LuceneSystem system, Path path, int round) throws IOException {
    SegmentLog log = new SegmentLog();
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(log.counting(system.codec()))
            .setOpenMode(IndexWriterConfig.OpenMode.CREATE)
            .setRAMBufferSizeMB(ramBufferMib);
    double startCpuSeconds = ProcessCpu.seconds();
    NrtLoad.Outcome load;
    double drainSeconds;
    try (Directory directory = FSDirectory.open(path)) {
      try (IndexWriter writer = new IndexWriter(directory, config);
          SearcherManager searchers = new SearcherManager(writer, null)) {
        load = new NrtLoad(this, system.name(), writer, searchers).run();
        long start = System.nanoTime();
        searchers.maybeRefreshBlocking();
        writer.commit();
        ((ConcurrentMergeScheduler) config.getMergeScheduler()).sync();
        writer.commit();
        drainSeconds = (System.nanoTime() - start) / 1e9;
      }
      double cpuSeconds = ProcessCpu.seconds() - startCpuSeconds;
      return new NrtResult(
          system.name(),
          ramBufferMib,
          round,
          job.rate(),
          job.documents() / load.addSeconds(),
          drainSeconds,
          cpuSeconds,
          log.flushes(),
          log.merges(),
          log.mergedDocuments(),
          segments(directory, system.name()),
          Map.of(
              NrtResult.Operation.ADD,
              latency(load.adds()),
              NrtResult.Operation.REOPEN,
              latency(load.reopens()),
              NrtResult.Operation.SEARCH,
              latency(load.searches())),
          load.timeline());
    }
  }

  /** The number of segments of an index that must hold all documents. */
  private int segments(Directory directory, String system) throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      if (reader.numDocs() != job.documents()) {
        throw new IOException(
            "%s: expected %d documents in the index, found %d"
                .formatted(system, job.documents(), reader.numDocs()));
      }
      return reader.leaves().size();
    }
  }

  private static NrtResult.Latency latency(Latencies latencies) {
    return new NrtResult.Latency(latencies.service(), latencies.sinceDue());
  }
}
