// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.selection;

import io.github.batchedhnsw.graph.ScoredOrdinal;

/**
 * Looks up scores that are known for all pairs. Candidates have the numbers of their rows in place
 * of ordinals.
 */
public final class KnownPairwiseScores implements PairwiseScores {
  private final float[] scores;
  private final int stride;
  private int[] rows = new int[0];
  private float[] ofNode = new float[0]; // scores with the node whose neighbours are chosen
  private int[] chosen = new int[0]; // rows
  private int chosenCount;

  /**
   * Scores in a matrix.
   *
   * @param scores of rows {@code a} and {@code b} at {@code a * stride + b}
   */
  public KnownPairwiseScores(float[] scores, int stride) {
    this.scores = scores;
    this.stride = stride;
  }

  @Override
  public void reset(long[] candidates, int count) {
    if (rows.length < count) {
      rows = new int[2 * count];
      ofNode = new float[2 * count];
      chosen = new int[2 * count];
    }
    for (int i = 0; i < count; i++) {
      rows[i] = ScoredOrdinal.ordinal(candidates[i]);
      ofNode[i] = ScoredOrdinal.score(candidates[i]);
    }
    chosenCount = 0;
  }

  @Override
  public boolean isCloseToChosen(int candidate) {
    int row = rows[candidate] * stride;
    float bound = ofNode[candidate];
    for (int i = 0; i < chosenCount; i++) {
      if (scores[row + chosen[i]] >= bound) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void choose(int candidate) {
    chosen[chosenCount++] = rows[candidate];
  }
}
