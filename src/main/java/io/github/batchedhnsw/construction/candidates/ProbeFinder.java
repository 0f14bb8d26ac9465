// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

import io.github.batchedhnsw.construction.partition.Clusters;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.DistanceKernels;
import io.github.batchedhnsw.vectors.Panel;
import io.github.batchedhnsw.vectors.RowReader;
import java.io.IOException;
import java.util.Arrays;

/**
 * Finds the clusters that rows probe: those with the nearest centroids, or with the greatest inner
 * products. Works in the frame of the rows' cell, that is, on differences from its centroid. Not
 * thread-safe.
 */
final class ProbeFinder {
  /**
   * Most clusters that are considered for a row. If there are more, only those of the nearest cells
   * are considered. With 1,024 of 1,720, the candidates of 110,000 sentence embeddings held .92 of
   * the ten nearest neighbours instead of .96.
   */
  private static final int MOST_CLUSTERS = 2048;

  /** Rows that are scored with all centroids at a time: their scores stay in the cache. */
  private static final int STRIP = 64;

  /** Centroids that are scored with all rows of a strip at a time: they stay in the cache. */
  private static final int CENTROIDS = 64;

  private final DistanceKernels kernels = DistanceKernels.best();
  private final Clusters clusters;
  private final boolean innerProduct;
  private final int dimension;
  private final Panel centroidPanel;
  private int columns;
  private float[] framed;
  private float[] squares;
  private int members; // of the clusters taken last
  private float[] frame = new float[0];
  private int[] near = new int[0];
  private int cell = -1;
  private int width;
  private float[] scores = new float[0];
  private float[] reachedScores = new float[0];
  private int[] indices = new int[0];
  private long[] pairs = new long[0];
  private long[] sorted = new long[0];

  ProbeFinder(Clusters clusters, int dimension, boolean innerProduct) {
    this.clusters = clusters;
    this.innerProduct = innerProduct;
    this.dimension = dimension;
    this.centroidPanel = new Panel(dimension);
  }

  /**
   * Sets the cell that the rows belong to.
   *
   * @param columns number of members that the clusters of a row should have in total
   */
  void setCell(int cell, int columns) throws IOException {
    if (this.cell == cell && this.columns == columns) {
      return;
    }
    this.cell = cell;
    this.columns = columns;
    frame = clusters.cellCentroids()[cell];
    near = clustersNear(cell);
    centroidPanel.load(new CentroidReader(), near, 0, near.length);
    width = centroidPanel.columns();
    if (pairs.length < width) {
      scores = new float[STRIP * width];
      reachedScores = new float[width + DistanceKernels.BLOCK_ROWS];
      indices = new int[width + DistanceKernels.BLOCK_ROWS];
      pairs = new long[width];
      sorted = new long[width];
    }
  }

  /**
   * Number of clusters that mostly have enough members, as they have their target size on average.
   */
  private int enough() {
    return Math.min(near.length, 16 + columns / Math.max(1, clusters.meanSize()));
  }

  /** Most clusters that {@link #find} finds: twice as many as usual leaves room for small ones. */
  int mostProbes() {
    return Math.min(near.length, 16 + 2 * columns / Math.max(1, clusters.meanSize()));
  }

  private int[] clustersNear(int cell) {
    long[] cells = new long[clusters.cells()];
    for (int c = 0; c < cells.length; c++) {
      float[] there = clusters.cellCentroids()[c];
      double square = 0;
      for (int k = 0; k < dimension; k++) {
        double difference = (double) there[k] - frame[k];
        square += difference * difference;
      }
      cells[c] = ScoredOrdinal.encode(c == cell ? Float.POSITIVE_INFINITY : (float) -square, c);
    }
    Arrays.sort(cells);
    int[] found = new int[clusters.count()];
    int count = 0;
    for (int i = cells.length - 1; i >= 0 && count < MOST_CLUSTERS; i--) {
      int c = ScoredOrdinal.ordinal(cells[i]);
      for (int k = clusters.cellStarts()[c]; k < clusters.cellStarts()[c + 1]; k++) {
        found[count++] = k;
      }
    }
    return Arrays.copyOf(found, count);
  }

  /**
   * Sets the rows, which belong to the cell.
   *
   * @param framed the rows, one after the other, relative to the cell's centroid; the rows
   *     themselves if scores are inner products
   * @param squares of the framed rows
   */
  void setRows(float[] framed, float[] squares) {
    this.framed = framed;
    this.squares = squares;
  }

  /**
   * Finds the clusters that rows probe, the nearest first, until they have enough members.
   *
   * @param count number of rows, the first of all that are set
   * @param found receives the clusters of each row, in an array of at least {@link #mostProbes}
   * @param values receives for each the squared distance from its centroid, or the inner product
   *     with it
   * @param counts receives how many there are
   */
  void find(int count, int[][] found, float[][] values, int[] counts) {
    for (int from = 0; from < count; from += STRIP) {
      int to = Math.min(count, from + STRIP);
      score(from, to - from);
      for (int row = from; row < to; row++) {
        int offset = (row - from) * width;
        counts[row] = take(row, sortBest(offset, enough()), found[row], values[row]);
        if (members < columns && enough() < mostProbes()) {
          counts[row] = take(row, sortBest(offset, mostProbes()), found[row], values[row]);
        }
      }
    }
  }

  /** Scores rows with all centroids. */
  private void score(int first, int count) {
    for (int from = 0; from < width; from += CENTROIDS) {
      int to = Math.min(width, from + CENTROIDS);
      for (int row = 0; row < count; row += DistanceKernels.STRIP_ROWS) {
        int offset = (first + row) * dimension;
        centroidPanel.products(framed, offset, from, to, scores, row * width + from, width);
      }
    }
    for (int row = 0; row < count; row++) {
      int offset = row * width;
      kernels.scores(scores, offset, width, centroidPanel.biases(), 1, 0, scores, offset);
    }
  }

  /** Takes the best clusters until they have enough {@link #members}; returns how many. */
  private int take(int row, int sortedCount, int[] found, float[] values) {
    double shift = innerProduct ? productWithFrame(row) : 0;
    int probes = 0;
    members = 0;
    for (; probes < sortedCount && members < columns; probes++) {
      int index = ScoredOrdinal.ordinal(sorted[probes]);
      float score = ScoredOrdinal.score(sorted[probes]);
      found[probes] = near[index];
      values[probes] =
          innerProduct ? (float) (score + shift) : Math.max(0, squares[row] - 2 * score);
      members += clusters.size(near[index]);
    }
    return probes;
  }

  /** Sorts the best scores of a row; returns how many there are. */
  private int sortBest(int offset, int rank) {
    int count = rank;
    if (rank == near.length) { // also if scores are NaN
      System.arraycopy(scores, offset, reachedScores, 0, rank);
      Arrays.setAll(indices, i -> i);
    } else {
      float bound = Math.max(-Float.MAX_VALUE, kernels.greatest(scores, offset, width, rank));
      count = kernels.atLeast(scores, offset, width, bound, 0, indices, reachedScores, 0);
    }
    for (int i = 0; i < count; i++) {
      pairs[i] = ScoredOrdinal.encode(reachedScores[i], indices[i]);
    }
    kernels.sortDescending(pairs, count, sorted);
    return Math.min(count, rank);
  }

  private double productWithFrame(int row) {
    double product = 0;
    for (int k = 0; k < dimension; k++) {
      product += (double) framed[row * dimension + k] * frame[k];
    }
    return product;
  }

  /** Centroids relative to that of the cell; keeps the halved squares of those that it reads. */
  private final class CentroidReader implements RowReader {
    private final float[] biases = new float[clusters.count()];

    @Override
    public void read(int cluster, float[] destination, int offset) {
      float[] centroid = clusters.centroids()[cluster];
      float square = kernels.difference(centroid, 0, frame, destination, offset);
      biases[cluster] = innerProduct ? 0 : square / 2;
    }

    @Override
    public float bias(int cluster) {
      return biases[cluster];
    }
  }
}
