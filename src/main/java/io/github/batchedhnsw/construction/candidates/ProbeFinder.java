// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

import io.github.batchedhnsw.construction.partition.Clusters;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.CodeKernels;
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
  private static final double SIGN_CANDIDATES = 1.25;

  /** Rows that are scored with all centroids at a time, so that the scores stay in the cache. */
  private static final int STRIP = 32;

  private final DistanceKernels kernels = DistanceKernels.best();
  private final Clusters clusters;
  private final boolean innerProduct;
  private final int dimension;
  private final CentroidCodes centroidCodes; // or null
  private final float[] fourScores = new float[4];
  private final int[] unfinished; // rows
  private final Reached estimated = new Reached(CodeKernels.ROWS);
  private final Reached candidates; // of each row
  private int[] ends = new int[0]; // of each cluster's pairs with rows
  private int[] pairRows = new int[0];
  private int[] pairPlaces = new int[0]; // among the row's candidates
  private boolean bySigns;
  private int columns;
  private int width;
  private final Panel centroidPanel;
  private float[][] rows;
  private float[] framed;
  private float[] rotated;
  private float[] squares;
  private int members; // of the clusters taken last
  private float[] frame = new float[0];
  private int[] near = new int[0];
  private int cell = -1;
  private float[] scores = new float[0];
  private float[] reachedScores = new float[0];
  private int[] indices = new int[0];
  private long[] pairs = new long[0];
  private long[] sorted = new long[0];

  /**
   * @param signs sign codes of the clusters' members; null if there are none
   */
  ProbeFinder(
      Clusters clusters, SignCodes signs, int dimension, boolean innerProduct, int maxRows) {
    this.centroidCodes = signs == null ? null : new CentroidCodes(signs, innerProduct);
    this.clusters = clusters;
    this.innerProduct = innerProduct;
    this.dimension = dimension;
    this.unfinished = new int[maxRows];
    this.candidates = new Reached(maxRows);
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
      width = near.length;
    } else {
      centroidPanel.load(new CentroidReader(), near, 0, near.length);
      width = centroidPanel.columns();
    }
    if (pairs.length < width) {
      scores = new float[STRIP * width];
      reachedScores = new float[width + DistanceKernels.BLOCK_ROWS];
      indices = new int[width + DistanceKernels.BLOCK_ROWS];
      ends = new int[width];
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

  private int mostCandidates() {
    return Math.min(near.length, (int) (SIGN_CANDIDATES * enough()));
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
   * @param rotated the rows, rotated, one after the other; null if there are no sign codes
   * @param squares of the framed rows
   */
  void setRows(float[][] rows, float[] framed, float[] rotated, float[] squares) {
    this.rows = rows;
    this.framed = framed;
    this.rotated = rotated;
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
    if (bySigns) {
      estimate(count);
    }
    int strip = bySigns ? count : STRIP;
    for (int from = 0; from < count; from += strip) {
      find(from, Math.min(count, from + strip), found, values, counts);
    }
  }

  private void find(int from, int to, int[][] found, float[][] values, int[] counts) {
    if (!bySigns) {
      score(from, to - from);
    }
    int most = mostProbes();
    int left = to - from;
    for (int i = 0; i < left; i++) {
      unfinished[i] = from + i;
    }
    for (int rank = enough(); left > 0; rank = most) {
      if (bySigns) {
        measure(left, rank == most);
      }
      int kept = 0;
      for (int i = 0; i < left; i++) {
        int row = unfinished[i];
        int count = bySigns ? sortMeasured(row, rank) : sortBest((row - from) * width, rank);
        counts[row] = take(row, count, found[row], values[row]);
        if (members < columns && rank < most) {
          unfinished[kept++] = row;
        }
      }
      left = kept;
    }
  }

  /** Finds the clusters with the best estimates for each row. */
  private void estimate(int count) {
    int wanted = mostCandidates();
    for (int from = 0; from < count; from += CodeKernels.ROWS) {
      int rows = Math.min(CodeKernels.ROWS, count - from);
      centroidCodes.estimate(rotated, from, squares, rows, estimated);
      for (int i = 0; i < rows; i++) {
        estimated.keepBest(i, wanted);
        candidates.copy(from + i, estimated, i);
      }
    }
  }

  /** Scores rows with all centroids. */
  private void score(int first, int count) {
    for (int row = 0; row < count; row += DistanceKernels.STRIP_ROWS) {
      int offset = (first + row) * dimension;
      centroidPanel.products(framed, offset, 0, width, scores, row * width, width);
    }
    for (int row = 0; row < count; row++) {
      int offset = row * width;
      kernels.scores(scores, offset, width, centroidPanel.biases(), 1, 0, scores, offset);
    }
  }

  /** Takes the best clusters until they have enough {@link #members}; returns how many. */
  private int take(int row, int sortedCount, int[] found, float[] values) {
    double shift = innerProduct && !bySigns ? productWithFrame(row) : 0;
    int probes = 0;
    members = 0;
    for (; probes < sortedCount && members < columns; probes++) {
      int index = ScoredOrdinal.ordinal(sorted[probes]);
      float score = ScoredOrdinal.score(sorted[probes]);
      found[probes] = near[index];
      values[probes] =
          innerProduct
              ? (float) (score + shift)
              : bySigns ? -score : Math.max(0, squares[row] - 2 * score);
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

  /**
   * Computes the scores of the unfinished rows with the clusters that have the best estimates:
   * centroid by centroid, each of which is near several rows, so that it is read only once.
   *
   * @param all whether to compute those with all clusters
   */
  private void measure(int count, boolean all) {
    int wanted = mostCandidates();
    Arrays.fill(ends, 0, near.length, 0);
    int total = 0;
    for (int i = 0; i < count; i++) {
      int row = unfinished[i];
      if (all || candidates.counts[row] < wanted) { // estimates are NaN
        candidates.counts[row] = 0;
        candidates.reserve(row, near.length);
        candidates.counts[row] = near.length;
        int[] members = candidates.members[row];
        for (int k = 0; k < near.length; k++) {
          members[k] = k;
        }
      }
      total += candidates.counts[row];
      for (int k = 0; k < candidates.counts[row]; k++) {
        ends[candidates.members[row][k]]++;
      }
    }
    for (int index = near.length - 1, end = total; index >= 0; index--) {
      end -= ends[index];
      ends[index] = end;
    }
    if (pairRows.length < total) {
      pairRows = new int[total + total / 4];
      pairPlaces = new int[total + total / 4];
    }
    for (int i = 0; i < count; i++) {
      int row = unfinished[i];
      for (int k = 0; k < candidates.counts[row]; k++) {
        int pair = ends[candidates.members[row][k]]++;
        pairRows[pair] = row;
        pairPlaces[pair] = k;
      }
    }
    int from = 0;
    for (int index = 0; index < near.length; index++) {
      if (ends[index] > from) {
        measure(clusters.centroids()[near[index]], from, ends[index]);
        from = ends[index];
      }
    }
  }

  /** Replaces the estimates of some rows with a centroid by scores. */
  private void measure(float[] centroid, int from, int to) {
    for (int pair = from; pair < to; pair += 4) {
      float[] row0 = rows[pairRows[pair]];
      float[] row1 = rows[pairRows[Math.min(pair + 1, to - 1)]];
      float[] row2 = rows[pairRows[Math.min(pair + 2, to - 1)]];
      float[] row3 = rows[pairRows[Math.min(pair + 3, to - 1)]];
      if (innerProduct) {
        kernels.dot4(centroid, row0, row1, row2, row3, fourScores);
      } else {
        kernels.squareDistance4(centroid, row0, row1, row2, row3, fourScores);
      }
      for (int i = pair; i < Math.min(pair + 4, to); i++) {
        float score = innerProduct ? fourScores[i - pair] : -fourScores[i - pair];
        candidates.estimates[pairRows[i]][pairPlaces[i]] = score;
      }
    }
  }

  /** Sorts the measured scores of a row; returns how many there are. */
  private int sortMeasured(int row, int rank) {
    int count = candidates.counts[row];
    for (int k = 0; k < count; k++) {
      float score = candidates.estimates[row][k];
      pairs[k] = ScoredOrdinal.encode(score, candidates.members[row][k]);
    }
    kernels.sortDescending(pairs, count, sorted);
    return Math.min(count, rank);
  }

  private double productWithFrame(int row) {
    double product = 0;
    for (int k = 0; k < dimension; k++) {
      product += (double) rows[row][k] * frame[k];
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
