// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.nrt;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.report.Progress;
import io.github.batchedhnsw.bench.systems.RowDocument;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongPredicate;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.SearcherManager;

/**
 * The threads of one run, each with a timetable of its own: one adds documents, one reopens the
 * reader, the others search. The load is over when the last document is added or an operation
 * fails. Runs once.
 */
final class NrtLoad {
  /** Time for the threads to start before the first vector is due. */
  private static final long HEAD_START_NANOS = 20_000_000;

  private final NrtRun run;
  private final Dataset data;
  private final NrtJob job;
  private final String system;
  private final IndexWriter writer;
  private final SearcherManager searchers;
  private final long startNanos = System.nanoTime() + HEAD_START_NANOS;
  private final AtomicBoolean over = new AtomicBoolean();

  /** Written by the thread that reopens, and read when that has ended. */
  private final List<NrtResult.Reopen> timeline = new ArrayList<>();

  NrtLoad(NrtRun run, String system, IndexWriter writer, SearcherManager searchers) {
    this.run = run;
    data = run.data();
    job = run.job();
    this.system = system;
    this.writer = writer;
    this.searchers = searchers;
  }

  /**
   * What the threads measured.
   *
   * @param addSeconds from when the first vector was due to when the last was added
   * @param adds latencies of the additions
   * @param reopens latencies of the reopens
   * @param searches latencies of the searches of all threads
   * @param timeline every reopen, in order
   */
  record Outcome(
      double addSeconds,
      Latencies adds,
      Latencies reopens,
      Latencies searches,
      List<NrtResult.Reopen> timeline) {}

  private record Added(Latencies latencies, double seconds) {}

  /**
   * Runs all threads to their end.
   *
   * @throws IOException when an operation fails, or this thread is interrupted meanwhile
   */
  Outcome run() throws IOException {
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      Future<Added> adding = threads.submit(this::add);
      Future<Latencies> reopening = threads.submit(this::reopen);
      List<Future<Latencies>> searching = new ArrayList<>();
      for (int thread = 0; thread < job.searchThreads() && job.searchesPerSecond() > 0; thread++) {
        int first = thread;
        searching.add(threads.submit(() -> search(first)));
      }
      Added added = adding.get();
      Latencies reopens = reopening.get();
      Latencies searches = new Latencies();
      for (Future<Latencies> future : searching) {
        searches.add(future.get());
      }
      return new Outcome(added.seconds(), added.latencies(), reopens, searches, timeline);
    } catch (ExecutionException e) {
      throw new IOException("%s failed: %s".formatted(system, e.getCause().getMessage()), e);
    } catch (InterruptedException e) {
      over.set(true);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while indexing with " + system, e);
    }
  }

  /**
   * Runs the operations of one thread until the load is over; it is over as soon as one thread
   * ends.
   */
  private Latencies operate(
      OpenLoop loop, int first, int step, LongPredicate wanted, OpenLoop.Operation operation)
      throws IOException, InterruptedException {
    try {
      return loop.run(first, step, number -> wanted.test(number) && !over.get(), operation);
    } finally {
      over.set(true);
    }
  }

  private Added add() throws IOException, InterruptedException {
    RowDocument document = RowDocument.of(data);
    String step = "%s, RAM buffer %s MiB: add".formatted(system, run.ramBufferMib());
    try (Progress progress = Progress.start(step, job.documents(), "vectors")) {
      Latencies latencies =
          operate(
              new OpenLoop(LoadClock.SYSTEM, startNanos, 1e9 / job.rate()),
              0,
              1,
              number -> number < job.documents(),
              number -> {
                writer.addDocument(document.at((int) number));
                progress.add(1);
              });
      return new Added(latencies, (System.nanoTime() - startNanos) / 1e9);
    }
  }

  private Latencies reopen() throws IOException, InterruptedException {
    return operate(
        new OpenLoop(LoadClock.SYSTEM, startNanos, job.reopenMillis() * 1e6),
        1,
        1,
        number -> true,
        number -> {
          long begun = System.nanoTime();
          searchers.maybeRefreshBlocking();
          long done = System.nanoTime();
          withSearcher(
              searcher -> {
                IndexReader reader = searcher.getIndexReader();
                timeline.add(
                    new NrtResult.Reopen(
                        (begun - startNanos) / 1e9,
                        (done - begun) / 1e6,
                        reader.numDocs(),
                        reader.leaves().size()));
              });
        });
  }

  /** The searches of one thread; they begin when the first reopen is due. */
  private Latencies search(int first) throws IOException, InterruptedException {
    int queries = data.queries().count();
    long begin = startNanos + (long) (job.reopenMillis() * 1e6);
    return operate(
        new OpenLoop(LoadClock.SYSTEM, begin, 1e9 / job.searchesPerSecond()),
        first,
        job.searchThreads(),
        number -> true,
        number ->
            withSearcher(
                searcher ->
                    searcher.search(
                        data.queries()
                            .query(RowDocument.VECTOR_FIELD, (int) (number % queries), job.width()),
                        NrtJob.TOP_K)));
  }

  @FunctionalInterface
  private interface SearcherUse {
    void with(IndexSearcher searcher) throws IOException;
  }

  private void withSearcher(SearcherUse use) throws IOException {
    IndexSearcher searcher = searchers.acquire();
    try {
      use.with(searcher);
    } finally {
      searchers.release(searcher);
    }
  }
}
