// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.construction.LevelSurvey.PlannedJoin;
import io.github.batchedhnsw.construction.candidates.ClusterJoin;
import io.github.batchedhnsw.construction.candidates.JoinPlan;
import io.github.batchedhnsw.construction.candidates.ReverseCandidates;
import io.github.batchedhnsw.construction.linking.ForwardLists;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.selection.NeighborSelector;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.DistanceKernels;
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
    new JoinSelection(lists, planned, targetDegree).run();
  }

  /** Selects the neighbours of the rows of a join. */
  private final class JoinSelection {
    private final ForwardLists lists;
    private final FlatAdjacency level;
    private final JoinPlan plan;
    private final ClusterJoin join;
    private final int targetDegree;
    private final long[][] selected; // by worker

    JoinSelection(ForwardLists lists, PlannedJoin planned, int targetDegree) {
      this.lists = lists;
      this.level = lists.level();
      this.plan = planned.plan();
      this.join = planned.join();
      this.targetDegree = targetDegree;
      this.selected = new long[selectors.length][level.maxDegree()];
    }

    void run() throws IOException {
      if (plan.reversed() == 0) {
        join.forEachRow(plan, lists.selecting(), scorers, this::select);
        return;
      }
      ReverseCandidates reverse =
          new ReverseCandidates(join.clusters().members(), plan.reversed(), level::slotOf);
      float[] worst = new float[level.size()]; // score of each row's candidates
      join.forEachRow(
          plan,
          lists.selecting(),
          scorers,
          (worker, position, candidates, count) -> {
            reverse.set(position, candidates, count);
            worst[position] =
                count < plan.used()
                    ? Float.NEGATIVE_INFINITY
                    : ScoredOrdinal.score(candidates[count - 1]);
            select(worker, position, candidates, count);
          });
      Candidates[] candidates = new Candidates[selectors.length];
      reverse.forEachTarget(
          parallel,
          (worker, position, rows, from, to) -> {
            if (candidates[worker] == null) {
              candidates[worker] = new Candidates(scorers[worker]);
            }
            if (candidates[worker].collect(position, rows, from, to, worst[position])) {
              select(
                  worker,
                  position,
                  candidates[worker].sorted,
                  Math.min(plan.used(), candidates[worker].count));
            }
          });
    }

    private void select(int worker, int position, long[] candidates, int count) throws IOException {
      NeighborSelector selector = selectors[worker];
      int chosen =
          selector.select(candidates, count, level.maxDegree(), targetDegree, selected[worker]);
      level.replace(position, selected[worker], chosen);
      lists.diverse()[position] = (short) selector.diverseCount();
    }

    /** The neighbours of a node and the rows that have found it. */
    private final class Candidates {
      private final DistanceKernels kernels = DistanceKernels.best();
      private final OrdinalScorer scorer;
      private int[] ordinals = new int[0];
      private float[] scores = new float[0];
      private long[] pairs = new long[0];
      private long[] sorted = new long[0];
      private int count;

      Candidates(OrdinalScorer scorer) {
        this.scorer = scorer;
      }

      /**
       * Collects the list of a node, and of the rows that have found it those that are not farther
       * than its candidates.
       *
       * @param worst score of its candidates
       * @return whether there are such rows
       */
      boolean collect(int position, int[] rows, int from, int to, float worst) throws IOException {
        int rowCount = to - from;
        if (ordinals.length < rowCount) {
          ordinals = new int[2 * rowCount];
          scores = new float[2 * rowCount];
          pairs = new long[2 * rowCount + level.maxDegree()];
          sorted = new long[pairs.length];
        }
        for (int i = 0; i < rowCount; i++) {
          ordinals[i] = level.ordinalAt(rows[from + i]);
        }
        scorer.setQuery(level.ordinalAt(position));
        scorer.score(ordinals, rowCount, scores);
        int degree = level.copyPairs(position, pairs);
        count = degree;
        for (int i = 0; i < rowCount; i++) {
          if (scores[i] >= worst && !level.contains(position, ordinals[i])) {
            pairs[count++] = ScoredOrdinal.encode(scores[i], ordinals[i]);
          }
        }
        if (count == degree) {
          return false;
        }
        kernels.sortDescending(pairs, count, sorted);
        return true;
      }
    }
  }
}
