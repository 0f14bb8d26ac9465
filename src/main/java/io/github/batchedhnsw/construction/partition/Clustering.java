// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.partition;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.graph.SplitMix;
import io.github.batchedhnsw.vectors.DistanceKernels;
import io.github.batchedhnsw.vectors.RowReader;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Groups vectors in two levels: a few cells first, then clusters in each cell, both by Lloyd's
 * algorithm on a sample. Distances are sums of squared differences, so that neither a large common
 * offset nor widely separated groups reduce precision.
 */
public final class Clustering {
  private static final int LLOYD_ROUNDS = 2;
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
    int n = ordinals.length;
    int dimension = vectors.dimension();
    int wanted = Math.max(1, (n + target / 2) / target);
    int cells = wanted < 8 ? 1 : (int) Math.round(Math.sqrt(wanted));
    int sampled = Math.min(n, cells * SAMPLES_PER_CELL);
    float[][] sample = new float[sampled][dimension];
    RowReader reader = vectors.rows();
    for (int i = 0; i < sampled; i++) {
      reader.read(ordinals[SplitMix.sample(seed, i, sampled, n)], sample[i], 0);
    }
    float[][] cellCentroids = lloyd(sample, sampled, cells, seed);
    int[] cellOf = new int[n];
    RowReader[] readers = new RowReader[parallel.workers()];
    float[][] rows = new float[parallel.workers()][dimension];
    for (int i = 0; i < readers.length; i++) {
      readers[i] = vectors.rows();
    }
    if (cells > 1) {
      parallel.forEach(
          n,
          ROW_GRAIN,
          (worker, from, to) -> {
            Nearest nearest = new Nearest();
            for (int slot = from; slot < to; slot++) {
              readers[worker].read(ordinals[slot], rows[worker], 0);
              cellOf[slot] = nearest.of(rows[worker], cellCentroids, cells);
            }
          });
    }
    int[] cellMembers = new int[n];
    int[] cellEnds = group(cellOf, n, cells, cellMembers);
    // Cells far larger than intended are split, because clusters of a cell are compared with all
    // its members.
    int most = (int) Math.min(n, Math.max(4L * n / cells, 8L * target));
    List<int[]> bounds = new ArrayList<>();
    List<float[]> centroidOfCell = new ArrayList<>();
    for (int cell = 0; cell < cells; cell++) {
      int from = cellEnds[cell];
      int to = cellEnds[cell + 1];
      int parts = Math.max(1, (to - from + most - 1) / most);
      for (int p = 0; p < parts && to > from; p++) {
        bounds.add(
            new int[] {
              from + (int) ((long) (to - from) * p / parts),
              from + (int) ((long) (to - from) * (p + 1) / parts)
            });
        centroidOfCell.add(cellCentroids[cell]);
      }
    }
    int count = bounds.size();
    float[][][] centroids = new float[count][][];
    int[][] clusterEnds = new int[count][];
    int[] members = new int[n];
    parallel.forEach(
        count,
        1,
        (worker, fromCell, toCell) -> {
          for (int cell = fromCell; cell < toCell; cell++) {
            int from = bounds.get(cell)[0];
            int size = bounds.get(cell)[1] - from;
            groupCell(
                ordinals,
                cellMembers,
                from,
                size,
                readers[worker],
                SplitMix.hash(seed, cell),
                members,
                centroids,
                clusterEnds,
                cell);
          }
        });
    int clusters = 0;
    for (float[][] c : centroids) {
      clusters += c.length;
    }
    int[] starts = new int[clusters + 1];
    float[][] all = new float[clusters][];
    int[] cellStarts = new int[count + 1];
    int next = 0;
    for (int cell = 0; cell < count; cell++) {
      cellStarts[cell] = next;
      for (int c = 0; c < centroids[cell].length; c++) {
        all[next] = centroids[cell][c];
        starts[next] = clusterEnds[cell][c];
        next++;
      }
    }
    cellStarts[count] = next;
    starts[next] = n;
    return new Clusters(members, starts, all, cellStarts, centroidOfCell.toArray(new float[0][]));
  }

  private void groupCell(
      int[] ordinals,
      int[] cellMembers,
      int from,
      int size,
      RowReader reader,
      long cellSeed,
      int[] members,
      float[][][] centroidsByCell,
      int[][] endsByCell,
      int cell)
      throws IOException {
    int dimension = vectors.dimension();
    int wanted = Math.max(1, (size + target / 2) / target);
    int sampled = Math.min(size, wanted * SAMPLES_PER_CLUSTER);
    float[][] sample = new float[sampled][dimension];
    for (int i = 0; i < sampled; i++) {
      int slot = cellMembers[from + SplitMix.sample(cellSeed, i, sampled, size)];
      reader.read(ordinals[slot], sample[i], 0);
    }
    float[][] centroids = lloyd(sample, sampled, wanted, cellSeed);
    int[] clusterOf = new int[size];
    float[] row = new float[dimension];
    Nearest nearest = new Nearest();
    for (int i = 0; i < size; i++) {
      if (i % ROW_GRAIN == 0) {
        parallel.checkAborted();
      }
      reader.read(ordinals[cellMembers[from + i]], row, 0);
      clusterOf[i] = nearest.of(row, centroids, wanted);
    }
    int[] order = new int[size];
    int[] ends = group(clusterOf, size, wanted, order);
    List<float[]> kept = new ArrayList<>();
    List<Integer> starts = new ArrayList<>();
    int most = 2 * target;
    for (int c = 0; c < wanted; c++) {
      int length = ends[c + 1] - ends[c];
      int parts = (length + most - 1) / most;
      for (int p = 0; p < parts; p++) {
        kept.add(centroids[c]);
        starts.add(from + ends[c] + (int) ((long) length * p / parts));
      }
    }
    for (int i = 0; i < size; i++) {
      members[from + i] = cellMembers[from + order[i]];
    }
    centroidsByCell[cell] = kept.toArray(new float[0][]);
    endsByCell[cell] = starts.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Sorts {@code 0 .. n-1} by group, stably; returns where each group begins, and the end. */
  private static int[] group(int[] groupOf, int n, int groups, int[] sorted) {
    int[] starts = new int[groups + 1];
    for (int i = 0; i < n; i++) {
      starts[groupOf[i] + 1]++;
    }
    for (int g = 0; g < groups; g++) {
      starts[g + 1] += starts[g];
    }
    int[] next = Arrays.copyOf(starts, groups);
    for (int i = 0; i < n; i++) {
      sorted[next[groupOf[i]]++] = i;
    }
    return starts;
  }

  private float[][] lloyd(float[][] sample, int sampled, int count, long lloydSeed)
      throws IOException {
    int dimension = vectors.dimension();
    float[][] centroids = new float[count][];
    for (int c = 0; c < count; c++) {
      centroids[c] = sample[SplitMix.sample(lloydSeed + 1, c, count, sampled)].clone();
    }
    Nearest nearest = new Nearest();
    int[] sizes = new int[count];
    double[][] sums = new double[count][dimension];
    for (int round = 0; round < (count == 1 ? 1 : LLOYD_ROUNDS); round++) {
      Arrays.fill(sizes, 0);
      for (double[] sum : sums) {
        Arrays.fill(sum, 0);
      }
      for (int i = 0; i < sampled; i++) {
        if (i % ROW_GRAIN == 0) {
          parallel.checkAborted();
        }
        int c = nearest.of(sample[i], centroids, count);
        sizes[c]++;
        double[] sum = sums[c];
        float[] row = sample[i];
        for (int k = 0; k < dimension; k++) {
          sum[k] += row[k];
        }
      }
      for (int c = 0; c < count; c++) {
        if (sizes[c] > 0) {
          for (int k = 0; k < dimension; k++) {
            centroids[c][k] = (float) (sums[c][k] / sizes[c]);
          }
        }
      }
    }
    return centroids;
  }

  /** The nearest of some centroids; ties go to the first. */
  private static final class Nearest {
    private final DistanceKernels kernels = DistanceKernels.best();
    private final float[] out = new float[4];

    int of(float[] row, float[][] centroids, int count) {
      int best = 0;
      float least = Float.POSITIVE_INFINITY;
      for (int c = 0; c < count; c += 4) {
        int last = count - 1;
        kernels.squareDistance4(
            row,
            centroids[c],
            centroids[Math.min(c + 1, last)],
            centroids[Math.min(c + 2, last)],
            centroids[Math.min(c + 3, last)],
            out);
        for (int i = 0; i < 4 && c + i < count; i++) {
          if (out[i] < least) {
            least = out[i];
            best = c + i;
          }
        }
      }
      return best;
    }
  }
}
