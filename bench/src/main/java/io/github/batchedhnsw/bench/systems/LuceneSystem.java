// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.systems;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.report.Progress;
import io.github.batchedhnsw.codec.BuildListener;
import io.github.batchedhnsw.codec.BuiltGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/**
 * A vectors format inside Lucene's {@link IndexWriter}. Every such system gets the same codec,
 * wrapped the same way, the same writer settings and the same documents.
 *
 * @param name short and unique in a run
 * @param description version, parameters, workers
 * @param workers threads that work on one graph; with 1 the format gets null, else a pool of all
 *     but one
 * @param format makes the format
 */
public record LuceneSystem(String name, String description, int workers, FormatFactory format)
    implements BenchSystem {

  /** Makes the format. */
  @FunctionalInterface
  public interface FormatFactory {
    /**
     * Makes the format.
     *
     * @param pool of the workers, or null
     * @param listener to be told of graphs, by a format that tells
     */
    KnnVectorsFormat make(ExecutorService pool, BuildListener listener);
  }

  private static final int MAX_DIMENSIONS = 4096;

  /** Seconds until all documents are added and flushed, and then until natural merges end. */
  private record Indexed(double addSeconds, double mergeSeconds) {}

  @Override
  public Built build(Dataset data, IndexJob job, Path path, double expectedSeconds)
      throws IOException {
    // The thread that flushes or merges works on the graph as well, in either system.
    ExecutorService pool = workers > 1 ? Executors.newFixedThreadPool(workers - 1) : null;
    try (Directory directory = FSDirectory.open(path)) {
      LongAdder graphNanos = new LongAdder();
      BuildListener listener =
          new BuildListener() {
            @Override
            public void built(BuiltGraph graph) {
              graphNanos.add(graph.nanos());
            }
          };
      Codec codec = codec(format.make(pool, listener));
      HeapPeak.reset();
      double startCpuSeconds = ProcessCpu.seconds();
      Indexed indexed = index(data, job, codec, directory, expectedSeconds);
      checkSegments(job, SegmentInfos.readLatestCommit(directory).size());
      double forceMergeSeconds = job.forceMerge() ? forceMerge(directory, codec) : 0;
      BuildTimes times =
          new BuildTimes(
              indexed.addSeconds,
              indexed.mergeSeconds,
              forceMergeSeconds,
              graphNanos.sum() / 1e9,
              ProcessCpu.seconds() - startCpuSeconds,
              SegmentInfos.readLatestCommit(directory).size(),
              HeapPeak.mib(),
              fileBytes(path, ""),
              fileBytes(path, ".vec"));
      return new Built(times, new LuceneIndex(path, data.queries()));
    } finally {
      if (pool != null) {
        pool.shutdownNow();
      }
    }
  }

  private Indexed index(
      Dataset data, IndexJob job, Codec codec, Directory directory, double expectedSeconds)
      throws IOException {
    try (IndexWriter writer = new IndexWriter(directory, indexingConfig(job, codec))) {
      Indexing indexing = new Indexing(name, data, job, writer);
      long start = System.nanoTime();
      indexing.addAll(expectedSeconds);
      double addSeconds = secondsSince(start);
      double mergeSeconds = 0;
      if (job.tieredMerges()) {
        start = System.nanoTime();
        waitForMerges(writer);
        mergeSeconds = secondsSince(start);
      }
      indexing.delete();
      return new Indexed(addSeconds, mergeSeconds);
    }
  }

  private void checkSegments(IndexJob job, int flushed) throws IOException {
    int wanted = job.parts().size();
    if (wanted > 0 && flushed != wanted) {
      throw new IOException(
          ("%s flushed %d segments where %d were asked for: the vectors do not fit in %d MiB, ask"
                  + " for more segments")
              .formatted(name, flushed, wanted, IndexJob.MAX_RAM_BUFFER_MIB));
    }
  }

  /**
   * An empty index that is changed and merged step by step, by one thread.
   *
   * @throws IOException when it cannot be written
   */
  public Updates updates(Dataset data, Path path) throws IOException {
    Directory directory = FSDirectory.open(path);
    IndexWriterConfig config =
        mergingConfig(codec()).setRAMBufferSizeMB(IndexJob.MAX_RAM_BUFFER_MIB);
    return new Updates(data, new IndexWriter(directory, config), directory);
  }

  /**
   * Opens an index for searching.
   *
   * @throws IOException when it cannot be read
   */
  public BuiltIndex open(Dataset data, Path path) throws IOException {
    return new LuceneIndex(path, data.queries());
  }

  /**
   * The codec of this system, for an {@link IndexWriter} of the caller's; graphs get no workers.
   */
  public Codec codec() {
    return codec(format.make(null, BuildListener.NONE));
  }

  private static Codec codec(KnnVectorsFormat format) {
    Codec base = Codec.getDefault();
    PerFieldKnnVectorsFormat perField =
        new PerFieldKnnVectorsFormat() {
          @Override
          public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
            return format;
          }

          @Override
          public int getMaxDimensions(String field) {
            return MAX_DIMENSIONS;
          }
        };
    return new FilterCodec(base.getName(), base) {
      @Override
      public KnnVectorsFormat knnVectorsFormat() {
        return perField;
      }
    };
  }

  private static IndexWriterConfig indexingConfig(IndexJob job, Codec codec) {
    IndexWriterConfig config =
        config(codec)
            .setOpenMode(IndexWriterConfig.OpenMode.CREATE)
            .setMergeScheduler(new ConcurrentMergeScheduler())
            .setRAMBufferSizeMB(job.ramBufferMib());
    if (!job.parts().isEmpty()) {
      config.setRAMPerThreadHardLimitMB(IndexJob.MAX_RAM_BUFFER_MIB);
    }
    return config.setMergePolicy(job.tieredMerges() ? tiered() : NoMergePolicy.INSTANCE);
  }

  /** Merges on the thread that asks for them. */
  private static IndexWriterConfig mergingConfig(Codec codec) {
    return config(codec).setMergePolicy(tiered()).setMergeScheduler(new SerialMergeScheduler());
  }

  private static IndexWriterConfig config(Codec codec) {
    return new IndexWriterConfig()
        .setCodec(codec)
        .setUseCompoundFile(false)
        .setInfoStream(HnswMessages.stream());
  }

  private static TieredMergePolicy tiered() {
    TieredMergePolicy policy = new TieredMergePolicy();
    policy.setNoCFSRatio(0);
    return policy;
  }

  /**
   * Waits for running merges as well; {@code hasPendingMerges} only knows those that have not
   * begun.
   */
  private static void waitForMerges(IndexWriter writer) throws IOException {
    try (Progress progress = Progress.opaque("wait for merges", Double.NaN)) {
      writer.maybeMerge();
      ((ConcurrentMergeScheduler) writer.getConfig().getMergeScheduler()).sync();
      writer.commit();
    }
  }

  private double forceMerge(Directory directory, Codec codec) throws IOException {
    try (IndexWriter writer = new IndexWriter(directory, mergingConfig(codec));
        Progress progress = Progress.opaque(name + ": force merge", Double.NaN)) {
      long start = System.nanoTime();
      writer.forceMerge(1);
      writer.commit();
      return secondsSince(start);
    }
  }

  private static long fileBytes(Path path, String suffix) throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      long bytes = 0;
      for (Path file : files.filter(file -> file.toString().endsWith(suffix)).toList()) {
        bytes += Files.size(file);
      }
      return bytes;
    }
  }

  private static double secondsSince(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }
}
