// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.partition;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.graph.SplitMix;
import io.github.batchedhnsw.vectors.RowReader;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Groups vectors in two levels: a few cells first, then clusters in each cell, both by Lloyd's
 * algorithm on a sample. Distances are sums of squared differences, so that neither a large common
 * offset nor widely separated groups reduce precision.
 */
public final class Clustering {
  private static final int SAMPLES_PER_CELL = 64;
  private static final int SAMPLES_PER_CLUSTER = 10;
  private static final int ROW_GRAIN = 256;

  private final VectorSet vectors;
  private final ParallelRanges parallel;
  private final int target;
  private final long seed;

  /**
   * Prepares clustering of the given vectors; nothing is computed before {@link #group}.
   *
   * @param target mean number of members that a cluster should have
   * @param seed of the samples that centroids start from
   */
  public Clustering(VectorSet vectors, ParallelRanges parallel, int target, long seed) {
    this.vectors = vectors;
    this.parallel = parallel;
    this.target = target;
    this.seed = seed;
  }

  /**
   * Most heap bytes that clusters take while they are computed.
   *
   * @param size number of vectors
   * @param target mean number of members of a cluster
   */
  public static long estimateBytes(int size, int dimension, int target) {
    // Cells, members of cells and members; centroids and the sample of one cell at a time.
    long centroid = (long) dimension * Float.BYTES / target + 16;
    return size * (3L * Integer.BYTES + 2 * centroid);
  }

  /** Groups the vectors with the given ordinals. */
  public Clusters group(int[] ordinals) throws IOException {
    return new Grouping(ordinals).run();
  }

  /** Number of clusters that have the target size on average. */
  private int clusters(int size) {
    return Math.max(1, (size + target / 2) / target);
  }

  /** Splits a range into equal parts; returns where part {@code p} begins. */
  private static int partStart(int from, int to, int p, int parts) {
    return from + (int) ((long) (to - from) * p / parts);
  }

  /** Sorts {@code 0 .. n-1} by group, stably; returns where each group begins, and the end. */
  private static int[] sortByGroup(int[] groupOf, int groups, int[] sorted) {
    int[] starts = new int[groups + 1];
    for (int group : groupOf) {
      starts[group + 1]++;
    }
    for (int g = 0; g < groups; g++) {
      starts[g + 1] += starts[g];
    }
    int[] next = Arrays.copyOf(starts, groups);
    for (int i = 0; i < groupOf.length; i++) {
      sorted[next[groupOf[i]]++] = i;
    }
    return starts;
  }

  /** A range of vectors that share a centroid, and their clusters once they are grouped. */
  private static final class Cell {
    final float[] centroid;
    final int from;
    final int to;
    float[][] clusterCentroids;
    int[] clusterStarts;

    Cell(float[] centroid, int from, int to) {
      this.centroid = centroid;
      this.from = from;
      this.to = to;
    }
  }

  /** Groups some vectors, which are named by slot, their position among the ordinals. */
  private final class Grouping {
    private final int[] ordinals;
    private final RowReader[] readers = new RowReader[parallel.workers()];
    private final int[] cellMembers; // every slot, cell by cell
    private final int[] members; // every slot, cluster by cluster

    Grouping(int[] ordinals) throws IOException {
      this.ordinals = ordinals;
      this.cellMembers = new int[ordinals.length];
      this.members = new int[ordinals.length];
      for (int i = 0; i < readers.length; i++) {
        readers[i] = vectors.rows();
      }
    }

    Clusters run() throws IOException {
      List<Cell> cells = makeCells();
      parallel.forEach(
          cells.size(),
          1,
          (worker, from, to) -> {
            for (int cell = from; cell < to; cell++) {
              groupCell(cells.get(cell), SplitMix.hash(seed, cell), readers[worker]);
            }
          });
      return concatenate(cells);
    }

    /**
     * Makes the cells. Those far larger than intended are split, because clusters of a cell are
     * compared with all its members.
     */
    private List<Cell> makeCells() throws IOException {
      int n = ordinals.length;
      int wanted = clusters(n);
      int count = wanted < 8 ? 1 : (int) Math.round(Math.sqrt(wanted));
      IntUnaryOperator slots = IntUnaryOperator.identity();
      float[][] sample = sample(slots, n, count * SAMPLES_PER_CELL, seed, readers[0]);
      float[][] centroids = Lloyd.centroids(sample, count, seed, parallel);
      int[] cellOf = new int[n];
      if (count > 1) {
        parallel.forEach(
            n,
            ROW_GRAIN,
            (worker, from, to) -> assign(slots, from, to, centroids, readers[worker], cellOf));
      }
      int[] starts = sortByGroup(cellOf, count, cellMembers);
      int most = (int) Math.min(n, Math.max(4L * n / count, 8L * target));
      List<Cell> cells = new ArrayList<>();
      for (int cell = 0; cell < count; cell++) {
        int from = starts[cell];
        int to = starts[cell + 1];
        int parts = (to - from + most - 1) / most;
        for (int p = 0; p < parts; p++) {
          cells.add(
              new Cell(
                  centroids[cell],
                  partStart(from, to, p, parts),
                  partStart(from, to, p + 1, parts)));
        }
      }
      return cells;
    }

    /** Groups the members of a cell; splits clusters of more than twice the target size. */
    private void groupCell(Cell cell, long cellSeed, RowReader reader) throws IOException {
      int size = cell.to - cell.from;
      int wanted = clusters(size);
      IntUnaryOperator slots = i -> cellMembers[cell.from + i];
      float[][] sample = sample(slots, size, wanted * SAMPLES_PER_CLUSTER, cellSeed, reader);
      float[][] centroids = Lloyd.centroids(sample, wanted, cellSeed, parallel);
      int[] clusterOf = new int[size];
      assign(slots, 0, size, centroids, reader, clusterOf);
      int[] order = new int[size];
      int[] ends = sortByGroup(clusterOf, wanted, order);
      List<float[]> kept = new ArrayList<>();
      List<Integer> starts = new ArrayList<>();
      int most = 2 * target;
      for (int c = 0; c < wanted; c++) {
        int parts = (ends[c + 1] - ends[c] + most - 1) / most;
        for (int p = 0; p < parts; p++) {
          kept.add(centroids[c]);
          starts.add(cell.from + partStart(ends[c], ends[c + 1], p, parts));
        }
      }
      for (int i = 0; i < size; i++) {
        members[cell.from + i] = slots.applyAsInt(order[i]);
      }
      cell.clusterCentroids = kept.toArray(new float[0][]);
      cell.clusterStarts = starts.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Reads a sample of {@code size} vectors, or all of them if they are at most {@code most}. */
    private float[][] sample(
        IntUnaryOperator slots, int size, int most, long sampleSeed, RowReader reader)
        throws IOException {
      int sampled = Math.min(size, most);
      float[][] sample = new float[sampled][vectors.dimension()];
      for (int i = 0; i < sampled; i++) {
        int slot = slots.applyAsInt(SplitMix.sample(sampleSeed, i, sampled, size));
        reader.read(ordinals[slot], sample[i], 0);
      }
      return sample;
    }

    /** Finds the nearest centroid of each vector. */
    private void assign(
        IntUnaryOperator slots,
        int from,
        int to,
        float[][] centroids,
        RowReader reader,
        int[] nearestOf)
        throws IOException {
      Lloyd.Nearest nearest = new Lloyd.Nearest();
      float[][] rows = new float[Lloyd.Nearest.ROWS][vectors.dimension()];
      for (int i = from; i < to; i += rows.length) {
        if ((i - from) % Lloyd.CHECK_INTERVAL == 0) {
          parallel.checkAborted();
        }
        int count = Math.min(rows.length, to - i);
        for (int row = 0; row < count; row++) {
          reader.read(ordinals[slots.applyAsInt(i + row)], rows[row], 0);
        }
        nearest.of(rows, count, centroids, nearestOf, i);
      }
    }

    private Clusters concatenate(List<Cell> cells) {
      List<float[]> centroids = new ArrayList<>();
      List<Integer> starts = new ArrayList<>();
      int[] cellStarts = new int[cells.size() + 1];
      float[][] cellCentroids = new float[cells.size()][];
      for (int i = 0; i < cells.size(); i++) {
        Cell cell = cells.get(i);
        cellCentroids[i] = cell.centroid;
        centroids.addAll(Arrays.asList(cell.clusterCentroids));
        Arrays.stream(cell.clusterStarts).forEach(starts::add);
        cellStarts[i + 1] = starts.size();
      }
      starts.add(ordinals.length);
      return new Clusters(
          members,
          starts.stream().mapToInt(Integer::intValue).toArray(),
          centroids.toArray(new float[0][]),
          cellStarts,
          cellCentroids);
    }
  }
}
