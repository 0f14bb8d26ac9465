// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * For each vector, the rows that have it among their best candidates: they become its candidates,
 * too. A pair of near vectors is therefore only missed if neither of them finds the other.
 *
 * <p>Use: {@link #set} for every row, from any thread, and then {@link #forEachTarget}. Vectors are
 * named by position; a vector's rank is where its position stands in the given order.
 */
public final class ReverseCandidates {
  /** Fewest targets that are grouped at a time, but for the last ones. */
  private static final int MIN_RANGE = 1 << 12;

  /** Most ranges: each of them looks at the candidates of all rows. */
  private static final int MAX_RANGES = 64;

  private static final int MAX_EDGES = 1 << 30;
  private static final int CHECK_INTERVAL = 1 << 10;
  private static final int PAGE_BITS = 12;
  private static final int NONE = -1;

  private final int[] order;
  private final int[] ranks; // by position
  private final int perRow;
  private final IntUnaryOperator positionOf;
  private final int[][] pages; // ranks of the candidates of each row, by rank of the row

  /** Receives the rows that have a vector among their best candidates. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * Called by any worker.
     *
     * @param worker as in {@link ParallelRanges.Body#run}
     * @param position of the vector, visited at most once
     * @param rows positions of the rows that have it, without those that it has, too, from {@code
     *     from} to {@code to}
     */
    void visit(int worker, int position, int[] rows, int from, int to) throws IOException;
  }

  /**
   * Makes room for the candidates of all rows.
   *
   * @param order every position once; near vectors should be near to each other
   * @param perRow number of best candidates of a row that count
   * @param positionOf position of an ordinal
   */
  public ReverseCandidates(int[] order, int perRow, IntUnaryOperator positionOf) {
    this.order = order;
    this.perRow = perRow;
    this.positionOf = positionOf;
    this.ranks = new int[order.length];
    for (int rank = 0; rank < order.length; rank++) {
      ranks[order[rank]] = rank;
    }
    this.pages = new int[(order.length + (1 << PAGE_BITS) - 1) >>> PAGE_BITS][];
    for (int page = 0; page < pages.length; page++) {
      int rows = Math.min(1 << PAGE_BITS, order.length - (page << PAGE_BITS));
      pages[page] = new int[rows * perRow];
      Arrays.fill(pages[page], NONE);
    }
  }

  /** Whether they can be grouped in any case: all rows may have found the same vectors. */
  public static boolean canGroup(int rows, int perRow) {
    return (long) rows * perRow <= MAX_EDGES;
  }

  /**
   * Heap bytes that the candidates of some rows take, besides what each worker needs; with a bound
   * for each row.
   */
  public static long estimateBytes(int rows, int perRow) {
    return (long) rows * (Integer.BYTES * (1 + perRow) + Float.BYTES);
  }

  /**
   * Sets the candidates of a row.
   *
   * @param candidates {@link ScoredOrdinal}s, best first
   */
  public void set(int position, long[] candidates, int count) {
    int rank = ranks[position];
    int[] page = pages[rank >>> PAGE_BITS];
    int offset = offset(rank);
    for (int i = 0; i < Math.min(count, perRow); i++) {
      page[offset + i] = ranks[positionOf.applyAsInt(ScoredOrdinal.ordinal(candidates[i]))];
    }
  }

  /** Visits every vector that rows have found which it has not found, in parallel. */
  public void forEachTarget(ParallelRanges parallel, Visitor visitor) throws IOException {
    int range = Math.max(MIN_RANGE, (order.length + MAX_RANGES - 1) / MAX_RANGES);
    Group[] groups = new Group[parallel.workers()];
    parallel.forEach(
        order.length,
        range,
        (worker, from, to) -> {
          if (groups[worker] == null) {
            groups[worker] = new Group(range);
          }
          groups[worker].visit(worker, from, to, visitor, parallel);
        });
  }

  private int offset(int rank) {
    return (rank & (1 << PAGE_BITS) - 1) * perRow;
  }

  private boolean finds(int row, int target) {
    int[] page = pages[row >>> PAGE_BITS];
    int offset = offset(row);
    for (int i = offset; i < offset + perRow; i++) {
      if (page[i] == target) {
        return true;
      }
    }
    return false;
  }

  /** Rows grouped by targets, those of a range of ranks. */
  private final class Group {
    private final int[] starts;
    private int[] sources = new int[0];

    Group(int range) {
      this.starts = new int[range + 1];
    }

    void visit(int worker, int from, int to, Visitor visitor, ParallelRanges parallel)
        throws IOException {
      Arrays.fill(starts, 0);
      forEachEdge(from, to, (source, target) -> starts[target - from + 1]++);
      for (int i = 0; i < to - from; i++) {
        starts[i + 1] += starts[i];
      }
      int edges = starts[to - from];
      if (sources.length < edges) {
        sources = new int[edges + edges / 8];
      }
      forEachEdge(from, to, (source, target) -> sources[starts[target - from]++] = order[source]);
      // Scattering has moved each start to where the rows of the next target begin.
      for (int target = from, start = 0; target < to; target++) {
        if ((target - from) % CHECK_INTERVAL == 0) {
          parallel.checkAborted();
        }
        int end = starts[target - from];
        if (end > start) {
          visitor.visit(worker, order[target], sources, start, end);
        }
        start = end;
      }
    }

    /** Passes on the pairs of a row and a target in a range that does not find the row. */
    private void forEachEdge(int from, int to, EdgeVisitor visitor) {
      for (int page = 0, source = 0; page < pages.length; page++) {
        int[] targets = pages[page];
        for (int i = 0; i < targets.length; source++) {
          for (int end = i + perRow; i < end; i++) {
            int target = targets[i];
            if (target >= from && target < to && !finds(target, source)) {
              visitor.visit(source, target);
            }
          }
        }
      }
    }
  }

  private interface EdgeVisitor {
    void visit(int source, int target);
  }
}
