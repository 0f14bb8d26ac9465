// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import java.util.Map;

/**
 * Share of the build time that each phase takes, for reports of progress. {@code bench/run} with
 * {@code -Dbench.messages=true} logs the durations that they follow from.
 */
final class PhaseShares {
  /** Bulk construction, measured on 60,000 vectors of text and GloVe. */
  static final Map<BuildPhase, Double> BULK =
      Map.of(
          BuildPhase.PREPARE, 0.01,
          BuildPhase.SURVEY, 0.11,
          BuildPhase.CANDIDATES, 0.76,
          BuildPhase.REVERSE, 0.07,
          BuildPhase.REPAIR, 0.04,
          BuildPhase.WRITE, 0.01);

  /** Batched insertion, measured on 20,000 vectors. */
  static final Map<BuildPhase, Double> INSERTION =
      Map.of(
          BuildPhase.PREPARE, 0.01,
          BuildPhase.INSERT, 0.97,
          BuildPhase.REPAIR, 0.01,
          BuildPhase.WRITE, 0.01);

  /** Extension, measured on 50,000 vectors of text in segments of 90 % and ten times 1 %. */
  static final Map<BuildPhase, Double> EXTENSION =
      Map.of(
          BuildPhase.PREPARE, 0.02,
          BuildPhase.TAKE_OVER, 0.01,
          BuildPhase.SURVEY, 0.26,
          BuildPhase.CANDIDATES, 0.43,
          BuildPhase.REVERSE, 0.19,
          BuildPhase.REPAIR, 0.08,
          BuildPhase.WRITE, 0.01);

  private PhaseShares() {}
}
