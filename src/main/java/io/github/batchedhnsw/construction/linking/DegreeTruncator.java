// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.linking;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.SplitMix;
import io.github.batchedhnsw.vectors.Metric;
import java.io.IOException;
import java.util.Locale;

/**
 * Truncates the non-diverse neighbours of the lists so that the mean degree, reverse edges
 * included, becomes the one that insertion would reach. Insertion adds an edge to two lists for
 * every neighbour that a node selects, and prunes lists that overflow; here neighbours that select
 * each other count once, so more are needed. If scores are inner products, lists are filled
 * completely and nothing is truncated: few neighbours are diverse, and those are the same long
 * vectors for all. Immutable.
 */
public final class DegreeTruncator {
  /** Highest degree that lists are filled to before, as a percentage of the maximum degree. */
  private static final int MOST_FILLED = 60;

  /**
   * Target mean degree of lists far from full, as a share of the one that insertion would reach
   * without pruning. Lists selected from the nearest neighbours are better than insertion's, some
   * of which were selected when the graph was small, and from fewer candidates than are known here.
   */
  private static final double INSERTED_SHARE = 0.92;

  /** How much lower that share is for full lists, which insertion prunes. */
  private static final double PRUNING_LOSS = 0.12;

  /**
   * Share of its edges that a node lacks if Lucene joins it instead of inserting it, where lists
   * are full; short lists lose less.
   */
  private static final double JOINED_LOSS = 0.12;

  /** Number of lists that an added neighbour makes longer: half of the pairs select each other. */
  private static final double LISTS_PER_EDGE = 1.5;

  /** Number of nodes whose degrees are sampled. */
  private static final int DEGREE_SAMPLE = 4096;

  private static final int SERIAL_GRAIN = 1 << 14;

  private final long seed;
  private final double joinedShare;
  private final Metric metric;
  private final ParallelRanges parallel;

  /**
   * What was done with a level.
   *
   * @param diverseMean mean degree of the sampled nodes with diverse neighbours and reverse edges
   *     only
   * @param insertedMean mean degree that insertion would reach
   * @param targetDegree degree up to which the lists are filled with non-diverse neighbours
   */
  public record Result(double diverseMean, double insertedMean, int targetDegree) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "lists of %.1f neighbours, about %.1f by insertion, are filled up to %d",
          diverseMean,
          insertedMean,
          targetDegree);
    }
  }

  /** Degrees of sampled nodes, summed up: with reverse edges of diverse neighbours. */
  private record DegreeSums(double here, double inserted, int nodes) {}

  /**
   * A truncator for the levels of one graph.
   *
   * @param seed of the sample
   * @param joinedShare see {@link io.github.batchedhnsw.construction.BuildParams#joinedShare}
   */
  public DegreeTruncator(long seed, double joinedShare, Metric metric, ParallelRanges parallel) {
    this.seed = seed;
    this.joinedShare = joinedShare;
    this.metric = metric;
    this.parallel = parallel;
  }

  /**
   * Degree up to which selection fills the lists that are truncated here.
   *
   * @param useful whether non-diverse neighbours help searches; by inner products they always do
   */
  public int mostFilled(int maxDegree, boolean useful) {
    if (metric == Metric.INNER_PRODUCT) {
      return maxDegree;
    }
    return useful ? maxDegree * MOST_FILLED / 100 : 0;
  }

  /**
   * Truncates the lists of the nodes that select their neighbours.
   *
   * @param lists with at least one such node
   * @param filled degree up to which selection has filled them, see {@link #mostFilled}
   */
  public Result truncate(ForwardLists lists, int filled) throws IOException {
    FlatAdjacency level = lists.level();
    int[] slots = lists.selectingSlots();
    DegreeSums sums = sampleDegrees(lists, slots);
    double mean = sums.here / sums.nodes;
    double insertedMean = sums.inserted / sums.nodes;
    double missing = (targetMean(insertedMean, level.maxDegree()) - mean) / LISTS_PER_EDGE;
    int floor =
        metric == Metric.INNER_PRODUCT
            ? filled
            : Math.min(filled, targetDegree(lists, slots, missing));
    for (int slot : slots) {
      level.truncate(slot, Math.max(lists.diverse()[slot], floor));
    }
    return new Result(mean, insertedMean, floor);
  }

  private double targetMean(double insertedMean, int maxDegree) {
    double fullness = insertedMean / maxDegree;
    return insertedMean
        * (INSERTED_SHARE - PRUNING_LOSS * fullness)
        * (1 - JOINED_LOSS * joinedShare * fullness);
  }

  /** Returns the degree to fill lists up to so that their mean length grows by {@code missing}. */
  private static int targetDegree(ForwardLists lists, int[] slots, double missing) {
    int maxDegree = lists.level().maxDegree();
    int[] histogram = new int[maxDegree + 1];
    for (int slot : slots) {
      histogram[lists.diverse()[slot]]++;
    }
    int floor = 0;
    for (double added = 0; floor < maxDegree && added < missing; floor++) {
      for (int degree = 0; degree <= floor; degree++) {
        added += histogram[degree] / (double) slots.length;
      }
    }
    return floor;
  }

  private DegreeSums sampleDegrees(ForwardLists lists, int[] slots) throws IOException {
    FlatAdjacency level = lists.level();
    short[] diverse = lists.diverse();
    int[] inDegrees = inDegrees(lists);
    int sampled = Math.min(slots.length, DEGREE_SAMPLE);
    double inserted = 0;
    double here = 0;
    for (int i = 0; i < sampled; i++) {
      int slot = slots[SplitMix.sample(seed, i, sampled, slots.length)];
      int node = level.ordinalAt(slot);
      int mutual = 0;
      for (int j = 0; j < diverse[slot]; j++) {
        int other = level.slotOf(level.neighbor(slot, j));
        for (int k = 0; k < diverse[other]; k++) {
          mutual += level.neighbor(other, k) == node ? 1 : 0;
        }
      }
      int both = diverse[slot] + inDegrees[slot];
      inserted += Math.min(level.maxDegree(), both);
      here += Math.min(level.maxDegree(), both - mutual);
    }
    return new DegreeSums(here, inserted, sampled);
  }

  /** Returns by slot how many nodes have the node there as a diverse neighbour. */
  private int[] inDegrees(ForwardLists lists) throws IOException {
    FlatAdjacency level = lists.level();
    short[] diverse = lists.diverse();
    int[] inDegrees = new int[level.size()];
    parallel.inOrder(
        level.size(),
        SERIAL_GRAIN,
        (worker, from, to) -> {
          for (int slot = from; slot < to; slot++) {
            for (int i = 0; i < diverse[slot]; i++) {
              inDegrees[level.slotOf(level.neighbor(slot, i))]++;
            }
          }
        });
    return inDegrees;
  }
}
