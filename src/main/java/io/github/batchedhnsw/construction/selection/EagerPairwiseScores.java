// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.selection;

import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.DistanceKernels;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import java.io.IOException;

/**
 * Scores each chosen candidate with all remaining ones, and drops those that are close to it.
 * Unless the list is full early, these are the pairs that are scored if every candidate is compared
 * with the chosen ones until it is close to one, but in long rows, which is faster. Changes the
 * scorer's query.
 */
public final class EagerPairwiseScores implements PairwiseScores {
  private final DistanceKernels kernels = DistanceKernels.best();
  private final OrdinalScorer scorer;
  private int[] ordinals = new int[0];
  private int[] positions = new int[0];
  private float[] scores = new float[0];
  private float[] pairScores = new float[0];
  private int next; // among the remaining candidates
  private int end;

  /** Pairwise scores computed by the given scorer, whose query is changed. */
  public EagerPairwiseScores(OrdinalScorer scorer) {
    this.scorer = scorer;
  }

  @Override
  public void reset(long[] candidates, int count) {
    int room = count + DistanceKernels.BLOCK_ROWS;
    if (ordinals.length < room) {
      ordinals = new int[2 * room];
      positions = new int[2 * room];
      scores = new float[2 * room];
      pairScores = new float[2 * room];
    }
    for (int i = 0; i < count; i++) {
      ordinals[i] = ScoredOrdinal.ordinal(candidates[i]);
      positions[i] = i;
      scores[i] = ScoredOrdinal.score(candidates[i]);
    }
    next = 0;
    end = count;
  }

  @Override
  public boolean isCloseToChosen(int candidate) {
    while (next < end && positions[next] < candidate) {
      next++; // skipped candidate
    }
    return next == end || positions[next] > candidate;
  }

  @Override
  public void choose(int candidate) throws IOException {
    if (isCloseToChosen(candidate)) {
      return;
    }
    scorer.setQuery(ordinals[next]);
    int left = end - next - 1;
    System.arraycopy(ordinals, next + 1, ordinals, 0, left);
    scorer.score(ordinals, left, pairScores);
    end = kernels.dropReached(pairScores, left, scores, positions, next + 1, ordinals);
    next = 0;
  }
}
