// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.partition.Clusters;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.DistanceKernels;
import io.github.batchedhnsw.vectors.Metric;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.IOException;
import java.util.BitSet;

/**
 * Finds candidates by a join of clusters: the rows of each cluster are compared with the columns of
 * the clusters that they probe, by codes, and the best columns are then scored exactly. A row's
 * candidates are passed on immediately and not kept. Results do not depend on the number of
 * workers.
 */
public final class ClusterJoin {
  /**
   * Most rows that are compared at once: many, because every group reads the columns of all
   * clusters that any of its rows probes.
   */
  private static final int MAX_GROUP_ROWS = 512;

  /** Most bytes of a group's vectors, so that they stay in the second-level cache. */
  private static final int GROUP_BYTES = 3 << 17;

  /**
   * Number of clusters that a thread takes at a time, unless there would be too few ranges for all
   * threads.
   */
  private static final int CLUSTER_GRAIN = 16;

  private static final int PARTS_PER_WORKER = 8;

  private final VectorSet vectors;
  private final int[] ordinals;
  private final Clusters clusters;
  private final SignCodes signs; // null if rows are compared in float32
  private final FloatColumns floats; // or null
  private final ParallelRanges parallel;

  /** Receives the candidates of a row. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * Takes the candidates of one row.
     *
     * @param worker as in {@link ParallelRanges.Body#run}
     * @param position of the row among the ordinals; each is visited once, in no particular order
     * @param candidates {@link ScoredOrdinal}s of other vectors, best first, with exact scores
     * @param count number of candidates
     */
    void visit(int worker, int position, long[] candidates, int count) throws IOException;
  }

  /**
   * Prepares a join.
   *
   * @param ordinals of the vectors that are rows and columns
   * @param clusters of positions among the ordinals
   * @param seed of the rotation of sign codes
   */
  public ClusterJoin(
      VectorSet vectors,
      int[] ordinals,
      Clusters clusters,
      JoinPlan.ColumnCode code,
      ParallelRanges parallel,
      long seed)
      throws IOException {
    this.vectors = vectors;
    this.ordinals = ordinals;
    this.clusters = clusters;
    this.parallel = parallel;
    boolean bySigns = code == JoinPlan.ColumnCode.SIGNS;
    this.signs = bySigns ? new SignCodes(vectors, ordinals, clusters, parallel, seed) : null;
    this.floats = bySigns ? null : new FloatColumns(vectors, ordinals, clusters, parallel);
  }

  /** The clusters, of positions among the ordinals. */
  public Clusters clusters() {
    return clusters;
  }

  void checkAborted() throws IOException {
    parallel.checkAborted();
  }

  private int groupRows() {
    int rows = Math.min(MAX_GROUP_ROWS, GROUP_BYTES / (Float.BYTES * vectors.dimension()));
    return Math.max(1, rows / DistanceKernels.STRIP_ROWS) * DistanceKernels.STRIP_ROWS;
  }

  RowGroup openGroup() throws IOException {
    GroupScanner scanner =
        signs == null
            ? new FloatScanner(floats)
            : new SignScanner(signs, groupRows(), vectors.metric() == Metric.INNER_PRODUCT);
    return new RowGroup(vectors, ordinals, clusters, scanner, groupRows());
  }

  /**
   * Finds the candidates of rows.
   *
   * @param rows positions of the rows; null for all
   * @param scorers one for each worker; the visitor may use them, too
   */
  public void forEachRow(JoinPlan plan, BitSet rows, OrdinalScorer[] scorers, Visitor visitor)
      throws IOException {
    Worker[] workers = new Worker[parallel.workers()];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(plan, scorers[i]);
    }
    int[] cells = clusters.cellOfClusters();
    int grain = clusters.count() / (PARTS_PER_WORKER * parallel.workers());
    grain = Math.max(1, Math.min(CLUSTER_GRAIN, grain));
    parallel.forEach(
        clusters.count(),
        grain,
        (worker, from, to) -> {
          for (int cluster = from; cluster < to; cluster++) {
            workers[worker].add(worker, cells[cluster], cluster, rows, visitor);
          }
          workers[worker].join(worker, visitor);
        });
  }

  /**
   * Most heap bytes that a join keeps, besides what each worker needs.
   *
   * @param size number of vectors
   * @param clusterSize mean number of members of a cluster
   */
  public static long estimateBytes(int size, int dimension, int clusterSize) {
    long signs = SignCodes.estimateBytes(size, dimension, clusterSize);
    // A planner that tries both codes keeps both in memory.
    int inFloats =
        dimension <= JoinPlanner.MAX_FLOAT_DIMENSION
            ? size
            : Math.min(size, JoinPlanner.MAX_SMALL_LEVEL);
    return signs + FloatColumns.estimateBytes(inFloats, dimension, clusterSize);
  }

  /** The working memory of one thread. */
  private final class Worker {
    private final DistanceKernels kernels = DistanceKernels.best();
    private final JoinPlan plan;
    private final RowGroup group = openGroup();
    private final OrdinalScorer scorer;
    private final int[] positions = new int[groupRows()]; // of the group
    private int count;
    private int cell = -1;
    private final int[] hits;
    private final float[] scores;
    private final long[] pairs;
    private final long[] sorted;

    Worker(JoinPlan plan, OrdinalScorer scorer) throws IOException {
      this.plan = plan;
      this.scorer = scorer;
      // Equal estimates can give more hits than requested.
      int most = Math.min(ordinals.length, 2 * plan.hits() + 64);
      this.hits = new int[most];
      this.scores = new float[most];
      this.pairs = new long[most];
      this.sorted = new long[most];
    }

    /** Adds the rows of a cluster to the group; compares groups that are full. */
    void add(int worker, int cell, int cluster, BitSet rows, Visitor visitor) throws IOException {
      if (cell != this.cell) {
        join(worker, visitor);
        this.cell = cell;
      }
      for (int m = clusters.starts()[cluster]; m < clusters.starts()[cluster + 1]; m++) {
        int position = clusters.members()[m];
        if (rows == null || rows.get(position)) {
          positions[count++] = position;
          if (count == positions.length) {
            join(worker, visitor);
          }
        }
      }
    }

    /** Compares the rows of the group, if there are any. */
    void join(int worker, Visitor visitor) throws IOException {
      if (count == 0) {
        return;
      }
      group.scan(cell, positions, 0, count, plan.columns(), plan.hits());
      for (int row = 0; row < count; row++) {
        int found = group.copyBest(row, positions[row], hits);
        scorer.setQuery(ordinals[positions[row]]);
        scorer.score(hits, found, scores);
        for (int i = 0; i < found; i++) {
          pairs[i] = ScoredOrdinal.encode(scores[i], hits[i]);
        }
        kernels.sortDescending(pairs, found, sorted);
        visitor.visit(worker, positions[row], sorted, Math.min(plan.used(), found));
      }
      count = 0;
    }
  }
}
