// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.nrt;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.report.Progress;
import io.github.batchedhnsw.bench.systems.LuceneSystem;
import io.github.batchedhnsw.bench.systems.ProcessCpu;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.IndexSearcher;
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
  static final String ROW_FIELD = "row";

  /** Time for the threads to start before the first vector is due. */
  private static final long HEAD_START_NANOS = 20_000_000;

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
    Load load;
    double drainSeconds;
    try (Directory directory = FSDirectory.open(path)) {
      try (IndexWriter writer = new IndexWriter(directory, config);
          SearcherManager searchers = new SearcherManager(writer, null)) {
        load = load(system.name(), writer, searchers);
        long start = System.nanoTime();
        searchers.maybeRefreshBlocking();
        writer.commit();
        ((ConcurrentMergeScheduler) config.getMergeScheduler()).sync();
        writer.commit();
        drainSeconds = (System.nanoTime() - start) / 1e9;
      }
      double cpuSeconds = ProcessCpu.seconds() - startCpuSeconds;
      int segments;
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        segments = reader.leaves().size();
        if (reader.numDocs() != job.documents()) {
          throw new IOException(
              "%s: expected %d documents in the index, found %d"
                  .formatted(system.name(), job.documents(), reader.numDocs()));
        }
      }
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
          segments,
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

  private static NrtResult.Latency latency(Latencies latencies) {
    return new NrtResult.Latency(latencies.service(), latencies.sinceDue());
  }

  private record Load(
      double addSeconds,
      Latencies adds,
      Latencies reopens,
      Latencies searches,
      List<NrtResult.Reopen> timeline) {}

  private record Added(Latencies latencies, double seconds) {}

  /** Adding ends the load, and so does whatever fails. */
  private Load load(String name, IndexWriter writer, SearcherManager searchers) throws IOException {
    AtomicBoolean over = new AtomicBoolean();
    long startNanos = System.nanoTime() + HEAD_START_NANOS;
    List<NrtResult.Reopen> timeline = new ArrayList<>();
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      Future<Added> adding = threads.submit(() -> add(name, writer, startNanos, over));
      Future<Latencies> reopening =
          threads.submit(() -> reopen(searchers, startNanos, over, timeline));
      List<Future<Latencies>> searching = new ArrayList<>();
      for (int thread = 0; thread < job.searchThreads() && job.searchesPerSecond() > 0; thread++) {
        int first = thread;
        searching.add(threads.submit(() -> search(searchers, startNanos, first, over)));
      }
      Added added = adding.get();
      Latencies reopens = reopening.get();
      Latencies searches = new Latencies();
      for (Future<Latencies> future : searching) {
        searches.add(future.get());
      }
      return new Load(added.seconds(), added.latencies(), reopens, searches, timeline);
    } catch (ExecutionException e) {
      throw new IOException("%s failed: %s".formatted(name, e.getCause().getMessage()), e);
    } catch (InterruptedException e) {
      over.set(true);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while indexing with " + name, e);
    }
  }

  private Added add(String name, IndexWriter writer, long startNanos, AtomicBoolean over)
      throws IOException, InterruptedException {
    Field vector = data.base().newField(LuceneSystem.VECTOR_FIELD, data.similarity());
    NumericDocValuesField row = new NumericDocValuesField(ROW_FIELD, 0);
    Document document = new Document();
    document.add(vector);
    document.add(row);
    String step = "%s, RAM buffer %s MiB: add".formatted(name, ramBufferMib);
    try (Progress progress = Progress.start(step, job.documents(), "vectors")) {
      Latencies latencies =
          new OpenLoop(LoadClock.SYSTEM, startNanos, 1e9 / job.rate())
              .run(
                  0,
                  1,
                  number -> number < job.documents() && !over.get(),
                  number -> {
                    data.base().setField(vector, (int) number);
                    row.setLongValue(number);
                    writer.addDocument(document);
                    progress.add(1);
                  });
      return new Added(latencies, (System.nanoTime() - startNanos) / 1e9);
    } finally {
      over.set(true);
    }
  }

  private Latencies reopen(
      SearcherManager searchers,
      long startNanos,
      AtomicBoolean over,
      List<NrtResult.Reopen> timeline)
      throws IOException, InterruptedException {
    try {
      return new OpenLoop(LoadClock.SYSTEM, startNanos, job.reopenMillis() * 1e6)
          .run(
              1,
              1,
              number -> !over.get(),
              number -> {
                long begun = System.nanoTime();
                searchers.maybeRefreshBlocking();
                long done = System.nanoTime();
                IndexSearcher searcher = searchers.acquire();
                try {
                  IndexReader reader = searcher.getIndexReader();
                  timeline.add(
                      new NrtResult.Reopen(
                          (begun - startNanos) / 1e9,
                          (done - begun) / 1e6,
                          reader.numDocs(),
                          reader.leaves().size()));
                } finally {
                  searchers.release(searcher);
                }
              });
    } finally {
      over.set(true);
    }
  }

  /** The searches of one thread; they begin when the first reopen is due. */
  private Latencies search(
      SearcherManager searchers, long startNanos, int first, AtomicBoolean over)
      throws IOException, InterruptedException {
    int queries = data.queries().count();
    long begin = startNanos + (long) (job.reopenMillis() * 1e6);
    try {
      return new OpenLoop(LoadClock.SYSTEM, begin, 1e9 / job.searchesPerSecond())
          .run(
              first,
              job.searchThreads(),
              number -> !over.get(),
              number -> {
                IndexSearcher searcher = searchers.acquire();
                try {
                  searcher.search(
                      data.queries()
                          .query(LuceneSystem.VECTOR_FIELD, (int) (number % queries), job.width()),
                      NrtJob.TOP_K);
                } finally {
                  searchers.release(searcher);
                }
              });
    } finally {
      over.set(true);
    }
  }
}
