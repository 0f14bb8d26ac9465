package io.github.batchedhnsw.build;

import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import java.io.IOException;
import java.util.Arrays;

/**
 * Adds one target's group of reverse edges to its neighbour list: appends while they fit, otherwise
 * selects once from the union. Not thread-safe.
 */
final class TargetPruner {
  private final NeighborSelector selector;
  private final int maxDegree;
  private final int fillDegree;
  private final long[] selected;
  private long[] union;

  TargetPruner(NeighborSelector selector, int maxDegree, int fillDegree) {
    this.selector = selector;
    this.maxDegree = maxDegree;
    this.fillDegree = fillDegree;
    this.selected = new long[maxDegree];
    this.union = new long[2 * maxDegree];
  }

  /**
   * Adds edges to the list at {@code slot}; those that it already has are ignored.
   *
   * @param sources ordinals to add, each at most once, from {@code from} to {@code to}
   * @param scores of the sources with the target
   */
  void add(FlatAdjacency level, int slot, int[] sources, float[] scores, int from, int to)
      throws IOException {
    int degree = level.degree(slot);
    int count = degree;
    if (union.length < degree + to - from) {
      union = Arrays.copyOf(union, 2 * (degree + to - from));
    }
    for (int i = 0; i < degree; i++) {
      union[i] = ScoredOrdinal.encode(level.score(slot, i), level.neighbor(slot, i));
    }
    for (int i = from; i < to; i++) {
      if (!contains(level, slot, degree, sources[i])) {
        union[count++] = ScoredOrdinal.encode(scores[i], sources[i]);
      }
    }
    if (count <= maxDegree) {
      store(level, slot, union, degree, count);
      return;
    }
    Beam.sortBestFirst(union, count);
    int chosen = selector.select(union, count, maxDegree, fillDegree, selected);
    level.clear(slot);
    store(level, slot, selected, 0, chosen);
  }

  private static boolean contains(FlatAdjacency level, int slot, int degree, int ordinal) {
    for (int i = 0; i < degree; i++) {
      if (level.neighbor(slot, i) == ordinal) {
        return true;
      }
    }
    return false;
  }

  /** Appends pairs to a list. */
  static void store(FlatAdjacency level, int slot, long[] pairs, int from, int to) {
    for (int i = from; i < to; i++) {
      level.append(slot, ScoredOrdinal.ordinal(pairs[i]), ScoredOrdinal.score(pairs[i]));
    }
  }
}
