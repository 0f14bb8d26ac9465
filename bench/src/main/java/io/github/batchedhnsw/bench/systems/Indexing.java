// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.systems;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.report.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.lucene.index.IndexWriter;

/** Adds the documents of a data set to an index, and deletes some of them, as a job says. */
final class Indexing {
  private final String system;
  private final Dataset data;
  private final IndexJob job;
  private final IndexWriter writer;
  private final Map<Integer, List<Integer>> churned;

  /**
   * Prepares a job.
   *
   * @param system whose index it is, for progress lines
   */
  Indexing(String system, Dataset data, IndexJob job, IndexWriter writer) {
    this.system = system;
    this.data = data;
    this.job = job;
    this.writer = writer;
    churned = churned(job, data.base().count());
  }

  /** The rows that are deleted or updated after a row was added, by the latter. */
  private static Map<Integer, List<Integer>> churned(IndexJob job, int count) {
    Map<Integer, List<Integer>> churned = new HashMap<>();
    for (int row = 0; row < count; row++) {
      if (Deletes.churn(row, job.churnPercent()) != Deletes.Churn.NONE) {
        churned.computeIfAbsent(Deletes.churnTime(row, count), time -> new ArrayList<>()).add(row);
      }
    }
    return churned;
  }

  /**
   * Adds all documents and flushes what is left in the buffer.
   *
   * @param expectedSeconds how long the last build took, NaN when unknown
   */
  void addAll(double expectedSeconds) throws IOException {
    int count = data.base().count();
    try (Progress progress = Progress.start(system + ": add", count, "vectors")) {
      if (job.indexingThreads() > 1) {
        addConcurrently(progress);
      } else {
        int from = 0;
        for (int end : job.ends(count)) {
          if (from > 0) {
            writer.commit();
          }
          add(from, end, progress);
          from = end;
        }
        add(from, count, progress);
      }
    }
    try (Progress progress = Progress.opaque(system + ": flush", expectedSeconds)) {
      writer.commit();
    }
  }

  private void addConcurrently(Progress progress) throws IOException {
    int threads = job.indexingThreads();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> tasks = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        int from = firstRow(thread);
        int to = firstRow(thread + 1);
        tasks.add(
            pool.submit(
                () -> {
                  add(from, to, progress);
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

  private int firstRow(int thread) {
    return (int) ((long) data.base().count() * thread / job.indexingThreads());
  }

  private void add(int from, int to, Progress progress) throws IOException {
    RowDocument document = RowDocument.of(data);
    if (job.deletesPercent() > 0 || job.churnPercent() > 0) {
      document.withKey();
    }
    for (int row = from; row < to; row++) {
      writer.addDocument(document.at(row));
      progress.add(1);
      for (int old : churned.getOrDefault(row, List.of())) {
        if (Deletes.churn(old, job.churnPercent()) == Deletes.Churn.DELETED) {
          writer.deleteDocuments(RowDocument.keyOf(old));
        } else {
          writer.updateDocument(RowDocument.keyOf(old), document.at(old));
        }
      }
    }
  }

  /** Deletes documents that were added, where the job says so. */
  void delete() throws IOException {
    if (job.deletesPercent() == 0) {
      return;
    }
    for (int row = 0; row < data.base().count(); row++) {
      if (!Deletes.isLive(row, job.deletesPercent())) {
        writer.deleteDocuments(RowDocument.keyOf(row));
      }
    }
    writer.commit();
  }
}
