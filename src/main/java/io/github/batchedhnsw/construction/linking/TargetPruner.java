// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.linking;

import io.github.batchedhnsw.construction.selection.NeighborSelector;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.DistanceKernels;
import java.io.IOException;
import java.util.Arrays;

/**
 * Adds one target's group of reverse edges to its neighbour list: appends while they fit, otherwise
 * selects once from the union. Not thread-safe.
 */
public final class TargetPruner {
  private final NeighborSelector selector;
  private final int maxDegree;
  private final int targetDegree;
  private final int maxCandidates;
  private final long[] selected;
  private final MissingScores missingScores;
  private final DistanceKernels kernels = DistanceKernels.best();
  private long[] union;
  private long[] sorted = new long[0];

  /** A pruner for lists without missing scores. */
  public TargetPruner(
      NeighborSelector selector, int maxDegree, int targetDegree, int maxCandidates) {
    this(selector, maxDegree, targetDegree, maxCandidates, null);
  }

  /**
   * A pruner for the lists of one level.
   *
   * @param maxDegree longest list
   * @param targetDegree degree up to which a list that overflowed is filled with the nearest
   *     non-diverse neighbours
   * @param maxCandidates most candidates to consider; the best ones of a larger union
   * @param missingScores computes missing scores of a list before selection; null if none are
   *     missing
   */
  public TargetPruner(
      NeighborSelector selector,
      int maxDegree,
      int targetDegree,
      int maxCandidates,
      MissingScores missingScores) {
    assert maxCandidates > maxDegree;
    this.missingScores = missingScores;
    this.maxCandidates = maxCandidates;
    this.selector = selector;
    this.maxDegree = maxDegree;
    this.targetDegree = targetDegree;
    this.selected = new long[maxDegree];
    this.union = new long[2 * maxDegree];
  }

  /**
   * Adds edges to the list at {@code slot}; edges that it already has are ignored.
   *
   * @param sources ordinals to add, each at most once, from {@code from} to {@code to}
   * @param scores of the sources with the target
   * @throws IOException if vectors cannot be read
   */
  public void add(FlatAdjacency level, int slot, int[] sources, float[] scores, int from, int to)
      throws IOException {
    int degree = level.degree(slot);
    int count = degree;
    if (union.length < degree + to - from) {
      union = Arrays.copyOf(union, 2 * (degree + to - from));
    }
    level.copyPairs(slot, union);
    for (int i = from; i < to; i++) {
      if (!contains(level, slot, degree, sources[i])) {
        union[count++] = ScoredOrdinal.encode(scores[i], sources[i]);
      }
    }
    if (count <= maxDegree) {
      level.replace(slot, union, count);
      return;
    }
    if (missingScores != null) {
      missingScores.fillIn(level.ordinalAt(slot), union, degree);
    }
    if (sorted.length < count) {
      sorted = new long[union.length];
    }
    kernels.sortDescending(union, count, sorted);
    int considered = Math.min(count, maxCandidates);
    int chosen = selector.select(sorted, considered, maxDegree, targetDegree, selected);
    level.replace(slot, selected, chosen);
  }

  private static boolean contains(FlatAdjacency level, int slot, int degree, int ordinal) {
    for (int i = 0; i < degree; i++) {
      if (level.neighbor(slot, i) == ordinal) {
        return true;
      }
    }
    return false;
  }
}
