package io.github.batchedhnsw.build;

import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.FlatHnswGraph;
import io.github.batchedhnsw.graph.LevelAssignment;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.graph.SplitMix;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Batched insertion (after ParlayANN, arXiv 2305.04359). Levels are built from the top down; each
 * starts as a copy of the finished level above and takes in its other nodes in batches. For a
 * batch,
 *
 * <ol>
 *   <li>every node searches the graph as it was before the batch and selects its neighbours,
 *   <li>the reverse edges are grouped by target, and
 *   <li>every target takes its group in, with at most one selection.
 * </ol>
 *
 * Each step is a parallel loop over disjoint data; there is no lock.
 *
 * <p>Thread-safety: instances have no state besides their parameters.
 */
public final class BatchGraphBuilder implements GraphBuilder {
  /** Up to this many nodes all pairs are compared instead of searched. */
  private static final int EXACT_NODES = 256;

  private static final int SEARCH_GRAIN = 8;

  private final BuildParams params;

  /** A builder with the given parameters. */
  public BatchGraphBuilder(BuildParams params) {
    this.params = params;
  }

  @Override
  public String name() {
    return "insertion";
  }

  @Override
  public FlatHnswGraph build(VectorSet vectors, ParallelRanges parallel) throws IOException {
    return new Build(vectors, parallel).run();
  }

  /** One run of the builder. */
  private final class Build {
    private final int size;
    private final ParallelRanges parallel;
    private final int[][] nodesByLevel;
    private final FlatAdjacency[] levels;
    private final Worker[] workers;
    private final ReverseEdges reverseEdges = new ReverseEdges();
    private final ReachabilityRepair repair;

    Build(VectorSet vectors, ParallelRanges parallel) throws IOException {
      this.size = vectors.size();
      this.parallel = parallel;
      this.nodesByLevel = LevelAssignment.nodesByLevel(params.seed(), size, params.maxConn());
      this.levels = new FlatAdjacency[nodesByLevel.length];
      this.workers = new Worker[parallel.workers()];
      for (int i = 0; i < workers.length; i++) {
        workers[i] = new Worker(vectors.scorer(), size);
      }
      this.repair = new ReachabilityRepair(workers[0].scorer, workers[0].search);
    }

    FlatHnswGraph run() throws IOException {
      for (int level = levels.length - 1; level >= 0; level--) {
        buildLevel(level);
        repair.repair(levels[level], levels[levels.length - 1].ordinalAt(0));
      }
      return new FlatHnswGraph(params.maxConn(), List.of(levels));
    }

    private void buildLevel(int level) throws IOException {
      int[] nodes = nodesByLevel[level];
      int count = nodes == null ? size : nodes.length;
      FlatAdjacency adjacency =
          new FlatAdjacency(nodes, count, FlatHnswGraph.maxDegree(params.maxConn(), level));
      levels[level] = adjacency;
      if (count <= EXACT_NODES) {
        int[] all = new int[count];
        Arrays.setAll(all, adjacency::ordinalAt);
        connectExactly(adjacency, all);
        return;
      }
      int[] order = insertionOrder(level, adjacency);
      int inserted;
      if (level == levels.length - 1) {
        inserted = EXACT_NODES;
        connectExactly(adjacency, Arrays.copyOf(order, inserted));
      } else {
        inserted = levels[level + 1].size();
        copyLists(levels[level + 1], adjacency);
      }
      while (inserted < count) {
        int batch = BatchSchedule.nextBatch(inserted, count);
        insert(level, Arrays.copyOfRange(order, inserted, inserted + batch));
        inserted += batch;
      }
    }

    /**
     * The nodes of a level in the order of insertion: those of the level above first, the others
     * shuffled, because documents often arrive sorted by what their vectors mean. On the top level
     * the entry point comes first.
     */
    private int[] insertionOrder(int level, FlatAdjacency adjacency) {
      int count = adjacency.size();
      int first = level == levels.length - 1 ? 1 : levels[level + 1].size();
      int[] shuffled = new int[count - first];
      int[] order = new int[count];
      int above = 0;
      int here = 0;
      for (int slot = 0; slot < count; slot++) {
        int ordinal = adjacency.ordinalAt(slot);
        boolean isAbove =
            level == levels.length - 1 ? slot == 0 : levels[level + 1].slotOf(ordinal) >= 0;
        if (isAbove) {
          order[above++] = ordinal;
        } else {
          shuffled[here++] = ordinal;
        }
      }
      SplitMix.shuffle(shuffled, params.seed() + level);
      System.arraycopy(shuffled, 0, order, first, shuffled.length);
      return order;
    }

    private void copyLists(FlatAdjacency from, FlatAdjacency to) {
      for (int slot = 0; slot < from.size(); slot++) {
        int target = to.slotOf(from.ordinalAt(slot));
        for (int i = 0; i < from.degree(slot); i++) {
          to.append(target, from.neighbor(slot, i), from.score(slot, i));
        }
      }
    }

    /** Connects nodes among themselves, all other nodes being candidates of each. */
    private void connectExactly(FlatAdjacency level, int[] nodes) throws IOException {
      parallel.forEach(
          nodes.length,
          SEARCH_GRAIN,
          (worker, from, to) -> {
            for (int i = from; i < to; i++) {
              workers[worker].connectToAll(level, nodes[i], nodes);
            }
          });
      addReverseEdges(level, nodes);
    }

    private void insert(int level, int[] batch) throws IOException {
      parallel.forEach(
          batch.length,
          SEARCH_GRAIN,
          (worker, from, to) -> {
            for (int i = from; i < to; i++) {
              workers[worker].connectToNearest(levels, level, batch[i]);
            }
          });
      addReverseEdges(levels[level], batch);
    }

    /** Makes every neighbour of the nodes know them, too. */
    private void addReverseEdges(FlatAdjacency level, int[] nodes) throws IOException {
      int[] starts = new int[nodes.length + 1];
      for (int i = 0; i < nodes.length; i++) {
        starts[i + 1] = starts[i] + level.degree(level.slotOf(nodes[i]));
      }
      reverseEdges.reset(starts[nodes.length]);
      parallel.forEach(
          nodes.length,
          1024,
          (worker, from, to) -> {
            for (int i = from; i < to; i++) {
              int slot = level.slotOf(nodes[i]);
              for (int j = 0; j < level.degree(slot); j++) {
                int target = level.slotOf(level.neighbor(slot, j));
                reverseEdges.set(starts[i] + j, target, nodes[i], level.score(slot, j));
              }
            }
          });
      reverseEdges.forEachTarget(
          level.size(),
          parallel,
          (worker, slot, sources, scores, from, to) ->
              workers[worker].pruner(level).add(level, slot, sources, scores, from, to));
    }
  }

  /** What one thread needs to find and select neighbours. */
  private final class Worker {
    private final OrdinalScorer scorer;
    private final BeamSearch search;
    private final NeighborSelector selector;
    private final long[] selected = new long[2 * params.maxConn()];
    private final TargetPruner pruner0;
    private final TargetPruner prunerAbove;
    private final long[] exactCandidates = new long[EXACT_NODES];
    private final float[] exactScores = new float[EXACT_NODES];

    Worker(OrdinalScorer scorer, int size) {
      this.scorer = scorer;
      int maxDegree = FlatHnswGraph.maxDegree(params.maxConn(), 0);
      int maxDegreeAbove = FlatHnswGraph.maxDegree(params.maxConn(), 1);
      this.search =
          new BeamSearch(
              size, Math.max(params.beamWidth(), ReachabilityRepair.beamWidth()), maxDegree);
      this.selector = new NeighborSelector(new ScorerCloseness(scorer));
      this.pruner0 = pruner(maxDegree);
      this.prunerAbove = pruner(maxDegreeAbove);
    }

    private TargetPruner pruner(int maxDegree) {
      return new TargetPruner(selector, maxDegree, params.fillDegree(maxDegree), Integer.MAX_VALUE);
    }

    TargetPruner pruner(FlatAdjacency level) {
      return level.maxDegree() == 2 * params.maxConn() ? pruner0 : prunerAbove;
    }

    /** Searches the finished levels for an entry point and this one for a new node's neighbours. */
    void connectToNearest(FlatAdjacency[] levels, int level, int node) throws IOException {
      scorer.setQuery(node);
      int entry = levels[levels.length - 1].ordinalAt(0);
      for (int above = levels.length - 1; above > level; above--) {
        entry = ScoredOrdinal.ordinal(search.search(levels[above], scorer, entry, 1).pairs()[0]);
      }
      Beam found = search.search(levels[level], scorer, entry, params.beamWidth());
      store(levels[level], node, found.pairs(), found.size());
    }

    /** Connects a node to the most suitable of the given ones. */
    void connectToAll(FlatAdjacency level, int node, int[] nodes) throws IOException {
      scorer.setQuery(node);
      scorer.score(nodes, nodes.length, exactScores);
      int count = 0;
      for (int i = 0; i < nodes.length; i++) {
        if (nodes[i] != node) {
          exactCandidates[count++] = ScoredOrdinal.encode(exactScores[i], nodes[i]);
        }
      }
      Beam.sortBestFirst(exactCandidates, count);
      store(level, node, exactCandidates, count);
    }

    private void store(FlatAdjacency level, int node, long[] candidates, int count)
        throws IOException {
      int chosen = selector.select(candidates, count, level.maxDegree(), 0, selected);
      level.replace(level.slotOf(node), selected, chosen);
    }
  }

  /**
   * Most heap bytes that a build takes besides the vectors and besides what each worker needs.
   *
   * @param size number of vectors
   */
  static long estimateBytes(BuildParams params, int size) {
    int maxDegree = FlatHnswGraph.maxDegree(params.maxConn(), 0);
    long batch = BatchSchedule.nextBatch(Math.max(1, size / 2), size);
    return FlatAdjacency.estimateBytes(size, maxDegree)
        + batch * maxDegree * ReverseEdges.BYTES_PER_EDGE;
  }
}
