// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

import io.github.batchedhnsw.construction.partition.Clusters;
import io.github.batchedhnsw.vectors.DistanceKernels;
import io.github.batchedhnsw.vectors.Metric;
import io.github.batchedhnsw.vectors.RowReader;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.IOException;
import java.util.Arrays;

/**
 * Some rows of one cell, compared with the columns of the clusters that each of them probes. The
 * nearest clusters are compared first: the estimates of a row with their members are stored
 * contiguously, in stretches of one cluster each, and the best of them give a bound. Of the other
 * clusters, only the few members that reach the bound are kept. Not thread-safe.
 */
final class RowGroup {

  /** One in this many of a row's columns, the nearest ones, is compared first. */
  private static final int NEAR_SHARE = 16;

  /** Fewest such columns for each wanted hit, so that the bound is close to that of all columns. */
  private static final int NEAR_PER_HIT = 4;

  /**
   * Number of parts per wanted hit whose maxima are compared. With two, 1.6 times as many columns
   * as are wanted reach the bound.
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
  private final float[] framed; // relative to the cell's centroid, except for inner products
  private final float[] zero;
  private final float[] squares;
  private int[] found = new int[0]; // probes of one row
  private float[] foundValues = new float[0];
  private final int[][] probes;
  private final float[][] probeValues;
  private final int[] probeCounts;
  private final int[] nearCounts; // of the probes that are compared first
  private final int[] pairStarts; // by cluster
  private int[] pairRows = new int[0];
  private float[] pairValues = new float[0];
  private float[] estimates = new float[0];
  private final int[] ends;
  private final int[][] stretchClusters;
  private final int[][] stretchStarts;
  private final int[] stretchCounts;
  private float[] maxima = new float[0]; // of each row with each cluster that it probes
  private final int[] maximaEnds;
  private float[] stripeMaxima = new float[0];
  private int[] indices = new int[0];
  private float[] reached = new float[0];
  private final int[][] bestMembers;
  private final float[][] bestEstimates;
  private final int[] bestCounts;
  private final float[] bounds;

  /**
   * @param maxRows most rows, a multiple of {@link DistanceKernels#STRIP_ROWS}
   */
  RowGroup(
      VectorSet vectors,
      int[] ordinals,
      Clusters clusters,
      SignCodes signs,
      GroupScanner scanner,
      int maxRows)
      throws IOException {
    this.clusters = clusters;
    this.ordinals = ordinals;
    this.dimension = vectors.dimension();
    this.innerProduct = vectors.metric() == Metric.INNER_PRODUCT;
    this.reader = vectors.rows();
    this.finder = new ProbeFinder(clusters, signs, dimension, maxRows, innerProduct);
    this.scanner = scanner;
    this.rows = new float[maxRows * dimension];
    this.framed = new float[maxRows * dimension];
    this.zero = new float[dimension];
    this.squares = new float[maxRows];
    this.probes = new int[maxRows][0];
    this.probeValues = new float[maxRows][0];
    this.probeCounts = new int[maxRows];
    this.nearCounts = new int[maxRows];
    this.ends = new int[maxRows];
    this.stretchClusters = new int[maxRows][0];
    this.stretchStarts = new int[maxRows][0];
    this.stretchCounts = new int[maxRows];
    this.maximaEnds = new int[maxRows];
    this.bestMembers = new int[maxRows][0];
    this.bestEstimates = new float[maxRows][0];
    this.bestCounts = new int[maxRows];
    this.bounds = new float[maxRows];
    this.pairStarts = new int[clusters.count() + 1];
  }

  /**
   * Compares rows with all their columns, and keeps all estimates.
   *
   * @param cell that all rows belong to
   * @param positions of the rows among the ordinals, {@code count} from {@code from} on
   * @param count at most as many as the group has room for
   * @param columns see {@link JoinPlan#columns}
   */
  void scan(int cell, int[] positions, int from, int count, int columns) throws IOException {
    turnTo(cell, positions, from, count, columns);
    System.arraycopy(probeCounts, 0, nearCounts, 0, count);
    scanNear(count);
  }

  /**
   * Compares rows with their columns, and keeps the members with the best estimates, see {@link
   * #copyBest}.
   *
   * @param hits how many are wanted for each row, besides itself; there are more if estimates are
   *     equal, and fewer if there are fewer columns
   */
  void scan(int cell, int[] positions, int from, int count, int columns, int hits)
      throws IOException {
    turnTo(cell, positions, from, count, columns);
    int wanted = hits + 1; // the row is a column, too
    int near = Math.max(columns / NEAR_SHARE, NEAR_PER_HIT * wanted);
    for (int row = 0; row < count; row++) {
      int members = 0;
      int p = 0;
      for (; p < probeCounts[row] && members < near; p++) {
        members += clusters.size(probes[row][p]);
      }
      nearCounts[row] = p;
    }
    scanNear(count);
    for (int row = 0; row < count; row++) {
      keepBestOfNear(row, wanted);
    }
    scanFar(count);
    for (int row = 0; row < count; row++) {
      bestCounts[row] =
          keepBest(bestEstimates[row], bestMembers[row], bestCounts[row], row, wanted);
    }
  }

  /** Reads rows, and finds the clusters that they probe. */
  private void turnTo(int cell, int[] positions, int from, int count, int columns)
      throws IOException {
    float[] origin = innerProduct ? zero : clusters.cellCentroids()[cell];
    for (int row = 0; row < count; row++) {
      int offset = row * dimension;
      reader.read(ordinals[positions[from + row]], rows, offset);
      squares[row] = kernels.difference(rows, offset, origin, framed, offset);
    }
    finder.setCell(cell, columns);
    if (found.length < finder.mostProbes()) {
      found = new int[finder.mostProbes()];
      foundValues = new float[finder.mostProbes()];
    }
    scanner.setRows(cell, rows, squares, count);
    finder.setRows(rows, framed, scanner.rotatedRows(), squares, count);
    for (int row = 0; row < count; row++) {
      int probed = finder.find(row, found, foundValues);
      if (probes[row].length < probed) {
        probes[row] = new int[probed];
        probeValues[row] = new float[probed];
      }
      System.arraycopy(found, 0, probes[row], 0, probed);
      System.arraycopy(foundValues, 0, probeValues[row], 0, probed);
      probeCounts[row] = probed;
    }
  }

  private void scanNear(int count) {
    int pairs = 0;
    int total = 0;
    for (int row = 0; row < count; row++) {
      ends[row] = total;
      maximaEnds[row] = pairs * STRIPES;
      stretchCounts[row] = 0;
      pairs += nearCounts[row];
      if (stretchClusters[row].length < nearCounts[row]) {
        stretchClusters[row] = new int[nearCounts[row]];
        stretchStarts[row] = new int[nearCounts[row]];
      }
      for (int p = 0; p < nearCounts[row]; p++) {
        total += scanner.width(probes[row][p]);
      }
    }
    if (maxima.length < pairs * STRIPES) {
      maxima = new float[(pairs + pairs / 4) * STRIPES];
    }
    if (estimates.length < total) {
      estimates = new float[total + total / 4];
    }
    groupByCluster(count, false);
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

  /** Keeps the columns that reach the rows' bounds. The next cluster overwrites the estimates. */
  private void scanFar(int count) {
    groupByCluster(count, true);
    int first = 0;
    for (int cluster = 0; cluster < clusters.count(); cluster++) {
      int end = pairStarts[cluster];
      if (end > first) {
        int width = scanner.width(cluster);
        allocateFar((end - first) * width, width);
        for (int pair = first; pair < end; pair++) {
          ends[pairRows[pair]] = (pair - first) * width;
          maximaEnds[pairRows[pair]] = (pair - first) * STRIPES;
        }
        scanner.scan(
            cluster, pairRows, pairValues, first, end, estimates, ends, maxima, maximaEnds);
        for (int pair = first; pair < end; pair++) {
          int row = pairRows[pair];
          if (!kernels.anyAtLeast(maxima, maximaEnds[row], STRIPES, bounds[row])) {
            continue;
          }
          int reachedCount =
              kernels.atLeast(estimates, ends[row], width, bounds[row], indices, reached);
          allocateBest(row, bestCounts[row] + reachedCount);
          for (int i = 0; i < reachedCount; i++) {
            bestMembers[row][bestCounts[row]] = clusters.starts()[cluster] + indices[i];
            bestEstimates[row][bestCounts[row]++] = reached[i];
          }
        }
        first = end;
      }
    }
  }

  private void allocateFar(int total, int width) {
    if (estimates.length < total) {
      estimates = new float[2 * total];
    }
    if (maxima.length < ends.length * STRIPES) {
      maxima = new float[ends.length * STRIPES];
    }
    if (indices.length < width + DistanceKernels.BLOCK_ROWS) {
      indices = new int[2 * width + DistanceKernels.BLOCK_ROWS];
      reached = new float[2 * width + DistanceKernels.BLOCK_ROWS];
    }
  }

  private void allocateBest(int row, int count) {
    if (bestMembers[row].length < roundUp(count)) {
      bestMembers[row] = Arrays.copyOf(bestMembers[row], roundUp(2 * count));
      bestEstimates[row] = Arrays.copyOf(bestEstimates[row], roundUp(2 * count));
    }
  }

  /**
   * Sorts pairs of a row and a cluster by cluster; {@link #pairStarts} become their ends.
   *
   * @param far whether the pairs are those that remain after the nearest clusters have been
   *     compared
   */
  private void groupByCluster(int count, boolean far) {
    Arrays.fill(pairStarts, 0);
    int pairs = 0;
    for (int row = 0; row < count; row++) {
      int from = far ? nearCounts[row] : 0;
      int to = far ? probeCounts[row] : nearCounts[row];
      pairs += to - from;
      for (int p = from; p < to; p++) {
        pairStarts[probes[row][p]]++;
      }
    }
    if (pairRows.length < pairs) {
      pairRows = new int[pairs + pairs / 4];
      pairValues = new float[pairs + pairs / 4];
    }
    int start = 0;
    for (int cluster = 0; cluster < clusters.count(); cluster++) {
      int size = pairStarts[cluster];
      pairStarts[cluster] = start;
      start += size;
    }
    for (int row = 0; row < count; row++) {
      int from = far ? nearCounts[row] : 0;
      int to = far ? probeCounts[row] : nearCounts[row];
      for (int p = from; p < to; p++) {
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

  /** Returns a cluster that a row probes; the nearest is the first. */
  int probe(int row, int index) {
    return probes[row][index];
  }

  /** Number of estimates of a cluster, padding included. */
  int width(int cluster) {
    return scanner.width(cluster);
  }

  /**
   * Copies the estimates of a row with a cluster that it probes; returns how many there are. Valid
   * only if all estimates have been kept.
   */
  int copyEstimates(int row, int cluster, float[] destination, int offset) {
    int stretch = Arrays.binarySearch(stretchClusters[row], 0, stretchCounts[row], cluster);
    int width = scanner.width(cluster);
    System.arraycopy(estimates, stretchStarts[row][stretch], destination, offset, width);
    return width;
  }

  /**
   * Copies the members with the best estimates of a row, without the row itself.
   *
   * @param position of the row
   * @param found receives their ordinals, as many as fit
   * @return how many there are
   */
  int copyBest(int row, int position, int[] found) {
    int next = 0;
    for (int i = 0; i < bestCounts[row] && next < found.length; i++) {
      int other = clusters.members()[bestMembers[row][i]];
      if (other != position) {
        found[next++] = ordinals[other];
      }
    }
    return next;
  }

  /** Keeps the best of the nearest columns, and sets the bound for the others. */
  private void keepBestOfNear(int row, int wanted) {
    bestCounts[row] = 0;
    bounds[row] = -Float.MAX_VALUE;
    if (stretchCounts[row] == 0) {
      return;
    }
    int start = stretchStarts[row][0];
    int count = ends[row] - start;
    int reachedCount = reach(row, start, count, wanted); // which may allocate new arrays
    reachedCount = keepBest(reached, indices, reachedCount, row, wanted);
    allocateBest(row, reachedCount);
    int stretch = 0;
    for (int i = 0; i < reachedCount; i++) {
      int at = start + indices[i];
      while (stretch + 1 < stretchCounts[row] && stretchStarts[row][stretch + 1] <= at) {
        stretch++;
      }
      bestMembers[row][i] =
          clusters.starts()[stretchClusters[row][stretch]] + at - stretchStarts[row][stretch];
      bestEstimates[row][i] = reached[i];
    }
    bestCounts[row] = reachedCount;
  }

  /** Finds all near columns that reach a bound which at least the wanted number of them reach. */
  private int reach(int row, int start, int count, int wanted) {
    if (indices.length < count + DistanceKernels.BLOCK_ROWS) {
      indices = new int[2 * count + DistanceKernels.BLOCK_ROWS];
      reached = new float[2 * count + DistanceKernels.BLOCK_ROWS];
    }
    // At least the wanted number reach the wanted-th greatest of the maxima of disjoint parts.
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
    return kernels.atLeast(estimates, start, count, bound, indices, reached);
  }

  /**
   * Drops estimates worse than the wanted-th best, which becomes the row's bound; returns how many
   * are kept.
   */
  private int keepBest(float[] values, int[] members, int count, int row, int wanted) {
    if (count < wanted) {
      return count;
    }
    int padded = roundUp(count);
    Arrays.fill(values, count, padded, Float.NEGATIVE_INFINITY);
    float bound = kernels.greatest(values, 0, padded, wanted);
    int kept = 0;
    for (int i = 0; i < count; i++) { // without branches
      float value = values[i];
      values[kept] = value;
      members[kept] = members[i];
      kept += value >= bound ? 1 : 0;
    }
    bounds[row] = bound;
    return kept;
  }

  private int roundUp(int count) {
    return (count + DistanceKernels.BLOCK_ROWS - 1) & -DistanceKernels.BLOCK_ROWS;
  }
}
