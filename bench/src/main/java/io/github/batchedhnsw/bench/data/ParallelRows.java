// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import io.github.batchedhnsw.bench.report.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** Makes rows that are pure functions of their number, on all processors. */
final class ParallelRows {
  private static final int ROWS_PER_TASK = 512;

  private ParallelRows() {}

  static FloatVectors make(String step, int count, IntFunction<float[]> maker) {
    float[][] rows = new float[count][];
    try (ExecutorService pool =
            Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        Progress progress = Progress.start(step, count, "vectors")) {
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int from = 0; from < count; from += ROWS_PER_TASK) {
        int first = from;
        int end = Math.min(count, from + ROWS_PER_TASK);
        tasks.add(
            () -> {
              for (int row = first; row < end; row++) {
                rows[row] = maker.apply(row);
              }
              progress.add(end - first);
              return null;
            });
      }
      for (Future<Void> task : pool.invokeAll(tasks)) {
        task.get();
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(step + " failed", e);
    }
    return new FloatVectors(rows);
  }
}
