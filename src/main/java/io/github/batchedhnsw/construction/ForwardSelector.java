// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.construction.LevelSurvey.PlannedJoin;
import io.github.batchedhnsw.construction.linking.ForwardLists;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.selection.NeighborSelector;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import java.io.IOException;

/**
 * Selects neighbours from the candidates of joins, row by row as soon as they are found, or of all
 * pairs of a small level.
 */
final class ForwardSelector {
  private final OrdinalScorer[] scorers;
  private final NeighborSelector[] selectors;
  private final ParallelRanges parallel;

  /**
   * A selector for all levels.
   *
   * @param scorers one for each worker
   * @param selectors one for each worker, which may use the scorers
   */
  ForwardSelector(OrdinalScorer[] scorers, NeighborSelector[] selectors, ParallelRanges parallel) {
    this.scorers = scorers;
    this.selectors = selectors;
    this.parallel = parallel;
  }

  /**
   * Selects the neighbours of nodes.
   *
   * @param lists of the vectors that are joined
   * @param targetDegree degree up to which lists of diverse neighbours are filled with the nearest
   *     non-diverse ones
   */
  void select(ForwardLists lists, PlannedJoin planned, int targetDegree) throws IOException {
    if (planned.join() == null) {
      AllPairs.select(lists, scorers, planned.plan().used(), targetDegree, parallel);
      return;
    }
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
                  selector.select(candidates, count, maxDegree, targetDegree, selected[worker]);
              level.replace(position, selected[worker], chosen);
              diverse[position] = (short) selector.diverseCount();
            });
  }
}
