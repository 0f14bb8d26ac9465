// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.construction.linking.ForwardLists;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.selection.KnownPairwiseScores;
import io.github.batchedhnsw.construction.selection.NeighborSelector;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.DistanceKernels;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import java.io.IOException;
import java.util.Arrays;

/**
 * Selects the neighbours of the nodes of a small level from the scores of all pairs, each computed
 * once: candidates need no search, and the diversity rule looks up what it compares.
 */
final class AllPairs {
  /** Largest level whose scores are kept: they take 8 MiB. */
  static final int MAX_SIZE = 1448;

  /** Rows that are scored with all that follow at a time. */
  private static final int BLOCK = 32;

  private final FlatAdjacency level;
  private final ParallelRanges parallel;
  private final int size;
  private final int stride;
  private final float[] scores;

  private AllPairs(FlatAdjacency level, ParallelRanges parallel) {
    this.level = level;
    this.parallel = parallel;
    this.size = level.size();
    this.stride = size + DistanceKernels.BLOCK_ROWS - 1 & -DistanceKernels.BLOCK_ROWS;
    this.scores = new float[size * stride];
  }

  /**
   * Selects neighbours.
   *
   * @param lists of at most {@link #MAX_SIZE} nodes
   * @param scorers one for each worker
   * @param used number of nearest nodes from which a node's neighbours are selected
   * @param targetDegree see {@link NeighborSelector#select}
   */
  static void select(
      ForwardLists lists,
      OrdinalScorer[] scorers,
      int used,
      int targetDegree,
      ParallelRanges parallel)
      throws IOException {
    AllPairs pairs = new AllPairs(lists.level(), parallel);
    pairs.score(scorers);
    pairs.select(lists, used, targetDegree);
  }

  private void score(OrdinalScorer[] scorers) throws IOException {
    int[] ordinals = new int[size];
    Arrays.setAll(ordinals, level::ordinalAt);
    float[][] blocks = new float[parallel.workers()][];
    parallel.forEach(
        size,
        BLOCK,
        (worker, from, to) -> {
          if (blocks[worker] == null) {
            blocks[worker] = new float[BLOCK * size];
          }
          float[] block = blocks[worker];
          int count = size - from;
          int[] rows = Arrays.copyOfRange(ordinals, from, to);
          scorers[worker].scoreAll(rows, Arrays.copyOfRange(ordinals, from, size), count, block);
          for (int row = from; row < to; row++) {
            System.arraycopy(block, (row - from) * count, scores, row * stride + from, count);
            for (int other = to; other < size; other++) {
              scores[other * stride + row] = block[(row - from) * count + other - from];
            }
          }
        });
    for (int row = 0; row < size; row++) {
      scores[row * stride + row] = Float.NEGATIVE_INFINITY; // no neighbour of itself
      Arrays.fill(scores, row * stride + size, (row + 1) * stride, Float.NEGATIVE_INFINITY);
    }
  }

  private void select(ForwardLists lists, int used, int targetDegree) throws IOException {
    Worker[] workers = new Worker[parallel.workers()];
    parallel.forEach(
        size,
        BLOCK,
        (worker, from, to) -> {
          if (workers[worker] == null) {
            workers[worker] = new Worker();
          }
          for (int slot = from; slot < to; slot++) {
            if (lists.selects(slot)) {
              workers[worker].select(lists, slot, used, targetDegree);
            }
          }
        });
  }

  /** The working memory of one thread. */
  private final class Worker {
    private final DistanceKernels kernels = DistanceKernels.best();
    private final NeighborSelector selector =
        new NeighborSelector(new KnownPairwiseScores(scores, stride));
    private final int[] slots = new int[stride + DistanceKernels.BLOCK_ROWS];
    private final float[] reached = new float[stride + DistanceKernels.BLOCK_ROWS];
    private final long[] pairs = new long[stride];
    private final long[] sorted = new long[stride];
    private final long[] selected = new long[level.maxDegree()];

    void select(ForwardLists lists, int slot, int used, int targetDegree) throws IOException {
      int row = slot * stride;
      int rank = Math.min(used, size - 1);
      float bound = Math.max(-Float.MAX_VALUE, kernels.greatest(scores, row, stride, rank));
      int found = kernels.atLeast(scores, row, stride, bound, 0, slots, reached, 0);
      for (int i = 0; i < found; i++) {
        pairs[i] = ScoredOrdinal.encode(reached[i], slots[i]);
      }
      kernels.sortDescending(pairs, found, sorted);
      int count = Math.min(rank, found);
      int chosen = selector.select(sorted, count, level.maxDegree(), targetDegree, selected);
      for (int i = 0; i < chosen; i++) {
        float score = ScoredOrdinal.score(selected[i]);
        selected[i] =
            ScoredOrdinal.encode(score, level.ordinalAt(ScoredOrdinal.ordinal(selected[i])));
      }
      level.replace(slot, selected, chosen);
      lists.diverse()[slot] = (short) selector.diverseCount();
    }
  }
}
