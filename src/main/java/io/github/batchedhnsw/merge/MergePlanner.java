// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.merge;

import io.github.batchedhnsw.construction.BuildParams;
import io.github.batchedhnsw.construction.ClusterGraphBuilder;
import io.github.batchedhnsw.construction.GraphBuilders;
import java.util.List;
import java.util.Locale;

/**
 * Chooses how the graph of a merged segment is made, from what is known before any vector is read.
 * Equal arguments give equal plans.
 *
 * <p>Cost model, per vector and in units of a vector's share of a rebuild in bulk. An extension
 * groups and codes all vectors and builds the upper levels as a rebuild does, and reads the lists
 * it keeps: {@value #KEEP_COST}. Every vector with a list that has lost a few neighbours takes
 * {@value #REPAIR_COST} more, and every other one without a list, or with one that has lost more,
 * {@value #ROW_COST}. A rebuild by insertion takes {@value #INSERT_COST}. Measured with M 16, beam
 * width 100 and 384, 128 and 100 dimensions (see {@code bench/results}); all grow alike with the
 * parameters and the dimension, and the model uses their ratio only.
 *
 * <p>The base of an extension is the graph with the most live vectors among those that can be used.
 * None is extended where that exceeds the memory budget and insertion takes less.
 */
final class MergePlanner {
  /** Rebuilding in bulk. */
  static final double REBUILD_COST = 1;

  /** Rebuilding by insertion. */
  static final double INSERT_COST = 7;

  /** What an extension does for every vector. */
  static final double KEEP_COST = 0.22;

  /** Finding and connecting the neighbours of a vector that has no list. */
  static final double ROW_COST = 1;

  /** Finding replacements for the few neighbours that a list has lost. */
  static final double REPAIR_COST = 0.2;

  /** A rebuild gives the better graph: an extension must be cheaper by this factor. */
  static final double LEAST_GAIN = 1.25;

  /** Deleted share of a segment beyond which its graph is not used. */
  static final double MOST_DELETED = 0.2;

  /** Lists shorter than this share of what is asked for cannot be used. */
  static final double LEAST_MAX_CONN = 0.75;

  /** Neighbours of a node on level 0, for the estimate of how many have lost one. */
  private static final int TYPICAL_DEGREE = 24;

  private MergePlanner() {}

  /**
   * Chooses a plan.
   *
   * @param sources the merged segments
   * @param size number of merged vectors
   * @param dimension of the vectors
   */
  static MergePlan plan(List<MergeSource> sources, BuildParams params, int size, int dimension) {
    int base = -1;
    for (int s = 0; s < sources.size(); s++) {
      MergeSource source = sources.get(s);
      if (isUsable(source, params) && (base < 0 || source.live() > sources.get(base).live())) {
        base = s;
      }
    }
    String reason = reasonAgainst(sources, base, params, size, dimension);
    if (reason != null) {
      return new MergePlan.Rebuild(reason);
    }
    MergeSource largest = sources.get(base);
    boolean bulk = GraphBuilders.buildsInBulk(params, size, dimension);
    double extendCost = extendCost(largest, size);
    double rebuildCost = size * (bulk ? REBUILD_COST : INSERT_COST);
    String costs =
        String.format(
            Locale.ROOT,
            "the largest graph has %d of %d vectors and %d deleted ones: extending it is estimated"
                + " at %.2f of a rebuild %s, and must be below %.2f",
            largest.live(),
            size,
            largest.size() - largest.live(),
            extendCost / rebuildCost,
            bulk ? "in bulk" : "by insertion",
            1 / LEAST_GAIN);
    return extendCost * LEAST_GAIN < rebuildCost
        ? new MergePlan.Extend(base, costs)
        : new MergePlan.Rebuild(costs);
  }

  /** Why no graph can be extended, whatever that costs; or null. */
  private static String reasonAgainst(
      List<MergeSource> sources, int base, BuildParams params, int size, int dimension) {
    long live = sources.stream().mapToLong(MergeSource::live).sum();
    if (live != size) {
      return String.format(
          Locale.ROOT, "the segments report %d vectors, but the merge has %d", live, size);
    }
    if (base < 0) {
      return String.format(
          Locale.ROOT,
          "none of %d segments has a graph of M %d or more with at most %.0f %% deleted",
          sources.size(),
          (int) Math.ceil(LEAST_MAX_CONN * params.maxConn()),
          100 * MOST_DELETED);
    }
    if (!GraphBuilders.hasMemoryForBulk(params, size, dimension)) {
      return String.format(
          Locale.ROOT,
          "extending a graph takes as much memory as bulk construction, more than"
              + " %.1f MB that the memory budget leaves",
          params.memoryBudgetBytes() / 1e6);
    }
    return null;
  }

  /** Cost of extending a graph: of lists that are kept, of those that are repaired, of new rows. */
  private static double extendCost(MergeSource base, int size) {
    double deleted = 1 - base.live() / (double) base.size();
    int few = (int) (ClusterGraphBuilder.MOST_LOST * TYPICAL_DEGREE);
    double repaired = 0;
    for (int lost = 1; lost <= few; lost++) {
      repaired += shareThatLost(lost, deleted);
    }
    double rows = size - base.live() * (shareThatLost(0, deleted) + repaired);
    return size * KEEP_COST + base.live() * repaired * REPAIR_COST + rows * ROW_COST;
  }

  private static boolean isUsable(MergeSource source, BuildParams params) {
    return source.hasGraph()
        && source.maxConn() >= LEAST_MAX_CONN * params.maxConn()
        && source.size() - source.live() <= MOST_DELETED * source.size();
  }

  /**
   * Share of the lists that have lost exactly {@code lost} neighbours, where each neighbour is
   * deleted with the same probability: the binomial distribution.
   */
  private static double shareThatLost(int lost, double deletedShare) {
    double share = Math.pow(1 - deletedShare, TYPICAL_DEGREE - lost);
    for (int i = 0; i < lost; i++) {
      share *= deletedShare * (TYPICAL_DEGREE - i) / (i + 1);
    }
    return share;
  }
}
