// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.selection;

import java.io.IOException;

/**
 * The one diversity rule (HNSW paper, algorithm 4, as Lucene applies it): a candidate becomes a
 * neighbour unless it is at least as close to a neighbour chosen before it as to the node itself.
 * Not thread-safe.
 */
public final class NeighborSelector {
  private final PairwiseScores pairwiseScores;
  private int[] rejectedPositions = new int[256];
  private int diverse;

  /** A selector with exclusive use of the given scores. */
  public NeighborSelector(PairwiseScores pairwiseScores) {
    this.pairwiseScores = pairwiseScores;
  }

  /**
   * Chooses neighbours for a node.
   *
   * @param candidates scored against the node, best first, without it and without duplicates
   * @param count number of candidates
   * @param maxDegree most neighbours to choose
   * @param targetDegree if fewer diverse candidates are found, the best others are appended up to
   *     this many; 0 for none
   * @param selected receives the chosen ones, diverse ones first
   * @return how many were chosen
   * @throws IOException if vectors cannot be read
   */
  public int select(long[] candidates, int count, int maxDegree, int targetDegree, long[] selected)
      throws IOException {
    if (rejectedPositions.length < count) {
      rejectedPositions = new int[2 * count];
    }
    pairwiseScores.reset(candidates, count);
    int chosen = 0;
    int rejected = 0;
    for (int i = 0; i < count && chosen < maxDegree; i++) {
      if (pairwiseScores.isCloseToChosen(i)) {
        rejectedPositions[rejected++] = i;
      } else {
        selected[chosen++] = candidates[i];
        if (chosen < maxDegree) {
          pairwiseScores.choose(i);
        }
      }
    }
    diverse = chosen;
    for (int i = 0; i < rejected && chosen < targetDegree; i++) {
      selected[chosen++] = candidates[rejectedPositions[i]];
    }
    return chosen;
  }

  /** Returns how many neighbours of the last selection are diverse; these come first. */
  public int diverseCount() {
    return diverse;
  }
}
