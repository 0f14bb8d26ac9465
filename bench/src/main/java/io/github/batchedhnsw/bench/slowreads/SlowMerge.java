// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.slowreads;

import io.github.batchedhnsw.bench.data.RowFile;
import io.github.batchedhnsw.bench.heap.SegmentJob;
import io.github.batchedhnsw.bench.process.VectorSource;
import io.github.batchedhnsw.bench.report.Progress;
import io.github.batchedhnsw.bench.systems.LuceneSystem;
import io.github.batchedhnsw.bench.systems.ProcessCpu;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/**
 * A merge with less memory than its vectors take.
 *
 * @param vectors in files
 * @param segments that are merged
 * @param cacheBytes of the modelled page cache
 * @param readLatencyMicros what a random read takes at least
 */
public record SlowMerge(
    VectorSource vectors, int segments, long cacheBytes, double readLatencyMicros) {

  /** Checks the bounds. */
  public SlowMerge {
    if (segments < 2) {
      throw new IllegalArgumentException("segments must be >= 2; segments=" + segments);
    }
    if (cacheBytes < PageCache.PAGE_BYTES) {
      throw new IllegalArgumentException(
          "cache must be >= %d bytes; cache=%d".formatted(PageCache.PAGE_BYTES, cacheBytes));
    }
    if (!(readLatencyMicros >= 0)) {
      throw new IllegalArgumentException(
          "read-latency-us must be >= 0; read-latency-us=" + readLatencyMicros);
    }
  }

  /**
   * What a merge cost.
   *
   * @param system its name
   * @param counts reads, from opening the writer to the end of the merge
   * @param seconds of the merge
   * @param cpuSeconds of the whole process
   */
  public record Result(String system, ReadCounts counts, double seconds, double cpuSeconds) {}

  /**
   * Flushes segments at full speed and merges them through the page cache, which is empty at first.
   *
   * @param path an empty directory
   * @throws IOException when the index cannot be written or read
   */
  public Result run(LuceneSystem system, Path path) throws IOException {
    Codec codec = system.codec();
    try (Directory directory = FSDirectory.open(path)) {
      try (RowFile rows = vectors.open();
          Progress progress = Progress.opaque(system.name() + ": flush", Double.NaN)) {
        SegmentJob.flush(rows, vectors.similarity(), segments, codec, directory);
      }
      PageCache cache =
          new PageCache(
              (int) Math.min(Integer.MAX_VALUE / 2, cacheBytes / PageCache.PAGE_BYTES),
              (long) (readLatencyMicros * 1e3));
      double startCpuSeconds = ProcessCpu.seconds();
      try (Progress progress = Progress.opaque(system.name() + ": merge", Double.NaN)) {
        double seconds = SegmentJob.mergeAndRollBack(codec, new CachedDirectory(directory, cache));
        return new Result(
            system.name(), cache.counts(), seconds, ProcessCpu.seconds() - startCpuSeconds);
      }
    }
  }
}
