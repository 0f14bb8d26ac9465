// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.linking;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.search.Beam;
import io.github.batchedhnsw.construction.search.BeamSearch;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import java.io.IOException;

/**
 * Makes every node of a level reachable from one of them: walks the level, and links each part that
 * was not reached to the nearest reached node that has room for one more neighbour, or behind what
 * has been linked there, in both directions. Nodes are taken in ascending order, so the result is
 * reproducible. Serial; not thread-safe.
 *
 * <p>One pass is enough, and this is why every node is reached at its end. What is reached stays
 * so: only edges outside a {@link SpanningTree} of the reached nodes are ever replaced. A node that
 * the pass finds unreached is attached to a reached one, because there always is one with room. So
 * at its turn every node is reached, and remains it. The work is one walk over all edges, and for
 * each unreached part a search of {@value #HOSTS} nodes and a way down a tree.
 */
public final class ReachabilityRepair {
  /** Reached nodes near an unreached one that are asked for room, nearest first. */
  private static final int HOSTS = 32;

  /**
   * Parts that are linked to one node; others follow behind them. With inner products, short
   * vectors are nobody's neighbours, and all turn to the few longest ones: with as many at each of
   * those as fit in, every search had to look at them, and visited a fifth more nodes for less
   * recall.
   */
  private static final int MOST_LINKED = 1;

  private final OrdinalScorer scorer;
  private final BeamSearch search;
  private final ParallelRanges parallel;
  private final int[] pair = new int[1];
  private final float[] pairScore = new float[1];

  /**
   * A repair of the levels of one graph.
   *
   * @param search of at least {@link #beamWidth}
   * @param parallel is asked whether to go on
   */
  public ReachabilityRepair(OrdinalScorer scorer, BeamSearch search, ParallelRanges parallel) {
    this.scorer = scorer;
    this.search = search;
    this.parallel = parallel;
  }

  /** Widest search that is made with the {@link BeamSearch}. */
  public static int beamWidth() {
    return HOSTS;
  }

  /**
   * Repairs a level.
   *
   * @param entry a node of the level
   * @return number of parts that were linked to the rest
   * @throws IOException if vectors cannot be read, or whatever the abort check throws
   */
  public int repair(FlatAdjacency level, int entry) throws IOException {
    SpanningTree tree = new SpanningTree(level, level.slotOf(entry), MOST_LINKED, parallel);
    int linked = 0;
    for (int slot = 0; slot < level.size(); slot++) {
      if (!tree.reaches(slot)) {
        parallel.checkAborted();
        scorer.setQuery(level.ordinalAt(slot));
        int host = tree.hostNear(nearestWithRoom(level, entry), slot);
        tree.attach(slot, host, score(level.ordinalAt(host)));
        linked++;
      }
    }
    return linked;
  }

  /** Of the reached nodes near the query the first whose list is not full, else the nearest. */
  private int nearestWithRoom(FlatAdjacency level, int entry) throws IOException {
    Beam found = search.search(level, scorer, entry, HOSTS); // from the entry: all are reached
    for (int i = 0; i < found.size(); i++) {
      int slot = level.slotOf(ScoredOrdinal.ordinal(found.pairs()[i]));
      if (level.degree(slot) < level.maxDegree()) {
        return slot;
      }
    }
    return level.slotOf(ScoredOrdinal.ordinal(found.pairs()[0]));
  }

  private float score(int ordinal) throws IOException {
    pair[0] = ordinal;
    scorer.score(pair, 1, pairScore);
    return pairScore[0];
  }
}
