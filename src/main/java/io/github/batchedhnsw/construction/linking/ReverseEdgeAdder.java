// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.linking;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.selection.NeighborSelector;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import java.io.IOException;
import java.util.BitSet;
import java.util.function.DoubleConsumer;

/**
 * Adds the reverse edges of the lists of a level. Batch by batch of the source nodes, they are
 * grouped by target, and each group is added to its target's list with at most one selection. Edges
 * between nodes whose lists are kept from an existing graph are not reversed again. Not
 * thread-safe.
 */
public final class ReverseEdgeAdder {
  /** Number of batches; more batches need less memory and more selections. */
  private static final int BATCHES = 8;

  /** Fewest source nodes of a batch, but for the last one. */
  private static final int MIN_BATCH = 1 << 13;

  /** Most candidates that a target selects from, as a multiple of a full list. */
  private static final int CANDIDATE_LISTS = 4;

  private static final int EDGE_GRAIN = 1024;

  private final OrdinalScorer[] scorers;
  private final NeighborSelector[] selectors;
  private final ParallelRanges parallel;
  private final ReverseEdges groups = new ReverseEdges();

  /**
   * An adder for the levels of one graph.
   *
   * @param scorers one for each worker
   * @param selectors one for each worker, which may use the scorers
   */
  public ReverseEdgeAdder(
      OrdinalScorer[] scorers, NeighborSelector[] selectors, ParallelRanges parallel) {
    this.scorers = scorers;
    this.selectors = selectors;
    this.parallel = parallel;
  }

  /**
   * Most heap bytes that reverse edges take.
   *
   * @param size number of nodes
   * @param maxDegree longest list
   */
  public static long estimateBytes(int size, int maxDegree) {
    long batch = Math.min(size, Math.max(MIN_BATCH, size / BATCHES));
    return batch * maxDegree * ReverseEdges.BYTES_PER_EDGE;
  }

  /**
   * Adds the reverse edges of a level.
   *
   * @param order of the slots, in which neighbours are close to each other
   * @param progress is told before each batch which share of the nodes will be done after it
   */
  public void add(ForwardLists lists, int[] order, DoubleConsumer progress) throws IOException {
    int size = lists.level().size();
    int batch = Math.max(MIN_BATCH, size / BATCHES);
    batch = Math.min(batch, ReverseEdges.MAX_EDGES / lists.level().maxDegree());
    LevelAdder adder = new LevelAdder(lists, order);
    for (int from = 0; from < size; from += Math.min(batch, size - from)) {
      int to = from + Math.min(batch, size - from);
      progress.accept(to / (double) size);
      adder.addBatch(from, to);
    }
  }

  /** Adds the reverse edges of one level. A node's rank is its position in the order. */
  private final class LevelAdder {
    private final FlatAdjacency level;
    private final BitSet selecting;
    private final int[] order;
    private final int[] ranks; // by slot
    private final short[] degrees; // before reverse edges, which are not reversed again
    private final TargetPruner[] pruners; // of the workers
    private final MissingScores[] missing; // the same; null if no score is missing

    LevelAdder(ForwardLists lists, int[] order) {
      this.level = lists.level();
      this.selecting = lists.selecting();
      this.order = order;
      this.ranks = new int[level.size()];
      this.degrees = new short[level.size()];
      for (int rank = 0; rank < level.size(); rank++) {
        int slot = order[rank];
        ranks[slot] = rank;
        degrees[slot] = (short) level.degree(slot);
      }
      int maxDegree = level.maxDegree();
      this.pruners = new TargetPruner[parallel.workers()];
      this.missing = new MissingScores[pruners.length];
      for (int i = 0; i < pruners.length; i++) {
        missing[i] = selecting == null ? null : new MissingScores(scorers[i], maxDegree);
        pruners[i] =
            new TargetPruner(
                selectors[i], maxDegree, maxDegree, CANDIDATE_LISTS * maxDegree, missing[i]);
      }
    }

    /** Adds the reverse edges of the nodes of some ranks. */
    void addBatch(int fromRank, int toRank) throws IOException {
      int[] starts = startsOfSources(fromRank, toRank);
      groups.reset(starts[toRank - fromRank]);
      parallel.forEach(
          toRank - fromRank,
          EDGE_GRAIN,
          (worker, from, to) -> {
            for (int i = from; i < to; i++) {
              setEdges(worker, order[fromRank + i], starts[i], starts[i + 1]);
            }
          });
      groups.forEachTarget(
          level.size(),
          parallel,
          (worker, target, sources, scores, from, to) ->
              pruners[worker].add(level, order[target], sources, scores, from, to));
    }

    /** Returns where the edges of each source of a batch start among all of the batch. */
    private int[] startsOfSources(int fromRank, int toRank) {
      int[] starts = new int[toRank - fromRank + 1];
      for (int i = 0; i < toRank - fromRank; i++) {
        int slot = order[fromRank + i];
        int count = Math.min(degrees[slot], level.degree(slot));
        if (selecting != null && !selecting.get(slot)) {
          int wanted = 0;
          for (int j = 0; j < count; j++) {
            wanted += selecting.get(level.slotOf(level.neighbor(slot, j))) ? 1 : 0;
          }
          count = wanted;
        }
        starts[i + 1] = starts[i] + count;
      }
      return starts;
    }

    /** Sets the edges of a source, from {@code start} to {@code end} among those of the batch. */
    private void setEdges(int worker, int slot, int start, int end) throws IOException {
      int node = level.ordinalAt(slot);
      boolean all = selecting == null || selecting.get(slot);
      for (int j = 0, at = start; at < end; j++) {
        int other = level.slotOf(level.neighbor(slot, j));
        if (all || selecting.get(other)) {
          float score = level.score(slot, j);
          if (!all && score == MissingScores.UNKNOWN) {
            score = missing[worker].score(node, level.ordinalAt(other));
          }
          groups.set(at++, ranks[other], node, score);
        }
      }
    }
  }
}
