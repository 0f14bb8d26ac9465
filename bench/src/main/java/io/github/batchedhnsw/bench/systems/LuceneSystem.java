// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.systems;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.report.Progress;
import io.github.batchedhnsw.codec.BuildListener;
import io.github.batchedhnsw.codec.BuiltGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
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
     * @param pool of the workers, or null
     * @param listener to be told of graphs, by a format that tells
     */
    KnnVectorsFormat make(ExecutorService pool, BuildListener listener);
  }

  /** The indexed field. */
  public static final String VECTOR_FIELD = LuceneIndex.VECTOR_FIELD;

  private static final int MAX_DIMENSIONS = 4096;

  @Override
  public Built build(Dataset data, IndexJob job, Path path, double expectedSeconds)
      throws IOException {
    // The thread that flushes or merges works, too, in either system.
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
      double indexSeconds;
      double mergeSeconds = 0;
      try (IndexWriter writer = new IndexWriter(directory, indexingConfig(job, codec))) {
        long start = System.nanoTime();
        addAll(data, job, writer, expectedSeconds);
        indexSeconds = secondsSince(start);
        if (job.tieredMerges()) {
          start = System.nanoTime();
          waitForMerges(writer);
          mergeSeconds = secondsSince(start);
        }
        delete(data, job, writer);
      }
      int flushed = SegmentInfos.readLatestCommit(directory).size();
      int wanted = job.parts().size();
      if (wanted > 0 && flushed != wanted) {
        throw new IOException(
            ("%s flushed %d segments where %d were asked for: the vectors do not fit in %d MiB, ask"
                    + " for more segments")
                .formatted(name, flushed, wanted, IndexJob.MAX_RAM_BUFFER_MIB));
      }
      double forceMergeSeconds = job.forceMerge() ? forceMerge(directory, codec) : 0;
      BuildTimes times =
          new BuildTimes(
              indexSeconds,
              mergeSeconds,
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

  /**
   * An empty index that is changed and merged step by step, by one thread.
   *
   * @throws IOException when it cannot be written
   */
  public Updates updates(Dataset data, Path path) throws IOException {
    Directory directory = FSDirectory.open(path);
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(codec())
            .setUseCompoundFile(false)
            .setInfoStream(HnswMessages.stream())
            .setMergePolicy(tiered())
            .setMergeScheduler(new SerialMergeScheduler())
            .setRAMBufferSizeMB(IndexJob.MAX_RAM_BUFFER_MIB);
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
        new IndexWriterConfig()
            .setCodec(codec)
            .setOpenMode(IndexWriterConfig.OpenMode.CREATE)
            .setUseCompoundFile(false)
            .setInfoStream(HnswMessages.stream())
            .setMergeScheduler(new ConcurrentMergeScheduler())
            .setRAMBufferSizeMB(job.ramBufferMib());
    if (!job.parts().isEmpty()) {
      config.setRAMPerThreadHardLimitMB(IndexJob.MAX_RAM_BUFFER_MIB);
    }
    return config.setMergePolicy(job.tieredMerges() ? tiered() : NoMergePolicy.INSTANCE);
  }

  private static TieredMergePolicy tiered() {
    TieredMergePolicy policy = new TieredMergePolicy();
    policy.setNoCFSRatio(0);
    return policy;
  }

  private void addAll(Dataset data, IndexJob job, IndexWriter writer, double expectedSeconds)
      throws IOException {
    int count = data.base().count();
    try (Progress progress = Progress.start(name + ": add", count, "vectors")) {
      if (job.indexingThreads() > 1) {
        addConcurrently(data, job, writer, progress);
      } else {
        int from = 0;
        for (int end : job.ends(count)) {
          if (from > 0) {
            writer.commit();
          }
          add(data, job, writer, from, end, progress);
          from = end;
        }
        add(data, job, writer, from, count, progress);
      }
    }
    try (Progress progress = Progress.opaque(name + ": flush", expectedSeconds)) {
      writer.commit();
    }
  }

  private static int bound(int count, int parts, int part) {
    return (int) ((long) count * part / parts);
  }

  private static void addConcurrently(
      Dataset data, IndexJob job, IndexWriter writer, Progress progress) throws IOException {
    int threads = job.indexingThreads();
    int count = data.base().count();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> tasks = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        int from = bound(count, threads, thread);
        int to = bound(count, threads, thread + 1);
        tasks.add(
            pool.submit(
                () -> {
                  add(data, job, writer, from, to, progress);
                  return null;
                }));
      }
      for (Future<?> task : tasks) {
        task.get();
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IOException("indexing with " + threads + " threads failed", e);
    }
  }

  private static void add(
      Dataset data, IndexJob job, IndexWriter writer, int from, int to, Progress progress)
      throws IOException {
    Field vector = data.base().newField(LuceneIndex.VECTOR_FIELD, data.similarity());
    NumericDocValuesField row = new NumericDocValuesField(LuceneIndex.ROW_FIELD, 0);
    StringField key = new StringField(LuceneIndex.ROW_FIELD + "-key", "", Field.Store.NO);
    Document document = new Document();
    document.add(vector);
    document.add(row);
    if (job.deletesPercent() > 0 || job.churnPercent() > 0) {
      document.add(key);
    }
    int[][] churned = churned(job, data.base().count());
    for (int i = from; i < to; i++) {
      data.base().setField(vector, i);
      row.setLongValue(i);
      key.setStringValue(Integer.toString(i));
      writer.addDocument(document);
      progress.add(1);
      for (int old : churned[i]) {
        if (Deletes.churn(old, job.churnPercent()) == Deletes.Churn.DELETED) {
          writer.deleteDocuments(Updates.keyOf(old));
        } else {
          data.base().setField(vector, old);
          row.setLongValue(old);
          key.setStringValue(Integer.toString(old));
          writer.updateDocument(Updates.keyOf(old), document);
        }
      }
    }
  }

  /** For every row, those that are deleted or updated after it was added. */
  private static int[][] churned(IndexJob job, int count) {
    int[][] churned = new int[count][];
    Arrays.fill(churned, new int[0]);
    for (int row = 0; row < count; row++) {
      if (Deletes.churn(row, job.churnPercent()) != Deletes.Churn.NONE) {
        int time = Deletes.churnTime(row, count);
        int[] rows = Arrays.copyOf(churned[time], churned[time].length + 1);
        rows[rows.length - 1] = row;
        churned[time] = rows;
      }
    }
    return churned;
  }

  /**
   * The scheduler waits for running merges too; {@code hasPendingMerges} only knows waiting ones.
   */
  private static void waitForMerges(IndexWriter writer) throws IOException {
    try (Progress progress = Progress.opaque("wait for merges", Double.NaN)) {
      writer.maybeMerge();
      ((ConcurrentMergeScheduler) writer.getConfig().getMergeScheduler()).sync();
      writer.commit();
    }
  }

  private static void delete(Dataset data, IndexJob job, IndexWriter writer) throws IOException {
    if (job.deletesPercent() == 0) {
      return;
    }
    for (int row = 0; row < data.base().count(); row++) {
      if (!Deletes.isLive(row, job.deletesPercent())) {
        writer.deleteDocuments(Updates.keyOf(row));
      }
    }
    writer.commit();
  }

  private double forceMerge(Directory directory, Codec codec) throws IOException {
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(codec)
            .setUseCompoundFile(false)
            .setInfoStream(HnswMessages.stream())
            .setMergePolicy(tiered())
            .setMergeScheduler(new SerialMergeScheduler());
    try (IndexWriter writer = new IndexWriter(directory, config);
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
