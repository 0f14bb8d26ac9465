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
   * are considered. With 256, a tenth of the nearest neighbours of 110,000 sentence embeddings were
   * missed.
   */
  private static final int MOST_CLUSTERS = 2048;

  /**
   * With sign codes, this many times the number of wanted clusters are found by estimates, and only
   * their distances are computed. If these are not much fewer than all clusters, all distances are
   * computed.
   */
  private static final double SIGN_CANDIDATES = 1.5;

  private final DistanceKernels kernels = DistanceKernels.best();
  private final Clusters clusters;
  private final boolean innerProduct;
  private final int dimension;
  private final int groupRows;
  private final CentroidCodes centroidCodes; // or null
  private final float[] rowCopy;
  private final float[] fourScores = new float[4];
  private boolean bySigns;
  private int columns;
  private int width;
  private final Panel centroidPanel;
  private float[] rows;
  private float[] squares;
  private float[] frame = new float[0];
  private int[] near = new int[0];
  private int cell = -1;
  private float[] scores = new float[0];
  private float[] reachedScores = new float[0];
  private final float[] stripes = new float[DistanceKernels.SCORE_STRIPES];
  private int[] indices = new int[0];
  private long[] pairs = new long[0];
  private long[] sorted = new long[0];

  /**
   * @param signs sign codes of the clusters' members; null if there are none
   */
  ProbeFinder(
      Clusters clusters, SignCodes signs, int dimension, int groupRows, boolean innerProduct) {
    this.centroidCodes = signs == null ? null : new CentroidCodes(signs, innerProduct);
    this.clusters = clusters;
    this.innerProduct = innerProduct;
    this.dimension = dimension;
    this.groupRows = groupRows;
    this.rowCopy = new float[dimension];
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
    bySigns = centroidCodes != null && near.length > 2 * SIGN_CANDIDATES * enough();
    if (bySigns) {
      centroidCodes.load(near, frame);
      width = centroidCodes.width();
    } else {
      centroidPanel.load(new CentroidReader(), near, 0, near.length);
      width = centroidPanel.columns();
    }
    if (pairs.length < width) {
      scores = new float[groupRows * width];
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
   * @param rows one after the other
   * @param framed relative to the cell's centroid; the rows themselves if scores are inner products
   * @param rotated the rows, rotated; null if there are no sign codes
   * @param squares of the framed rows
   * @param count at most the number of rows of a group
   */
  void setRows(float[] rows, float[] framed, float[] rotated, float[] squares, int count) {
    this.rows = rows;
    this.squares = squares;
    if (bySigns) {
      centroidCodes.estimate(rotated, squares, count, scores);
      return;
    }
    for (int strip = 0; strip < count; strip += DistanceKernels.STRIP_ROWS) {
      centroidPanel.products(framed, strip * dimension, 0, width, scores, strip * width, width);
    }
    for (int row = 0; row < count; row++) {
      int offset = row * width;
      kernels.scores(
          scores, offset, width, centroidPanel.biases(), 1, 0, scores, offset, stripes, 0);
    }
  }

  /**
   * Finds the clusters that a row probes, the nearest first, until they have enough members.
   *
   * @param found receives the clusters
   * @param values receives for each the squared distance from its centroid, or the inner product
   *     with it
   * @return how many there are
   */
  int find(int row, int[] found, float[] values) {
    double shift = innerProduct && !bySigns ? productWithFrame(row) : 0;
    float square = squares[row];
    int probes = 0;
    int members = 0;
    int most = mostProbes();
    for (int rank = enough(); rank > 0; rank = members < columns && rank < most ? most : 0) {
      int count = bySigns ? sortNearest(row, rank) : sortBest(row * width, rank);
      probes = 0;
      members = 0;
      for (; probes < count && members < columns; probes++) {
        int index = ScoredOrdinal.ordinal(sorted[probes]);
        float score = ScoredOrdinal.score(sorted[probes]);
        found[probes] = near[index];
        values[probes] =
            innerProduct
                ? (float) (score + shift)
                : bySigns ? -score : Math.max(0, square - 2 * score);
        members += clusters.size(near[index]);
      }
    }
    return probes;
  }

  /** Collects the best scores of a row; returns how many there are. */
  private int best(int offset, int rank) {
    if (rank == near.length) { // also if scores are NaN
      System.arraycopy(scores, offset, reachedScores, 0, rank);
      Arrays.setAll(indices, i -> i);
      return rank;
    }
    float bound = Math.max(-Float.MAX_VALUE, kernels.greatest(scores, offset, width, rank));
    return kernels.atLeast(scores, offset, width, bound, indices, reachedScores);
  }

  /** Sorts the best scores of a row; returns how many there are. */
  private int sortBest(int offset, int rank) {
    int count = best(offset, rank);
    for (int i = 0; i < count; i++) {
      pairs[i] = ScoredOrdinal.encode(reachedScores[i], indices[i]);
    }
    kernels.sortDescending(pairs, count, sorted);
    return Math.min(count, rank);
  }

  /** Computes and sorts the scores of the clusters with the best estimates. */
  private int sortNearest(int row, int rank) {
    int count = best(row * width, Math.min(near.length, (int) (SIGN_CANDIDATES * rank)));
    System.arraycopy(rows, row * dimension, rowCopy, 0, dimension);
    float[][] centroids = clusters.centroids();
    int last = count - 1;
    for (int i = 0; i < count; i += 4) {
      float[] c0 = centroids[near[indices[i]]];
      float[] c1 = centroids[near[indices[Math.min(i + 1, last)]]];
      float[] c2 = centroids[near[indices[Math.min(i + 2, last)]]];
      float[] c3 = centroids[near[indices[Math.min(i + 3, last)]]];
      if (innerProduct) {
        kernels.dot4(rowCopy, c0, c1, c2, c3, fourScores);
      } else {
        kernels.squareDistance4(rowCopy, c0, c1, c2, c3, fourScores);
      }
      for (int k = i; k < Math.min(i + 4, count); k++) {
        float score = innerProduct ? fourScores[k - i] : -fourScores[k - i];
        pairs[k] = ScoredOrdinal.encode(score, indices[k]);
      }
    }
    kernels.sortDescending(pairs, count, sorted);
    return Math.min(count, rank);
  }

  private double productWithFrame(int row) {
    double product = 0;
    for (int k = 0; k < dimension; k++) {
      product += (double) rows[row * dimension + k] * frame[k];
    }
    return product;
  }

  /** Centroids relative to that of the cell. */
  private final class CentroidReader implements RowReader {
    @Override
    public void read(int cluster, float[] destination, int offset) {
      float[] centroid = clusters.centroids()[cluster];
      for (int k = 0; k < dimension; k++) {
        destination[offset + k] = centroid[k] - frame[k];
      }
    }

    @Override
    public float bias(int cluster) {
      if (innerProduct) {
        return 0;
      }
      float[] centroid = clusters.centroids()[cluster];
      float square = 0;
      for (int k = 0; k < dimension; k++) {
        float difference = centroid[k] - frame[k];
        square += difference * difference;
      }
      return square / 2;
    }
  }
}
