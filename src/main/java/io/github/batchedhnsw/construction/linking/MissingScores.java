// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.linking;

import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import java.io.IOException;

/**
 * Computes scores of lists that were copied without scores, only for lists that need them: few
 * lists overflow when few vectors are added to a large graph, and scoring all lists would take
 * longer than all other work on them. Moves the scorer's query. Not thread-safe.
 */
public final class MissingScores {
  /** Stands for a score that has not been computed. */
  public static final float UNKNOWN = Float.NEGATIVE_INFINITY;

  private final OrdinalScorer scorer;
  private final int[] ordinals;
  private final float[] scores;

  /**
   * Creates an instance that uses the given scorer.
   *
   * @param maxDegree longest list
   */
  public MissingScores(OrdinalScorer scorer, int maxDegree) {
    this.scorer = scorer;
    this.ordinals = new int[maxDegree];
    this.scores = new float[maxDegree];
  }

  /** The score of a pair of nodes. */
  public float score(int node, int other) throws IOException {
    ordinals[0] = other;
    scorer.setQuery(node);
    scorer.score(ordinals, 1, scores);
    return scores[0];
  }

  /**
   * Computes the scores that are {@link #UNKNOWN} among the first pairs of a node.
   *
   * @param pairs {@link ScoredOrdinal}s
   * @param count at most the length of the longest list
   */
  void fillIn(int node, long[] pairs, int count) throws IOException {
    int missing = 0;
    for (int i = 0; i < count; i++) {
      if (ScoredOrdinal.score(pairs[i]) == UNKNOWN) {
        ordinals[missing++] = ScoredOrdinal.ordinal(pairs[i]);
      }
    }
    if (missing == 0) {
      return;
    }
    scorer.setQuery(node);
    scorer.score(ordinals, missing, scores);
    for (int i = 0, next = 0; i < count; i++) {
      if (ScoredOrdinal.score(pairs[i]) == UNKNOWN) {
        pairs[i] = ScoredOrdinal.encode(scores[next], ordinals[next]);
        next++;
      }
    }
  }
}
