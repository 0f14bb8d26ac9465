// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.search;

import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import java.io.IOException;
import java.util.Arrays;

/**
 * Best-first search of one level of a graph that does not change meanwhile (HNSW paper, algorithm
 * 2), with the candidates and the results in one sorted {@link Beam}. Not thread-safe.
 */
public final class BeamSearch {
  private final Beam beam;
  private final long[] visited; // bit set over ordinals
  private int[] visitedOrdinals = new int[1024]; // for clearing the bit set
  private int visitedCount;
  private final int[] unvisited;
  private final float[] scores;

  /**
   * A search of the levels of one graph.
   *
   * @param graphSize number of ordinals
   * @param maxBeamWidth widest search, at least 1
   * @param maxDegree longest neighbour list
   */
  public BeamSearch(int graphSize, int maxBeamWidth, int maxDegree) {
    this.beam = new Beam(maxBeamWidth);
    this.visited = new long[(graphSize + 63) >>> 6];
    this.unvisited = new int[maxDegree];
    this.scores = new float[maxDegree];
  }

  /**
   * Finds nodes close to the scorer's query.
   *
   * @param level is not written to by any thread during the call
   * @param entry a node of the level
   * @param beamWidth number of nodes to find
   * @return the nodes, best first, including the query itself if it is reachable; valid until the
   *     next call
   */
  public Beam search(FlatAdjacency level, OrdinalScorer scorer, int entry, int beamWidth)
      throws IOException {
    beam.reset(beamWidth);
    unvisited[0] = entry;
    visit(entry);
    offerAll(scorer, 1);
    return expand(level, scorer);
  }

  /**
   * Returns the nearest node that a search of width 1 finds, which is the entry point for the next
   * lower level.
   */
  public int nearest(FlatAdjacency level, OrdinalScorer scorer, int entry) throws IOException {
    return ScoredOrdinal.ordinal(search(level, scorer, entry, 1).pairs()[0]);
  }

  private Beam expand(FlatAdjacency level, OrdinalScorer scorer) throws IOException {
    int next = 0;
    while (next < beam.size()) {
      long pair = beam.pairs()[next];
      if ((pair & ScoredOrdinal.MARK) != 0) {
        next++;
        continue;
      }
      beam.pairs()[next] = pair | ScoredOrdinal.MARK; // expanded
      int degree = level.copyNeighbors(level.slotOf(ScoredOrdinal.ordinal(pair)), unvisited);
      int count = 0;
      for (int i = 0; i < degree; i++) {
        int neighbor = unvisited[i];
        if (visit(neighbor)) {
          unvisited[count++] = neighbor;
        }
      }
      next = Math.min(next + 1, offerAll(scorer, count));
    }
    clearVisited();
    return beam;
  }

  /** Offers the first {@code count} of {@link #unvisited}; returns the best position taken. */
  private int offerAll(OrdinalScorer scorer, int count) throws IOException {
    scorer.score(unvisited, count, scores);
    int best = Integer.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      best = Math.min(best, beam.offer(ScoredOrdinal.encode(scores[i], unvisited[i])));
    }
    return best;
  }

  private boolean visit(int ordinal) {
    long bit = 1L << ordinal;
    if ((visited[ordinal >>> 6] & bit) != 0) {
      return false;
    }
    visited[ordinal >>> 6] |= bit;
    if (visitedCount == visitedOrdinals.length) {
      visitedOrdinals = Arrays.copyOf(visitedOrdinals, 2 * visitedCount);
    }
    visitedOrdinals[visitedCount++] = ordinal;
    return true;
  }

  private void clearVisited() {
    for (int i = 0; i < visitedCount; i++) {
      visited[visitedOrdinals[i] >>> 6] = 0;
    }
    visitedCount = 0;
  }
}
