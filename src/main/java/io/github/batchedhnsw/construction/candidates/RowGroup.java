package io.github.batchedhnsw.construction.candidates;

import io.github.batchedhnsw.construction.partition.Clusters;
import io.github.batchedhnsw.vectors.DistanceKernels;
import io.github.batchedhnsw.vectors.Metric;
import io.github.batchedhnsw.vectors.RowReader;
import io.github.batchedhnsw.vectors.RowSource;
import java.io.IOException;
import java.util.Arrays;

/**
 * Some rows of one cell, compared with the columns of the clusters that each of them probes. The
 * estimates of a row lie one after the other, in stretches of one cluster each. Not thread-safe.
 */
final class RowGroup {
  /** Most rows: with 6,000 columns each, their estimates stay in the second-level cache. */
  static final int MAX_ROWS = 32;

  /**
   * Parts whose maxima are looked at for each wanted hit. With two, 1.6 times as many columns as
   * are wanted reach the bound.
   */
  private static final int STRIPES_PER_HIT = 2;

  private static final int STRIPES = DistanceKernels.SCORE_STRIPES;

  private final DistanceKernels kernels = DistanceKernels.best();
  private final Clusters clusters;
  private final int[] ordinals;
  private final int dimension;
  private final boolean innerProduct;
  private final RowReader reader;
  private final ProbeFinder finder;
  private final GroupScanner scanner;
  private final float[] rows;
  private final float[] squares = new float[MAX_ROWS];
  private final int[][] probes = new int[MAX_ROWS][];
  private final float[][] probeValues = new float[MAX_ROWS][];
  private final int[] probeCounts = new int[MAX_ROWS];
  private final int[] pairStarts; // by cluster
  private int[] pairRows = new int[0];
  private float[] pairValues = new float[0];
  private float[] estimates = new float[0];
  private final int[] ends = new int[MAX_ROWS];
  private final int[][] stretchClusters = new int[MAX_ROWS][];
  private final int[][] stretchStarts = new int[MAX_ROWS][];
  private final int[] stretchCounts = new int[MAX_ROWS];
  private float[] maxima = new float[0]; // of each row with each cluster that it probes
  private final int[] maximaEnds = new int[MAX_ROWS];
  private float[] stripeMaxima = new float[0];
  private int[] indices = new int[0];
  private float[] reached = new float[0];

  RowGroup(
      RowSource vectors, int[] ordinals, Clusters clusters, SignCodes signs, GroupScanner scanner)
      throws IOException {
    this.clusters = clusters;
    this.ordinals = ordinals;
    this.dimension = vectors.dimension();
    this.innerProduct = vectors.metric() == Metric.INNER_PRODUCT;
    this.reader = vectors.rows();
    this.finder = new ProbeFinder(clusters, signs, dimension, MAX_ROWS, innerProduct);
    this.scanner = scanner;
    this.rows = new float[MAX_ROWS * dimension];
    this.pairStarts = new int[clusters.count() + 1];
    allocateProbes(0);
  }

  private void allocateProbes(int most) {
    for (int row = 0; row < MAX_ROWS; row++) {
      probes[row] = new int[most];
      probeValues[row] = new float[most];
      stretchClusters[row] = new int[most];
      stretchStarts[row] = new int[most];
    }
  }

  /**
   * Compares rows with columns.
   *
   * @param cell of all of them
   * @param positions of the rows among the ordinals, {@code count} from {@code from} on
   * @param count at most {@link #MAX_ROWS}
   * @param columns see {@link JoinPlan#columns}
   */
  void scan(int cell, int[] positions, int from, int count, int columns) throws IOException {
    float[] origin = clusters.cellCentroids()[cell];
    for (int row = 0; row < count; row++) {
      reader.read(ordinals[positions[from + row]], rows, row * dimension);
      float square = 0;
      for (int k = 0; k < dimension; k++) {
        float component = rows[row * dimension + k] - (innerProduct ? 0 : origin[k]);
        square += component * component;
      }
      squares[row] = square;
    }
    finder.setCell(cell, columns);
    if (probes[0].length < finder.mostProbes()) {
      allocateProbes(finder.mostProbes());
    }
    scanner.setRows(cell, rows, squares, count);
    finder.setRows(rows, scanner.rotatedRows(), squares, count);
    int pairs = 0;
    int total = 0;
    Arrays.fill(pairStarts, 0);
    for (int row = 0; row < count; row++) {
      probeCounts[row] = finder.find(row, probes[row], probeValues[row]);
      pairs += probeCounts[row];
      ends[row] = total;
      maximaEnds[row] = (pairs - probeCounts[row]) * STRIPES;
      stretchCounts[row] = 0;
      for (int p = 0; p < probeCounts[row]; p++) {
        pairStarts[probes[row][p]]++;
        total += scanner.width(probes[row][p]);
      }
    }
    if (maxima.length < pairs * STRIPES) {
      maxima = new float[2 * pairs * STRIPES];
    }
    if (estimates.length < total) {
      estimates = new float[total + total / 4];
    }
    groupByCluster(count, pairs);
    int first = 0;
    for (int cluster = 0; cluster < clusters.count(); cluster++) {
      int end = pairStarts[cluster];
      if (end > first) {
        scanner.scan(
            cluster, pairRows, pairValues, first, end, estimates, ends, maxima, maximaEnds);
        int width = scanner.width(cluster);
        for (int pair = first; pair < end; pair++) {
          int row = pairRows[pair];
          int stretch = stretchCounts[row]++;
          stretchClusters[row][stretch] = cluster;
          stretchStarts[row][stretch] = ends[row];
          ends[row] += width;
          maximaEnds[row] += STRIPES;
        }
        first = end;
      }
    }
  }

  /** Sorts pairs of a row and a cluster by cluster; {@link #pairStarts} become their ends. */
  private void groupByCluster(int count, int pairs) {
    if (pairRows.length < pairs) {
      pairRows = new int[2 * pairs];
      pairValues = new float[2 * pairs];
    }
    int start = 0;
    for (int cluster = 0; cluster < clusters.count(); cluster++) {
      int size = pairStarts[cluster];
      pairStarts[cluster] = start;
      start += size;
    }
    for (int row = 0; row < count; row++) {
      for (int p = 0; p < probeCounts[row]; p++) {
        int pair = pairStarts[probes[row][p]]++;
        pairRows[pair] = row;
        pairValues[pair] = probeValues[row][p];
      }
    }
  }

  /** Number of clusters that a row probes. */
  int probes(int row) {
    return probeCounts[row];
  }

  /** A cluster that a row probes, the nearest first. */
  int probe(int row, int index) {
    return probes[row][index];
  }

  /** Number of estimates of a cluster, padding included. */
  int width(int cluster) {
    return scanner.width(cluster);
  }

  /** Copies the estimates of a row with a cluster that it probes; returns how many there are. */
  int copyEstimates(int row, int cluster, float[] destination, int offset) {
    int stretch = Arrays.binarySearch(stretchClusters[row], 0, stretchCounts[row], cluster);
    int width = scanner.width(cluster);
    System.arraycopy(estimates, stretchStarts[row][stretch], destination, offset, width);
    return width;
  }

  /**
   * The members with the best estimates of a row, without the row itself.
   *
   * @param position of the row
   * @param hits how many are wanted; there are more where estimates are equal
   * @param found receives their ordinals
   * @return how many there are
   */
  int hits(int row, int position, int hits, int[] found) {
    if (stretchCounts[row] == 0) {
      return 0;
    }
    int start = stretchStarts[row][0];
    int count = ends[row] - start;
    int wanted = hits + 1; // the row is a column, too
    int reachedCount = reach(row, start, count, wanted);
    int stretch = 0;
    int next = 0;
    for (int i = 0; i < reachedCount && next < found.length; i++) {
      int at = start + indices[i];
      while (stretch + 1 < stretchCounts[row] && stretchStarts[row][stretch + 1] <= at) {
        stretch++;
      }
      int member = clusters.starts()[stretchClusters[row][stretch]] + at;
      int other = clusters.members()[member - stretchStarts[row][stretch]];
      if (other != position) {
        found[next++] = ordinals[other];
      }
    }
    return next;
  }

  /** Finds the indices of the best estimates; returns how many there are. */
  private int reach(int row, int start, int count, int wanted) {
    if (indices.length < count + kernels.blockRows()) {
      indices = new int[2 * count + kernels.blockRows()];
      reached = new float[2 * count + kernels.blockRows()];
    }
    // The wanted-th greatest of the maxima of disjoint parts: at least so many reach it.
    int stripes = roundUp(STRIPES_PER_HIT * wanted);
    float bound = -Float.MAX_VALUE;
    int parts = stretchCounts[row] * STRIPES;
    if (parts > stripes) {
      if (stripeMaxima.length < stripes) {
        stripeMaxima = new float[stripes];
      }
      kernels.stripeMaxima(maxima, maximaEnds[row] - parts, parts, stripeMaxima, stripes);
      bound = Math.max(bound, kernels.greatest(stripeMaxima, 0, stripes, wanted));
    }
    int found = kernels.atLeast(estimates, start, count, bound, indices, reached);
    if (found <= wanted) {
      return found;
    }
    int padded = roundUp(found);
    Arrays.fill(reached, found, padded, Float.NEGATIVE_INFINITY);
    bound = kernels.greatest(reached, 0, padded, wanted);
    int kept = 0;
    for (int i = 0; i < found; i++) { // without branches
      indices[kept] = indices[i];
      kept += reached[i] >= bound ? 1 : 0;
    }
    return kept;
  }

  private int roundUp(int count) {
    return (count + kernels.blockRows() - 1) & -kernels.blockRows();
  }
}
