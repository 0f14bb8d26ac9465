// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.selection;

import java.io.IOException;

/**
 * The scores of candidates with each other, for the one question that the diversity rule asks of
 * them: which candidates are at least as close to a chosen one as to the node that neighbours are
 * chosen for. Candidates are named by their positions in the list and taken in its order. Not
 * thread-safe.
 */
public interface PairwiseScores {

  /**
   * Turns to new candidates, none of them chosen.
   *
   * @param candidates {@link io.github.batchedhnsw.graph.ScoredOrdinal}s, scored against the node;
   *     not kept
   */
  void reset(long[] candidates, int count) throws IOException;

  /** Whether a candidate scores with any chosen one at least what it scores with the node. */
  boolean isCloseToChosen(int candidate) throws IOException;

  /** Adds a candidate to the chosen ones; only later candidates are asked about from now on. */
  void choose(int candidate) throws IOException;
}
