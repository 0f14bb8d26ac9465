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
 * Makes every node of a level reachable from one of them: traverses the level, and links each
 * unreached part, in both directions, to the nearest reached node that has room for one more
 * neighbour, or to a node below it in the tree. Nodes are taken in ascending order, so the result
 * is reproducible. Serial; not thread-safe.
 *
 * <p>One pass is enough to reach every node. Reached nodes stay reached: only edges outside a
 * {@link SpanningTree} of the reached nodes are ever replaced. A node that the pass finds unreached
 * is attached to a reached one, because there always is one with room. So every node is reached
 * after its turn, and stays reached. At last the node where the traversal began is linked likewise
 * if it is in no list, because searches start elsewhere on all levels but the top. The work is one
 * traversal of all edges, and for each unreached part a search for {@value #HOSTS} nodes and a
 * descent of a tree.
 */
public final class ReachabilityRepair {
  /** Number of reached nodes near an unreached one that are checked for room, nearest first. */
  private static final int HOSTS = 32;

  /**
   * Most parts that are linked to one node; further parts are linked below them. With inner
   * products, short vectors are in no neighbour list, and all of them are linked near the few
   * longest vectors: when each of those had as many as fit, every search had to score them, and
   * visited a fifth more nodes for less recall.
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
   * @param parallel runs the abort check
   */
  public ReachabilityRepair(OrdinalScorer scorer, BeamSearch search, ParallelRanges parallel) {
    this.scorer = scorer;
    this.search = search;
    this.parallel = parallel;
  }

  /** Width of the widest search that is done with the {@link BeamSearch}. */
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
    if (level.size() > 1 && !tree.leadsToRoot()) {
      int root = level.slotOf(entry);
      scorer.setQuery(entry);
      int host = tree.hostNear(level.slotOf(level.neighbor(root, 0)), root);
      tree.attachRoot(host, score(level.ordinalAt(host)));
    }
    return linked;
  }

  /** Returns the first reached node near the query whose list is not full, or else the nearest. */
  private int nearestWithRoom(FlatAdjacency level, int entry) throws IOException {
    Beam found = search.search(level, scorer, entry, HOSTS); // finds reached nodes only
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
