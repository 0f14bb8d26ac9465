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
 * nearest clusters are compared first, and their best members give a bound. Of the other clusters,
 * only the few members that reach the bound are kept. Not thread-safe.
 */
final class RowGroup {

  /** One in this many of a row's columns, the nearest ones, is compared first. */
  private static final int NEAR_SHARE = 16;

  /** Fewest such columns for each wanted hit, so that the bound is close to that of all columns. */
  private static final int NEAR_PER_HIT = 4;

  private final DistanceKernels kernels = DistanceKernels.best();
  private final Clusters clusters;
  private final int[] ordinals;
  private final int dimension;
  private final boolean innerProduct;
  private final RowReader reader;
  private final ProbeFinder finder;
  private final GroupScanner scanner;
  private final float[][] rows;
  private final float[] framed; // relative to the cell's centroid, except for inner products
  private final float[] zero;
  private final float[] squares;
  private final int[][] probes;
  private final float[][] probeValues;
  private final int[] probeCounts;
  private final int[] nearCounts; // of the probes that are compared first
  private final int[] pairStarts; // by cluster
  private int[] pairRows = new int[0];
  private float[] pairValues = new float[0];
  private final Reached best;

  /**
   * @param maxRows most rows, a multiple of {@link DistanceKernels#STRIP_ROWS}
   */
  RowGroup(VectorSet vectors, int[] ordinals, Clusters clusters, GroupScanner scanner, int maxRows)
      throws IOException {
    this.clusters = clusters;
    this.ordinals = ordinals;
    this.dimension = vectors.dimension();
    this.innerProduct = vectors.metric() == Metric.INNER_PRODUCT;
    this.reader = vectors.rows();
    this.finder = new ProbeFinder(clusters, dimension, innerProduct);
    this.scanner = scanner;
    this.rows = new float[maxRows][dimension];
    this.framed = new float[maxRows * dimension];
    this.zero = new float[dimension];
    this.squares = new float[maxRows];
    this.probes = new int[maxRows][0];
    this.probeValues = new float[maxRows][0];
    this.probeCounts = new int[maxRows];
    this.nearCounts = new int[maxRows];
    this.best = new Reached(maxRows);
    this.pairStarts = new int[clusters.count() + 1];
  }

  /**
   * Compares rows with their columns, and finds the members with the best estimates, see {@link
   * #copyBest}.
   *
   * @param cell that all rows belong to
   * @param positions of the rows among the ordinals, {@code count} from {@code from} on
   * @param count at most as many as the group has room for
   * @param columns see {@link JoinPlan#columns}
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
    scan(count, false);
    for (int row = 0; row < count; row++) {
      best.keepBest(row, wanted);
    }
    scan(count, true);
    for (int row = 0; row < count; row++) {
      best.keepBest(row, wanted);
    }
  }

  /**
   * Compares rows with all their columns.
   *
   * @param cell that all rows belong to
   * @param positions of the rows among the ordinals, {@code count} from {@code from} on
   * @param count at most as many as the group has room for
   * @param columns see {@link JoinPlan#columns}
   * @return for each row its columns, members of the clusters, whose estimates are numbers; valid
   *     until the next scan
   */
  Reached scanAll(int cell, int[] positions, int from, int count, int columns) throws IOException {
    turnTo(cell, positions, from, count, columns);
    System.arraycopy(probeCounts, 0, nearCounts, 0, count);
    scan(count, false);
    return best;
  }

  /** Reads rows, and finds the clusters that they probe. */
  private void turnTo(int cell, int[] positions, int from, int count, int columns)
      throws IOException {
    float[] origin = innerProduct ? zero : clusters.cellCentroids()[cell];
    for (int row = 0; row < count; row++) {
      reader.read(ordinals[positions[from + row]], rows[row], 0);
      squares[row] = kernels.difference(rows[row], 0, origin, framed, row * dimension);
    }
    finder.setCell(cell, columns);
    scanner.setRows(rows, squares, count);
    finder.setRows(framed, squares);
    for (int row = 0; row < count; row++) {
      best.clear(row);
      if (probes[row].length < finder.mostProbes()) {
        probes[row] = new int[finder.mostProbes()];
        probeValues[row] = new float[finder.mostProbes()];
      }
    }
    finder.find(count, probes, probeValues, probeCounts);
  }

  /**
   * Compares rows with the members of the near or of the other clusters that they probe, and adds
   * those that reach the rows' bounds to the best.
   */
  private void scan(int count, boolean far) {
    groupByCluster(count, far);
    int first = 0;
    for (int cluster = 0; cluster < clusters.count(); cluster++) {
      int end = pairStarts[cluster];
      if (end > first) {
        for (int pair = first; pair < end; pair++) {
          best.reserve(pairRows[pair], scanner.width(cluster));
        }
        int member = clusters.starts()[cluster];
        scanner.scan(cluster, member, pairRows, pairValues, first, end, best);
        first = end;
      }
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

  /**
   * Copies the members with the best estimates of a row, without the row itself.
   *
   * @param position of the row
   * @param found receives their ordinals, as many as fit
   * @return how many there are
   */
  int copyBest(int row, int position, int[] found) {
    int next = 0;
    for (int i = 0; i < best.counts[row] && next < found.length; i++) {
      int other = clusters.members()[best.members[row][i]];
      if (other != position) {
        found[next++] = ordinals[other];
      }
    }
    return next;
  }
}
