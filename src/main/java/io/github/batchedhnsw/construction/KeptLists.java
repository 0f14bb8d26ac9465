// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.construction.linking.ForwardLists;
import io.github.batchedhnsw.construction.linking.MissingScores;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.search.Beam;
import io.github.batchedhnsw.construction.survey.SampledNeighbors;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Takes over lists of an existing graph: those that have lost no neighbours, without their scores,
 * and those that have lost few, with neighbours of the lost ones as replacements.
 */
final class KeptLists {
  /**
   * An existing graph is a bad one if less than this share of its lists hold the node's nearest
   * neighbour, which the diversity rule always selects: insertion finds it for 0.6 of the nodes
   * even on the data with the least contrast between distances, and random lists hold none.
   */
  private static final double LEAST_NEAREST_KEPT = 0.3;

  /** Fewest sampled lists from which a graph is judged: a quarter of the smallest sample. */
  private static final int MIN_JUDGED = LevelSurvey.MIN_SAMPLE / 4;

  /** Most neighbours of lost neighbours that are considered, as a multiple of a full list. */
  private static final int REPLACEMENTS = 4;

  /** Most candidates per lost neighbour that are compared with the other neighbours. */
  private static final int TRIED_FOR_LOST = 10;

  private static final int LIST_GRAIN = 256;

  private final BaseGraph base;

  /** Lists of the given graph. */
  KeptLists(BaseGraph base) {
    this.base = base;
  }

  /**
   * Copies the lists that are kept.
   *
   * @param level level 0, without edges
   * @param scorers one for each worker
   * @return the lists, in which the other nodes are to select their neighbours
   */
  ForwardLists takeOver(FlatAdjacency level, OrdinalScorer[] scorers, ParallelRanges parallel)
      throws IOException {
    int[] nodes = base.nodes();
    short[] degrees = new short[level.size()];
    Worker[] workers = new Worker[parallel.workers()];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(base.cursor(), scorers[i]);
    }
    parallel.forEach(
        nodes.length,
        LIST_GRAIN,
        (worker, from, to) -> {
          for (int i = from; i < to; i++) {
            degrees[nodes[i]] = (short) workers[worker].keep(level, nodes[i]);
          }
        });
    BitSet others = new BitSet(level.size());
    for (int slot = 0; slot < level.size(); slot++) {
      others.set(slot, degrees[slot] == 0);
    }
    return new ForwardLists(level, others, degrees);
  }

  /**
   * Whether too few of the kept lists hold the node's nearest neighbour among the nodes of the
   * existing graph.
   *
   * @param lists that were taken over
   * @param sample of the level
   * @param log receives a message if that is so
   */
  boolean areBad(ForwardLists lists, SampledNeighbors sample, BuildLog log) {
    int[] nodes = base.nodes();
    int judged = 0;
    int withNearest = 0;
    for (int i = 0; i < sample.size(); i++) {
      int slot = sample.positions()[i];
      if (lists.selects(slot)) {
        continue;
      }
      int nearest =
          Arrays.stream(sample.nearest()[i])
              .mapToInt(ScoredOrdinal::ordinal)
              .filter(node -> Arrays.binarySearch(nodes, node) >= 0)
              .findFirst()
              .orElse(-1);
      if (nearest >= 0) {
        judged++;
        withNearest += lists.level().contains(slot, nearest) ? 1 : 0;
      }
    }
    if (judged < MIN_JUDGED || withNearest >= LEAST_NEAREST_KEPT * judged) {
      return false;
    }
    log.phase(
        "%d of %d sampled lists that were kept hold the nearest neighbour: the graph that was"
            + " there before is a bad one",
        withNearest, judged);
    return true;
  }

  /** Copies lists without scores and replaces lost neighbours. Used by one thread. */
  private static final class Worker {
    private final BaseGraph.Cursor cursor;
    private final OrdinalScorer scorer;
    private final int[] neighbors; // followed by candidates to replace lost ones
    private final int[] candidates;
    private final float[] scores;
    private final long[] pairs;

    Worker(BaseGraph.Cursor cursor, OrdinalScorer scorer) {
      this.cursor = cursor;
      this.scorer = scorer;
      int most = (1 + REPLACEMENTS) * cursor.maxNeighbors();
      this.neighbors = new int[most];
      this.candidates = new int[most];
      this.scores = new float[most];
      this.pairs = new long[most];
    }

    /**
     * Keeps the list of a node. If it has lost a few neighbours, some of their neighbours replace
     * them.
     *
     * @return the length of the list; 0 if it is not kept
     */
    int keep(FlatAdjacency level, int node) throws IOException {
      int count = cursor.neighbors(node, neighbors);
      int lost = cursor.lost();
      if (count + lost > level.maxDegree()
          || lost > (count + lost) * ClusterGraphBuilder.MOST_LOST) {
        return 0;
      }
      for (int i = 0; i < count; i++) {
        level.append(node, neighbors[i], MissingScores.UNKNOWN);
      }
      return lost == 0 ? count : count + replace(level, node, count, lost);
    }

    /**
     * Replaces the neighbours that a node has lost by some of their neighbours: the diverse ones of
     * the nearest, and if these are too few, the nearest non-diverse ones.
     *
     * @return how many were added, at most as many as were lost
     */
    private int replace(FlatAdjacency level, int node, int count, int lost) throws IOException {
      int found = distinct(count, cursor.appendNeighborsOfLost(neighbors, count));
      scorer.setQuery(node);
      scorer.score(candidates, found, scores);
      for (int i = 0; i < found; i++) {
        pairs[i] = ScoredOrdinal.encode(scores[i], candidates[i]);
      }
      Beam.sortBestFirst(pairs, found);
      int end = count;
      int rejected = 0;
      for (int i = 0; i < Math.min(found, TRIED_FOR_LOST * lost) && end < count + lost; i++) {
        if (isCloseToNeighbor(pairs[i], end)) {
          pairs[rejected++] = pairs[i];
        } else {
          neighbors[end++] = ScoredOrdinal.ordinal(pairs[i]);
          level.append(node, ScoredOrdinal.ordinal(pairs[i]), ScoredOrdinal.score(pairs[i]));
        }
      }
      for (int i = 0; i < rejected && end < count + lost; i++, end++) {
        level.append(node, ScoredOrdinal.ordinal(pairs[i]), ScoredOrdinal.score(pairs[i]));
      }
      return end - count;
    }

    private boolean isCloseToNeighbor(long pair, int count) throws IOException {
      scorer.setQuery(ScoredOrdinal.ordinal(pair));
      return scorer.anyAtLeast(ScoredOrdinal.score(pair), neighbors, count);
    }

    /**
     * Copies the ordinals stored after the neighbours to the candidates, without neighbours and
     * repetitions.
     */
    private int distinct(int count, int end) {
      Arrays.sort(neighbors, count, end);
      int kept = 0;
      for (int i = count; i < end; i++) {
        boolean isNew = i == count || neighbors[i] != neighbors[i - 1];
        for (int j = 0; j < count && isNew; j++) {
          isNew = neighbors[j] != neighbors[i];
        }
        if (isNew) {
          candidates[kept++] = neighbors[i];
        }
      }
      return kept;
    }
  }
}
