// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

import io.github.batchedhnsw.construction.candidates.JoinPlan.ColumnCode;

/**
 * What a join costs for each row, counted in vector operations of 512 bits and never measured in
 * time, so that what is chosen by it is reproducible.
 *
 * @param beamWidth most candidates among which neighbours are selected
 */
record JoinCost(int dimension, int beamWidth) {
  /**
   * Cost of comparing a row with a column. A product of components is one operation for 16 of them.
   * Codes are compared with 16 columns at once: for each word of 32 bits exclusive or, count, sum
   * and a quarter of a load, which four rows share; then 12 for the estimates, and a fifth of one
   * to keep those that are good enough.
   */
  double pair(ColumnCode code) {
    return switch (code) {
      case FLOATS -> dimension / 16.0 + 1;
      case SIGNS -> (3.25 * dimension / 32 + 12) / 16 + 0.2;
    };
  }

  /**
   * Cost of an exact score of a hit: reading a row from a random location takes as long as 300
   * operations.
   */
  double hit() {
    return 300 + 4 * dimension / 16.0;
  }

  /** Cost of a row, with selection, for which each candidate is compared with three others. */
  double row(ColumnCode code, int columns, int hits) {
    return columns * pair(code)
        + hits * hit()
        + Math.min(hits, beamWidth) * 3 * (20 + dimension / 16.0);
  }
}
