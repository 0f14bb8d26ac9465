// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.linking;

import io.github.batchedhnsw.construction.search.Beam;
import io.github.batchedhnsw.construction.search.BeamSearch;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.IOException;
import java.util.List;

/**
 * Searches a graph for one of its nodes, from the entry point down to level 0. Not thread-safe: one
 * instance per thread.
 */
final class NodeSearch {
  /** Returned by {@link #find} if the node is found. */
  static final long FOUND = Long.MIN_VALUE;

  private final List<FlatAdjacency> levels;
  private final int width;
  private final OrdinalScorer scorer;
  private final BeamSearch search;
  private final int[] self = new int[1];
  private final float[] selfScore = new float[1];

  /** Searches of the given width. */
  NodeSearch(VectorSet vectors, List<FlatAdjacency> levels, int width) throws IOException {
    this.levels = levels;
    this.width = width;
    this.scorer = vectors.scorer();
    int longest = 1;
    for (FlatAdjacency level : levels) {
      longest = Math.max(longest, level.maxDegree());
    }
    this.search = new BeamSearch(vectors.size(), width, longest);
  }

  private Beam search(int node) throws IOException {
    scorer.setQuery(node);
    int entry = levels.get(levels.size() - 1).ordinalAt(0);
    for (int level = levels.size() - 1; level > 0; level--) {
      entry = search.nearest(levels.get(level), scorer, entry);
    }
    return search.search(levels.get(0), scorer, entry, width);
  }

  /**
   * Returns {@link #FOUND}, or the best node that was found instead, as a {@link ScoredOrdinal}. A
   * node also counts as found if as many others as the search is wide score no worse: duplicates,
   * or with inner products longer vectors.
   */
  long find(int node) throws IOException {
    Beam found = search(node);
    if (found.size() == width) {
      self[0] = node;
      scorer.score(self, 1, selfScore);
      if (ScoredOrdinal.score(found.pairs()[width - 1]) >= selfScore[0]) {
        return FOUND;
      }
    }
    for (int i = 0; i < found.size(); i++) {
      if (ScoredOrdinal.ordinal(found.pairs()[i]) == node) {
        return FOUND;
      }
    }
    return found.pairs()[0];
  }

  /**
   * Returns how many of the other nodes that a search finds score at least as well as the given
   * pair, at most {@code most}.
   *
   * @param worst a {@link ScoredOrdinal}
   */
  int countFound(int node, long worst, int most) throws IOException {
    Beam found = search(node);
    int count = 0;
    for (int i = 0; i < found.size(); i++) {
      long pair = found.pairs()[i];
      if (ScoredOrdinal.ordinal(pair) != node
          && ScoredOrdinal.score(pair) >= ScoredOrdinal.score(worst)) {
        count++;
      }
    }
    return Math.min(most, count);
  }
}
