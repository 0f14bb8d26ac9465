// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.selection;

import java.io.IOException;

/**
 * The scores of candidates with each other, as the diversity rule needs them: they determine which
 * candidates are at least as close to a chosen one as to the node whose neighbours are chosen.
 * Candidates are identified by their positions in the list and processed in its order. Not
 * thread-safe.
 */
public interface PairwiseScores {

  /**
   * Sets new candidates, none of them chosen.
   *
   * @param candidates {@link io.github.batchedhnsw.graph.ScoredOrdinal}s, scored against the node;
   *     not kept
   */
  void reset(long[] candidates, int count) throws IOException;

  /** Whether a candidate's score with any chosen one is at least its score with the node. */
  boolean isCloseToChosen(int candidate) throws IOException;

  /** Adds a candidate to the chosen ones; from then on only later candidates may be queried. */
  void choose(int candidate) throws IOException;
}
