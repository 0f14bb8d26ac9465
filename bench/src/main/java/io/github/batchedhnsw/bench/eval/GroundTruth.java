// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.eval;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.report.Progress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntPredicate;

/**
 * The exact nearest neighbours of every query.
 *
 * @param rows per query the identifiers, nearest first, ties by lower identifier
 * @param scores per query their scores, descending
 */
public record GroundTruth(int[][] rows, float[][] scores) {
  private static final int QUERIES_PER_TASK = 16;

  /** Relative error of a score that may come from the order of its sum alone. */
  private static final float ROUNDING = 1e-6f;

  /**
   * Compares every query with every live vector, on all processors.
   *
   * @param k neighbours per query; fewer come back only where fewer vectors are live
   * @param live which rows exist
   */
  public static GroundTruth compute(Dataset data, int k, IntPredicate live) {
    int queries = data.queries().count();
    int[][] rows = new int[queries][];
    float[][] scores = new float[queries][];
    try (ExecutorService pool =
            Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        Progress progress = Progress.start("exact neighbours", queries, "queries")) {
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int from = 0; from < queries; from += QUERIES_PER_TASK) {
        int first = from;
        int end = Math.min(queries, from + QUERIES_PER_TASK);
        tasks.add(
            () -> {
              Nearest[] nearest = scan(data, k, live, first, end);
              for (int query = first; query < end; query++) {
                rows[query] = nearest[query - first].rows();
                scores[query] = nearest[query - first].scores();
              }
              progress.add(end - first);
              return null;
            });
      }
      for (Future<Void> task : pool.invokeAll(tasks)) {
        task.get();
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("exact neighbours could not be computed", e);
    }
    return new GroundTruth(rows, scores);
  }

  /** The same for fewer neighbours per query. */
  public GroundTruth first(int k) {
    int[][] firstRows = new int[rows.length][];
    float[][] firstScores = new float[rows.length][];
    for (int query = 0; query < rows.length; query++) {
      int kept = Math.min(k, rows[query].length);
      firstRows[query] = Arrays.copyOf(rows[query], kept);
      firstScores[query] = Arrays.copyOf(scores[query], kept);
    }
    return new GroundTruth(firstRows, firstScores);
  }

  /** One pass over the vectors for a block of queries, so that a row is read once per block. */
  private static Nearest[] scan(Dataset data, int k, IntPredicate live, int first, int end) {
    Nearest[] nearest = new Nearest[end - first];
    for (int i = 0; i < nearest.length; i++) {
      nearest[i] = new Nearest(k);
    }
    for (int row = 0; row < data.base().count(); row++) {
      if (live.test(row)) {
        for (int query = first; query < end; query++) {
          nearest[query - first].offer(
              row, data.base().score(data.similarity(), row, data.queries(), query));
        }
      }
    }
    return nearest;
  }

  /**
   * Recall of one result: the share of the k exact neighbours that it found. A result as near as
   * the k-th exact neighbour counts, so that ties and duplicates are no error, and so does one that
   * is farther by rounding alone: Lucene's sums may come in another order while they are
   * interpreted, which is when the exact neighbours were found. 1 where nothing is to be found.
   *
   * @param found identifiers, best first, of which the first k are looked at
   */
  public double recall(Dataset data, int query, int[] found) {
    float[] exact = scores[query];
    if (exact.length == 0) {
      return 1;
    }
    float worst = exact[exact.length - 1] - ROUNDING * Math.abs(exact[exact.length - 1]);
    int hits = 0;
    for (int i = 0; i < Math.min(found.length, exact.length); i++) {
      if (data.base().score(data.similarity(), found[i], data.queries(), query) >= worst) {
        hits++;
      }
    }
    return (double) hits / exact.length;
  }

  /** The k best so far, by insertion: k is small and most offers fail at the first comparison. */
  private static final class Nearest {
    private final int[] rows;
    private final float[] scores;
    private int size;

    Nearest(int k) {
      rows = new int[k];
      scores = new float[k];
    }

    /** Rows must come in ascending order: an equal score does not displace a lower row. */
    void offer(int row, float score) {
      if (size == rows.length && score <= scores[size - 1]) {
        return;
      }
      int slot = size < rows.length ? size++ : size - 1;
      while (slot > 0 && scores[slot - 1] < score) {
        scores[slot] = scores[slot - 1];
        rows[slot] = rows[slot - 1];
        slot--;
      }
      scores[slot] = score;
      rows[slot] = row;
    }

    int[] rows() {
      return Arrays.copyOf(rows, size);
    }

    float[] scores() {
      return Arrays.copyOf(scores, size);
    }
  }
}
