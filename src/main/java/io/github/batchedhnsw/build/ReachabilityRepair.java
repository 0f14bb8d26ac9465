package io.github.batchedhnsw.build;

import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import java.io.IOException;
import org.apache.lucene.util.FixedBitSet;

/**
 * Makes every node of a level reachable from one of them: walks the level, and ties each part that
 * was not reached to the nearest reached node that has room for one more neighbour, in both
 * directions. Nodes are taken in ascending order, so the result is reproducible. Serial; not
 * thread-safe.
 */
final class ReachabilityRepair {
  /** Reached nodes near an unreached one that are asked for room, nearest first. */
  private static final int HOSTS = 32;

  /** Where no host has room one is made, which can cut off others: then all is walked again. */
  private static final int MAX_WALKS = 4;

  private final OrdinalScorer scorer;
  private final BeamSearch search;
  private final ParallelRanges parallel;
  private long[] list = new long[0];

  /**
   * @param parallel is asked whether to go on
   */
  ReachabilityRepair(OrdinalScorer scorer, BeamSearch search, ParallelRanges parallel) {
    this.scorer = scorer;
    this.search = search;
    this.parallel = parallel;
  }

  /** Widest search that is made with the {@link BeamSearch}. */
  static int beamWidth() {
    return HOSTS;
  }

  /**
   * Repairs a level.
   *
   * @param entry a node of the level
   * @return number of parts that were tied to the rest
   */
  int repair(FlatAdjacency level, int entry) throws IOException {
    int tied = 0;
    for (int walk = 0; walk < MAX_WALKS; walk++) {
      parallel.checkAborted();
      FixedBitSet reached = new FixedBitSet(level.size());
      int[] stack = new int[level.size()];
      walk(level, level.slotOf(entry), reached, stack);
      int before = tied;
      for (int slot = 0; slot < level.size(); slot++) {
        if (!reached.get(slot)) {
          parallel.checkAborted();
          tie(level, entry, slot);
          walk(level, slot, reached, stack);
          tied++;
        }
      }
      if (tied == before) {
        break;
      }
    }
    return tied;
  }

  private static void walk(FlatAdjacency level, int from, FixedBitSet reached, int[] stack) {
    int top = 0;
    reached.set(from);
    stack[top++] = from;
    while (top > 0) {
      int slot = stack[--top];
      for (int i = 0; i < level.degree(slot); i++) {
        int neighbor = level.slotOf(level.neighbor(slot, i));
        if (!reached.getAndSet(neighbor)) {
          stack[top++] = neighbor;
        }
      }
    }
  }

  /** A search from the entry finds reached nodes only. */
  private void tie(FlatAdjacency level, int entry, int slot) throws IOException {
    int node = level.ordinalAt(slot);
    scorer.setQuery(node);
    Beam found = search.search(level, scorer, entry, HOSTS);
    long host = found.pairs()[0];
    for (int i = 0; i < found.size(); i++) {
      if (hasRoom(level, found.pairs()[i])) {
        host = found.pairs()[i];
        break;
      }
    }
    int hostNode = ScoredOrdinal.ordinal(host);
    float score = ScoredOrdinal.score(host);
    add(level, level.slotOf(hostNode), node, score);
    add(level, slot, hostNode, score);
  }

  private static boolean hasRoom(FlatAdjacency level, long pair) {
    return level.degree(level.slotOf(ScoredOrdinal.ordinal(pair))) < level.maxDegree();
  }

  /** Appends a neighbour, in place of the last one where the list is full. */
  private void add(FlatAdjacency level, int slot, int neighbor, float score) {
    int degree = level.degree(slot);
    if (degree == level.maxDegree()) {
      if (list.length < level.capacity()) {
        list = new long[level.capacity()];
      }
      level.copyPairs(slot, list);
      level.replace(slot, list, degree - 1);
    }
    level.appendIfAbsent(slot, neighbor, score);
  }
}
