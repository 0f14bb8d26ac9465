// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

/**
 * How complete the candidates of a level must be for a graph that is as good as insertion's: which
 * shares of the exact nearest neighbours they must hold, and how many rows may be served badly.
 */
final class Completeness {
  /**
   * Shares of the exact nearest neighbours that candidates must hold: of the first tenth of the
   * beam width, of those up to a quarter, and of the rest. Of a hundred neighbours, the first two
   * dozen and some forty of the rest must be present.
   */
  private static final double[] TARGETS = {0.95, 0.9, 0.62};

  /**
   * The same if hits count for both vectors. Of the nearest ten that a row of sentence embeddings
   * misses, more than half find the row, and of the next ones almost half.
   */
  private static final double[] TARGETS_BOTH_WAYS = {0.9, 0.82, 0.53};

  /** Relative reduction of the targets for nodes that Lucene would join. */
  private static final double[] JOINED_LOSS = {0.02, 0.05, 0.3};

  /**
   * Number of zones of nearest neighbours of which insertion also finds fewer if searches are hard.
   */
  private static final int NEAR_ZONES = 2;

  /**
   * Share of the nearest neighbours that narrow searches find on the level above, from which on
   * searches are easy: .97 and more for sentence embeddings, of which insertion finds .99 on level
   * 0.
   */
  private static final double EASY_RECALL_ABOVE = 0.97;

  /**
   * Share of neighbours that insertion misses on level 0, relative to the share that narrow
   * searches of the level above miss beyond easy ones. A factor of 1 was too much for 340,000
   * vectors of GloVe.
   */
  private static final double HARD_LOSS = 0.5;

  /** Most vectors, as a share, that may find less than half of the first quarter. */
  private static final double MOST_BADLY_SERVED = 0.02;

  /** The same if hits count for both vectors. */
  private static final double MOST_BADLY_SERVED_BOTH_WAYS = 0.04;

  private final double[] targets;
  private final double mostBadlyServed;
  private final boolean hard;

  /** The parameters are those of {@link JoinPlanner}. */
  Completeness(double joinedShare, boolean bothWays, double recallAbove) {
    this.targets = (bothWays ? TARGETS_BOTH_WAYS : TARGETS).clone();
    this.mostBadlyServed = bothWays ? MOST_BADLY_SERVED_BOTH_WAYS : MOST_BADLY_SERVED;
    this.hard = recallAbove < EASY_RECALL_ABOVE;
    for (int zone = 0; zone < targets.length; zone++) {
      targets[zone] *= 1 - JOINED_LOSS[zone] * joinedShare;
    }
    for (int zone = 0; zone < NEAR_ZONES; zone++) {
      targets[zone] *= Math.min(1, 1 - HARD_LOSS * (1 - recallAbove / EASY_RECALL_ABOVE));
    }
  }

  /** Whether searches of the level above find so little that insertion's searches do, too. */
  boolean isHard() {
    return hard;
  }

  /**
   * Returns how far candidates fall short, 0 if they do not.
   *
   * @param shares of the exact nearest neighbours that they hold, by zone
   * @param badlyServed share of the rows that find less than half of the first quarter
   */
  double shortfall(double[] shares, double badlyServed) {
    double worst = Math.max(0, badlyServed - mostBadlyServed);
    for (int zone = 0; zone < shares.length; zone++) {
      worst = Math.max(worst, targets[zone] - shares[zone]);
    }
    return worst;
  }
}
