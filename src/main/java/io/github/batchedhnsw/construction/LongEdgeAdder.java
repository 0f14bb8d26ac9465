// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.construction.candidates.JoinPlan.LongEdges;
import io.github.batchedhnsw.construction.linking.ForwardLists;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.graph.SplitMix;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Adds neighbours that are far away relative to the distances on a level: those that nodes have on
 * the levels above, from the lowest up, and then in ever smaller subsets of the level, each a
 * quarter of the one before. Insertion has such edges because it added them when the graph was
 * small.
 *
 * <p>Each level and subset gives its nodes at most {@link LongEdges#share} of the longest list, and
 * fewer between clumps if Lucene would join them. A node of several of them
 *
 * <ul>
 *   <li>keeps all edges that are {@link LongEdges#ADDED} or {@link LongEdges#BETWEEN_CLUMPS}, in
 *       the order in which they come, until they and the diverse neighbours fill the list;
 *   <li>has only one share of edges {@link LongEdges#IN_PLACE} among its diverse neighbours: those
 *       of the smallest subset first, and then, as far as these leave room, those of the ones
 *       before. The others become non-diverse neighbours, as do the diverse ones that they had
 *       replaced.
 * </ul>
 */
final class LongEdgeAdder {
  /** Subsets of at most this many nodes are not used. */
  private static final int MIN_SUBSET = 32;

  private static final int LIST_GRAIN = 256;

  /** Share of the edges between clumps that a node lacks if Lucene joins it. */
  private static final double JOINED_LOSS = 0.5;

  private final double joinedShare;
  private final LevelSurvey survey;
  private final ForwardSelector selector;
  private final ParallelRanges parallel;
  private final BuildLog log;

  /**
   * An adder for all levels.
   *
   * @param joinedShare see {@link BuildParams#joinedShare}
   */
  LongEdgeAdder(
      double joinedShare,
      LevelSurvey survey,
      ForwardSelector selector,
      ParallelRanges parallel,
      BuildLog log) {
    this.joinedShare = joinedShare;
    this.survey = survey;
    this.selector = selector;
    this.parallel = parallel;
    this.log = log;
  }

  /**
   * Adds the long edges of a level to the lists of the nodes that select their neighbours.
   *
   * @param ordinals of the level's nodes
   * @param above the finished levels, from the next one up
   * @param longEdges which edges to add
   */
  void add(
      ForwardLists lists, int[] ordinals, List<FlatAdjacency> above, LongEdges longEdges, long seed)
      throws IOException {
    if (longEdges == LongEdges.NONE) {
      return;
    }
    for (FlatAdjacency sparse : above) {
      addEdges(lists, sparse, longEdges);
    }
    int size = lists.level().size();
    for (int zeros = 2; size >>> zeros > MIN_SUBSET; zeros += 2) {
      int required = zeros;
      int[] subset =
          Arrays.stream(ordinals)
              .filter(o -> Long.numberOfLeadingZeros(SplitMix.hash(~seed, o)) >= required)
              .toArray();
      if (subset.length < 2) {
        return;
      }
      ForwardLists sparse =
          new ForwardLists(
              new FlatAdjacency(subset, subset.length, most(lists.level(), longEdges)));
      selector.select(sparse, survey.planSubset(subset, longEdges, seed, seed + zeros), 0);
      addEdges(lists, sparse.level(), longEdges);
      log.phase("level of %d nodes: long edges of %d of them", size, subset.length);
    }
  }

  /** Most edges that a node gets from one level or subset. */
  private int most(FlatAdjacency level, LongEdges longEdges) {
    double kept = longEdges == LongEdges.BETWEEN_CLUMPS ? 1 - JOINED_LOSS * joinedShare : 1;
    return (int) Math.ceil(level.maxDegree() * longEdges.share() * kept);
  }

  /** Adds edges of a level above or of a subset, in parallel. */
  private void addEdges(ForwardLists lists, FlatAdjacency sparse, LongEdges longEdges)
      throws IOException {
    FlatAdjacency level = lists.level();
    long[][] pairs = new long[parallel.workers()][level.maxDegree() + most(level, longEdges)];
    parallel.forEach(
        sparse.size(),
        LIST_GRAIN,
        (worker, from, to) -> {
          for (int sparseSlot = from; sparseSlot < to; sparseSlot++) {
            int slot = level.slotOf(sparse.ordinalAt(sparseSlot));
            if (lists.selects(slot)) {
              addEdges(lists, slot, sparse, sparseSlot, longEdges, pairs[worker]);
            }
          }
        });
  }

  /**
   * Adds neighbours after the diverse ones, or in the places of the last of them, and before the
   * non-diverse ones that fill the list.
   *
   * @param pairs working memory
   */
  private void addEdges(
      ForwardLists lists,
      int slot,
      FlatAdjacency sparse,
      int sparseSlot,
      LongEdges longEdges,
      long[] pairs) {
    FlatAdjacency level = lists.level();
    short[] diverse = lists.diverse();
    boolean inPlace = longEdges == LongEdges.IN_PLACE;
    int most = most(level, longEdges);
    int degree = level.copyPairs(slot, pairs);
    int longest = inPlace ? degree : level.maxDegree();
    int place = diverse[slot]; // of the next long edge
    if (inPlace && place > 1) {
      place = Math.max(1, place - most); // the nearest one stays
    }
    for (int i = 0; i < Math.min(most, sparse.degree(sparseSlot)); i++) {
      int neighbor = sparse.neighbor(sparseSlot, i);
      if (place < longest && !level.contains(slot, neighbor)) {
        System.arraycopy(pairs, place, pairs, place + 1, degree++ - place);
        pairs[place++] = ScoredOrdinal.encode(sparse.score(sparseSlot, i), neighbor);
      }
    }
    diverse[slot] = (short) Math.max(place, diverse[slot]);
    level.replace(slot, pairs, Math.min(degree, longest));
  }
}
