// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.insertion;

import io.github.batchedhnsw.construction.linking.ReachabilityRepair;
import io.github.batchedhnsw.construction.linking.ReverseEdges;
import io.github.batchedhnsw.construction.linking.TargetPruner;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.search.Beam;
import io.github.batchedhnsw.construction.search.BeamSearch;
import io.github.batchedhnsw.construction.selection.EagerPairwiseScores;
import io.github.batchedhnsw.construction.selection.NeighborSelector;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.IOException;

/**
 * Inserts nodes into one level after the other, batch by batch. For a batch,
 *
 * <ol>
 *   <li>every node searches the level as it was before the batch for candidates and selects its
 *       neighbours,
 *   <li>every node's list is written,
 *   <li>the reverse edges are grouped by target, and
 *   <li>each group is added to its target's list with at most one selection.
 * </ol>
 *
 * Not thread-safe; works on the threads of its {@link ParallelRanges}.
 */
public final class BatchInserter {
  /** Up to this many nodes, all pairs are compared and no searches are made. */
  public static final int EXACT_NODES = 256;

  private static final int SEARCH_GRAIN = 8;
  private static final int EDGE_GRAIN = 1024;

  private final ParallelRanges parallel;
  private final Worker[] workers;
  private final ReverseEdges reverseEdges = new ReverseEdges();
  private FlatAdjacency level;
  private Degrees degrees;

  /**
   * Degrees up to which lists are filled with the nearest non-diverse candidates.
   *
   * @param ownTargetDegree of a node's own list; 0 for none
   * @param targetDegree of a list that overflowed with reverse edges
   */
  public record Degrees(int ownTargetDegree, int targetDegree) {}

  /** Finds candidates for a node. */
  @FunctionalInterface
  public interface Finder {
    /**
     * Finds candidates for a node of the batch.
     *
     * @param worker as in {@link ParallelRanges.Body#run}
     * @param index of the node in its batch
     * @return the candidates, best first; may include the node itself
     */
    Beam find(int worker, int index) throws IOException;
  }

  /**
   * An inserter for the vectors of all levels.
   *
   * @param vectors of all nodes, by ordinal
   * @param parallel where to work, and when to stop
   * @param maxBeamWidth widest search that a {@link Finder} makes
   * @param maxDegree longest list of any level
   * @throws IOException if the vectors cannot be opened for reading
   */
  public BatchInserter(VectorSet vectors, ParallelRanges parallel, int maxBeamWidth, int maxDegree)
      throws IOException {
    this.parallel = parallel;
    this.workers = new Worker[parallel.workers()];
    int beamWidth = Math.max(maxBeamWidth, ReachabilityRepair.beamWidth());
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(vectors.scorer(), vectors.size(), beamWidth, maxDegree);
    }
  }

  /**
   * Sets the level to insert into.
   *
   * @param level is written to by {@link #connectExactly} and {@link #insert}
   */
  public void start(FlatAdjacency level, Degrees degrees) {
    this.level = level;
    this.degrees = degrees;
    for (Worker worker : workers) {
      worker.pruner =
          new TargetPruner(
              worker.selector, level.maxDegree(), degrees.targetDegree(), Integer.MAX_VALUE);
    }
  }

  /** A worker's scorer, for its own use between batches and in a {@link Finder}. */
  public OrdinalScorer scorer(int worker) {
    return workers[worker].scorer;
  }

  /** A worker's search, for the same uses. */
  public BeamSearch search(int worker) {
    return workers[worker].search;
  }

  /**
   * Connects nodes without neighbours to each other; the candidates of each are all others.
   *
   * @param nodes ordinals, at most {@link #EXACT_NODES}
   * @throws IOException if vectors cannot be read, or whatever the abort check throws
   */
  public void connectExactly(int[] nodes) throws IOException {
    insert(nodes, (worker, i) -> workers[worker].scoreAll(nodes[i], nodes));
  }

  /**
   * Connects a batch of nodes to neighbours selected from the candidates that are found.
   *
   * @param batch ordinals; with full lists they have at most {@link ReverseEdges#MAX_EDGES} edges,
   *     see {@link BatchSchedule}
   * @throws IOException if vectors cannot be read, or whatever the abort check throws
   */
  public void insert(int[] batch, Finder finder) throws IOException {
    int stride = level.maxDegree();
    assert (long) batch.length * stride <= ReverseEdges.MAX_EDGES
        : "nodes="
            + batch.length
            + " with maxDegree="
            + stride
            + " have too many edges for a batch";
    long[] chosen = new long[batch.length * stride];
    int[] counts = new int[batch.length];
    parallel.forEach(
        batch.length,
        SEARCH_GRAIN,
        (worker, from, to) -> {
          for (int i = from; i < to; i++) {
            Beam found = finder.find(worker, i);
            counts[i] = workers[worker].select(found, batch[i], chosen, i * stride);
          }
        });
    int[] starts = new int[batch.length + 1];
    for (int i = 0; i < batch.length; i++) {
      starts[i + 1] = starts[i] + counts[i];
    }
    reverseEdges.reset(starts[batch.length]);
    parallel.forEach(
        batch.length,
        EDGE_GRAIN,
        (worker, from, to) -> {
          for (int i = from; i < to; i++) {
            level.replace(level.slotOf(batch[i]), chosen, i * stride, counts[i]);
            for (int j = 0; j < counts[i]; j++) {
              long pair = chosen[i * stride + j];
              int target = level.slotOf(ScoredOrdinal.ordinal(pair));
              reverseEdges.set(starts[i] + j, target, batch[i], ScoredOrdinal.score(pair));
            }
          }
        });
    reverseEdges.forEachTarget(
        level.size(),
        parallel,
        (worker, slot, sources, scores, from, to) ->
            workers[worker].pruner.add(level, slot, sources, scores, from, to));
  }

  /** The state that one thread needs to find and select neighbours. */
  private final class Worker {
    private final OrdinalScorer scorer;
    private final BeamSearch search;
    private final NeighborSelector selector;
    private final Beam all = new Beam(EXACT_NODES);
    private final float[] scores;
    private final long[] candidates;
    private final long[] selected;
    private TargetPruner pruner;

    Worker(OrdinalScorer scorer, int size, int beamWidth, int maxDegree) {
      this.scorer = scorer;
      this.search = new BeamSearch(size, beamWidth, maxDegree);
      this.selector = new NeighborSelector(new EagerPairwiseScores(scorer));
      this.scores = new float[EXACT_NODES];
      this.candidates = new long[Math.max(EXACT_NODES, beamWidth)];
      this.selected = new long[maxDegree];
    }

    Beam scoreAll(int node, int[] nodes) throws IOException {
      scorer.setQuery(node);
      scorer.score(nodes, nodes.length, scores);
      all.reset(EXACT_NODES);
      for (int i = 0; i < nodes.length; i++) {
        all.offer(ScoredOrdinal.encode(scores[i], nodes[i]));
      }
      return all;
    }

    /** Selects a node's neighbours into {@code chosen}; returns how many. */
    int select(Beam found, int node, long[] chosen, int offset) throws IOException {
      int count = 0;
      for (int i = 0; i < found.size(); i++) {
        if (ScoredOrdinal.ordinal(found.pairs()[i]) != node) {
          candidates[count++] = found.pairs()[i];
        }
      }
      int targetDegree = Math.min(degrees.ownTargetDegree(), level.maxDegree());
      int selectedCount =
          selector.select(candidates, count, level.maxDegree(), targetDegree, selected);
      System.arraycopy(selected, 0, chosen, offset, selectedCount);
      return selectedCount;
    }
  }
}
