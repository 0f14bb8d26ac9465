// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.construction.LevelSurvey.PlannedJoin;
import io.github.batchedhnsw.construction.linking.ForwardLists;
import io.github.batchedhnsw.construction.selection.NeighborSelector;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import java.io.IOException;

/** Runs joins whose rows select their neighbours as soon as their candidates are found. */
final class ForwardSelector {
  private final OrdinalScorer[] scorers;
  private final NeighborSelector[] selectors;

  /**
   * A selector for all levels.
   *
   * @param scorers one for each worker
   * @param selectors one for each worker, which may use the scorers
   */
  ForwardSelector(OrdinalScorer[] scorers, NeighborSelector[] selectors) {
    this.scorers = scorers;
    this.selectors = selectors;
  }

  /**
   * Selects the neighbours of nodes.
   *
   * @param lists of the vectors that are joined
   * @param fillDegree degree up to which lists of diverse neighbours are filled with the nearest
   *     non-diverse ones
   */
  void select(ForwardLists lists, PlannedJoin planned, int fillDegree) throws IOException {
    FlatAdjacency level = lists.level();
    short[] diverse = lists.diverse();
    int maxDegree = level.maxDegree();
    long[][] selected = new long[selectors.length][maxDegree];
    planned
        .join()
        .forEachRow(
            planned.plan(),
            lists.selecting(),
            scorers,
            (worker, position, candidates, count) -> {
              NeighborSelector selector = selectors[worker];
              int chosen =
                  selector.select(candidates, count, maxDegree, fillDegree, selected[worker]);
              level.replace(position, selected[worker], chosen);
              diverse[position] = (short) selector.diverseCount();
            });
  }
}
