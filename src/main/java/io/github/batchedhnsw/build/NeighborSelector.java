package io.github.batchedhnsw.build;

import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import java.io.IOException;

/**
 * The one diversity rule (HNSW paper, algorithm 4, as Lucene applies it): a candidate becomes a
 * neighbour unless it is at least as close to a neighbour chosen before it as to the node itself.
 * Not thread-safe.
 */
final class NeighborSelector {
  private final OrdinalScorer scorer;
  private final int[] selectedOrdinals;

  NeighborSelector(OrdinalScorer scorer, int maxDegree) {
    this.scorer = scorer;
    this.selectedOrdinals = new int[maxDegree];
  }

  /**
   * Chooses neighbours for a node. Moves the scorer's query.
   *
   * @param candidates scored against the node, best first, without it and without duplicates; the
   *     array is overwritten
   * @param count number of candidates
   * @param maxDegree most neighbours to choose
   * @param fillDegree where fewer diverse candidates are found, the best others follow up to this
   *     many; 0 for none
   * @param selected receives the chosen ones, diverse ones first
   * @return how many were chosen
   */
  int select(long[] candidates, int count, int maxDegree, int fillDegree, long[] selected)
      throws IOException {
    int chosen = 0;
    int rejected = 0;
    for (int i = 0; i < count && chosen < maxDegree; i++) {
      long candidate = candidates[i];
      int ordinal = ScoredOrdinal.ordinal(candidate);
      if (chosen > 0) {
        scorer.setQuery(ordinal);
        if (scorer.anyAtLeast(ScoredOrdinal.score(candidate), selectedOrdinals, chosen)) {
          candidates[rejected++] = candidate;
          continue;
        }
      }
      selectedOrdinals[chosen] = ordinal;
      selected[chosen++] = candidate;
    }
    for (int i = 0; i < rejected && chosen < fillDegree; i++) {
      selected[chosen++] = candidates[i];
    }
    return chosen;
  }
}
