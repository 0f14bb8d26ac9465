// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.construction.insertion.BatchInserter;
import io.github.batchedhnsw.construction.insertion.BatchSchedule;
import io.github.batchedhnsw.construction.insertion.InsertionOrder;
import io.github.batchedhnsw.construction.linking.ReachabilityRepair;
import io.github.batchedhnsw.construction.linking.ReverseEdges;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.search.Beam;
import io.github.batchedhnsw.construction.search.BeamSearch;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.FlatHnswGraph;
import io.github.batchedhnsw.graph.LevelAssignment;
import io.github.batchedhnsw.vectors.Metric;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Batched insertion (after ParlayANN, arXiv 2305.04359). Levels are built from the top down; each
 * starts as a copy of the finished level above, and its other nodes are inserted in batches: every
 * node of a batch searches the graph as it was before the batch, see {@link BatchInserter}.
 *
 * <p>Thread-safety: instances have no state besides their parameters.
 */
public final class BatchGraphBuilder implements GraphBuilder {
  private static final int ENTER_GRAIN = 64;

  /** Bits of an entry point's slot that are part of a new node's sort key; two levels' bits fit. */
  private static final int PLACE_BITS = 16;

  private static final long PLACE_MASK = (1L << PLACE_BITS) - 1;
  private final BuildParams params;
  private final BuildLog log;

  /** A builder with the given parameters that logs no messages. */
  public BatchGraphBuilder(BuildParams params) {
    this(params, BuildLog.silent());
  }

  /** A builder with the given parameters. */
  public BatchGraphBuilder(BuildParams params, BuildLog log) {
    this.params = params;
    this.log = log;
  }

  @Override
  public long estimateBytes(int size, int dimension) {
    return estimateBytes(params, size);
  }

  @Override
  public String name() {
    return "insertion";
  }

  @Override
  public BuildResult build(VectorSet vectors, ParallelRanges parallel) throws IOException {
    return new BuildResult(new Build(vectors, parallel).run(), name(), GraphEstimate.NONE);
  }

  /** One run of the builder. */
  private final class Build {
    private final int size;
    private final Metric metric;
    private final int[][] nodesByLevel;
    private final FlatAdjacency[] levels;
    private final ParallelRanges parallel;
    private final BatchInserter inserter;
    private final ReachabilityRepair repair;

    Build(VectorSet vectors, ParallelRanges parallel) throws IOException {
      this.parallel = parallel;
      this.size = vectors.size();
      this.metric = vectors.metric();
      this.nodesByLevel = LevelAssignment.nodesByLevel(params.seed(), size, params.maxConn());
      this.levels = new FlatAdjacency[nodesByLevel.length];
      this.inserter =
          new BatchInserter(
              vectors, parallel, params.beamWidth(), FlatHnswGraph.maxDegree(params.maxConn(), 0));
      this.repair = new ReachabilityRepair(inserter.scorer(0), inserter.search(0), parallel);
    }

    FlatHnswGraph run() throws IOException {
      for (int level = levels.length - 1; level >= 0; level--) {
        int nodes = nodesByLevel[level] == null ? size : nodesByLevel[level].length;
        log.level(nodes, size, params.maxConn());
        log.begin(BuildPhase.INSERT);
        buildLevel(level);
        log.begin(BuildPhase.REPAIR);
        repair.repair(levels[level], levels[levels.length - 1].ordinalAt(0));
      }
      return new FlatHnswGraph(params.maxConn(), List.of(levels));
    }

    private BatchInserter.Degrees degrees(int maxDegree) {
      if (metric == Metric.INNER_PRODUCT) { // the few diverse neighbours are long vectors
        return new BatchInserter.Degrees(maxDegree, maxDegree);
      }
      return new BatchInserter.Degrees(
          params.ownTargetDegree(maxDegree), params.targetDegree(maxDegree));
    }

    private void buildLevel(int level) throws IOException {
      int[] nodes = nodesByLevel[level];
      int count = nodes == null ? size : nodes.length;
      int maxDegree = FlatHnswGraph.maxDegree(params.maxConn(), level);
      FlatAdjacency adjacency = new FlatAdjacency(nodes, count, maxDegree);
      levels[level] = adjacency;
      inserter.start(adjacency, degrees(maxDegree));
      if (count <= BatchInserter.EXACT_NODES) {
        int[] all = new int[count];
        Arrays.setAll(all, adjacency::ordinalAt);
        inserter.connectExactly(all);
        return;
      }
      FlatAdjacency above = level == levels.length - 1 ? null : levels[level + 1];
      int[] order = InsertionOrder.of(adjacency, above, params.seed() + level, parallel);
      int inserted;
      if (above == null) {
        inserted = BatchInserter.EXACT_NODES;
        inserter.connectExactly(Arrays.copyOf(order, inserted));
      } else {
        inserted = above.size();
        copyLists(above, adjacency);
      }
      while (inserted < count) {
        int size = BatchSchedule.nextBatch(inserted, count, maxDegree);
        log.step((inserted + size) / (double) count);
        int[] batch = Arrays.copyOfRange(order, inserted, inserted + size);
        int[] entries = enter(level, batch);
        inserter.insert(batch, (worker, i) -> find(worker, level, batch[i], entries[i]));
        inserted += size;
      }
    }

    /**
     * Searches the finished levels for an entry point for each node of a batch, and sorts the batch
     * so that nodes with the same entry points are consecutive: their searches visit the same
     * vectors, which are then in the processor's caches.
     *
     * @return the entry points in the new order of the batch
     */
    private int[] enter(int level, int[] batch) throws IOException {
      int[] entries = new int[batch.length];
      long[] places = new long[batch.length];
      parallel.forEach(
          batch.length,
          ENTER_GRAIN,
          (worker, from, to) -> {
            OrdinalScorer scorer = inserter.scorer(worker);
            BeamSearch search = inserter.search(worker);
            for (int i = from; i < to; i++) {
              scorer.setQuery(batch[i]);
              int entry = levels[levels.length - 1].ordinalAt(0);
              for (int above = levels.length - 1; above > level; above--) {
                entry = search.nearest(levels[above], scorer, entry);
                // The lowest levels matter most; the bits that do not fit would only refine the
                // order.
                places[i] = places[i] << PLACE_BITS | levels[above].slotOf(entry) & PLACE_MASK;
              }
              places[i] = places[i] << Integer.SIZE | i;
              entries[i] = entry;
            }
          });
      Arrays.sort(places);
      int[] nodes = batch.clone();
      int[] found = entries.clone();
      for (int i = 0; i < batch.length; i++) {
        batch[i] = nodes[(int) places[i]];
        entries[i] = found[(int) places[i]];
      }
      return entries;
    }

    private Beam find(int worker, int level, int node, int entry) throws IOException {
      OrdinalScorer scorer = inserter.scorer(worker);
      scorer.setQuery(node);
      return inserter.search(worker).search(levels[level], scorer, entry, params.beamWidth());
    }

    private void copyLists(FlatAdjacency from, FlatAdjacency to) {
      for (int slot = 0; slot < from.size(); slot++) {
        int target = to.slotOf(from.ordinalAt(slot));
        for (int i = 0; i < from.degree(slot); i++) {
          to.append(target, from.neighbor(slot, i), from.score(slot, i));
        }
      }
    }
  }

  /**
   * Most heap bytes that a build takes besides the vectors and besides what each worker needs.
   *
   * @param size number of vectors
   */
  static long estimateBytes(BuildParams params, int size) {
    int maxDegree = FlatHnswGraph.maxDegree(params.maxConn(), 0);
    long batch = BatchSchedule.nextBatch(Math.max(1, size / 2), size, maxDegree);
    long order = (long) size * 2 * Integer.BYTES;
    return FlatAdjacency.estimateBytes(size, maxDegree)
        + estimateUpperBytes(params, size)
        + order
        + batch * maxDegree * (Long.BYTES + ReverseEdges.BYTES_PER_EDGE);
  }

  /** Heap bytes of the levels above 0. */
  static long estimateUpperBytes(BuildParams params, int size) {
    long nodes = LevelAssignment.expectedUpperNodes(size, params.maxConn());
    int maxDegree = FlatHnswGraph.maxDegree(params.maxConn(), 1);
    return FlatAdjacency.estimateBytes(Math.toIntExact(nodes), maxDegree) + nodes * Integer.BYTES;
  }
}
