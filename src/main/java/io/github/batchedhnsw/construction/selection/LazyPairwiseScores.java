package io.github.batchedhnsw.construction.selection;

import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import java.io.IOException;
import java.util.Arrays;

/** Scores pairs of candidates one by one, as they are asked for. Moves the scorer's query. */
public final class LazyPairwiseScores implements PairwiseScores {
  private final OrdinalScorer scorer;
  private long[] candidates = new long[256];
  private int[] chosen = new int[64];
  private int chosenCount;

  /** Scores of the given scorer, which is set to other queries. */
  public LazyPairwiseScores(OrdinalScorer scorer) {
    this.scorer = scorer;
  }

  @Override
  public void reset(long[] candidates, int count) {
    if (this.candidates.length < count) {
      this.candidates = new long[2 * count];
    }
    System.arraycopy(candidates, 0, this.candidates, 0, count);
    chosenCount = 0;
  }

  @Override
  public boolean isCloseToChosen(int candidate) throws IOException {
    if (chosenCount == 0) {
      return false;
    }
    scorer.setQuery(ScoredOrdinal.ordinal(candidates[candidate]));
    return scorer.anyAtLeast(ScoredOrdinal.score(candidates[candidate]), chosen, chosenCount);
  }

  @Override
  public void choose(int candidate) {
    if (chosenCount == chosen.length) {
      chosen = Arrays.copyOf(chosen, 2 * chosenCount);
    }
    chosen[chosenCount++] = ScoredOrdinal.ordinal(candidates[candidate]);
  }
}
