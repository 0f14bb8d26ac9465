// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

import io.github.batchedhnsw.construction.partition.Clusters;
import io.github.batchedhnsw.construction.survey.SampledNeighbors;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.DistanceKernels;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * How complete the candidates of sampled vectors are, for several numbers of columns and of hits at
 * once. Every sampled vector is compared with the most columns that are tried. A true neighbour is
 * a hit of a trial if it is among that trial's columns and fewer estimates there are better than
 * that trial has hits. Not thread-safe.
 */
final class SampleTrials {
  private final Clusters clusters;
  private final int[] ordinals;
  private final SampledNeighbors sample;
  private final int[] columnsTried;
  private final int[] hitsTried;
  private final int[] zoneEnds;
  private final int[] clusterOf; // of each position
  private final int[] indexOf; // of each position, in its cluster
  private final double[][][] shares; // by columns, hits, zone
  private final int[][] badly; // how many are served badly, by columns and hits

  /**
   * Trials that {@link #run} fills in.
   *
   * @param ordinals of the level's vectors
   * @param columnsTried ascending
   * @param hitsTried ascending
   * @param beamWidth number of nearest neighbours that count: the zones end at a tenth of it, at
   *     .24 of it, and with it
   */
  SampleTrials(
      Clusters clusters,
      int[] ordinals,
      SampledNeighbors sample,
      int[] columnsTried,
      int[] hitsTried,
      int beamWidth) {
    this.clusters = clusters;
    this.ordinals = ordinals;
    this.sample = sample;
    this.columnsTried = columnsTried;
    this.hitsTried = hitsTried;
    this.zoneEnds =
        new int[] {Math.max(1, beamWidth / 10), Math.max(2, beamWidth * 24 / 100), beamWidth};
    this.clusterOf = new int[ordinals.length];
    this.indexOf = new int[ordinals.length];
    for (int cluster = 0; cluster < clusters.count(); cluster++) {
      for (int m = clusters.starts()[cluster]; m < clusters.starts()[cluster + 1]; m++) {
        clusterOf[clusters.members()[m]] = cluster;
        indexOf[clusters.members()[m]] = m - clusters.starts()[cluster];
      }
    }
    this.shares = new double[columnsTried.length][hitsTried.length][zoneEnds.length];
    this.badly = new int[columnsTried.length][hitsTried.length];
  }

  /** Shares of the nearest neighbours that are hits, by zone. */
  double[] shares(int columnsTrial, int hitsTrial) {
    return shares[columnsTrial][hitsTrial];
  }

  /** Share of the sample that finds less than half of the first two zones. */
  double badlyServed(int columnsTrial, int hitsTrial) {
    return badly[columnsTrial][hitsTrial] / (double) sample.size();
  }

  /** Compares the sampled vectors with the columns of a join. */
  void run(ClusterJoin join) throws IOException {
    int[] cells = clusters.cellOfClusters();
    int[] cellOf = Arrays.stream(sample.positions()).map(p -> cells[clusterOf[p]]).toArray();
    // Cell by cell and eight at a time: preparing a cell takes longer than a row, and eight rows
    // take no longer than one.
    int[] order =
        IntStream.range(0, sample.size())
            .boxed()
            .sorted(Comparator.comparingInt(s -> cellOf[s]))
            .mapToInt(Integer::intValue)
            .toArray();
    int[] positions = Arrays.stream(order).map(s -> sample.positions()[s]).toArray();
    RowGroup group = join.openGroup();
    int widest = columnsTried[columnsTried.length - 1];
    for (int from = 0, to; from < order.length; from = to) {
      join.checkAborted();
      int cell = cellOf[order[from]];
      to = from + 1;
      while (to < order.length
          && cellOf[order[to]] == cell
          && to - from < DistanceKernels.STRIP_ROWS) {
        to++;
      }
      Reached all = group.scanAll(cell, positions, from, to - from, widest);
      for (int row = 0; row < to - from; row++) {
        add(group, all, row, order[from + row]);
      }
    }
  }

  /** Adds a sampled vector, which is a row of a group. */
  private void add(RowGroup group, Reached all, int row, int sampled) {
    int[] ends = new int[columnsTried.length]; // end of the estimates of each trial's columns
    int[] startOf = new int[clusters.count()];
    Arrays.fill(startOf, -1);
    int total = 0;
    for (int p = 0, c = 0; c < ends.length; c++) {
      for (; p < group.probes(row) && total < columnsTried[c]; p++) {
        startOf[group.probe(row, p)] = total;
        total += clusters.size(group.probe(row, p));
      }
      ends[c] = total;
    }
    float[] estimates = new float[total];
    Arrays.fill(estimates, Float.NEGATIVE_INFINITY); // estimates that are NaN stay that
    int self = sample.positions()[sampled];
    for (int i = 0; i < all.counts[row]; i++) {
      int position = clusters.members()[all.members[row][i]];
      int column = column(startOf, position);
      if (column < total && position != self) {
        estimates[column] = all.estimates[row][i];
      }
    }
    int[] nearest =
        Arrays.stream(sample.nearest()[sampled])
            .mapToInt(pair -> column(startOf, positionOf(ScoredOrdinal.ordinal(pair))))
            .toArray();
    count(nearest, ends, countBetter(estimates, ends, nearest));
  }

  /** Index of a position's estimate; beyond all if its cluster is not probed. */
  private int column(int[] startOf, int position) {
    int start = startOf[clusterOf[position]];
    return start < 0 ? Integer.MAX_VALUE : start + indexOf[position];
  }

  private int positionOf(int ordinal) {
    return ordinals.length > ordinal && ordinals[ordinal] == ordinal
        ? ordinal
        : Arrays.binarySearch(ordinals, ordinal);
  }

  /**
   * Adds the nearest neighbours of a sampled vector to the shares.
   *
   * @param columns indexes of their estimates
   * @param ends of the estimates of each trial's columns
   * @param better how many estimates are better than each, by trial of columns
   */
  private void count(int[] columns, int[] ends, int[][] better) {
    for (int c = 0; c < columnsTried.length; c++) {
      for (int h = 0; h < hitsTried.length; h++) {
        int near = 0;
        int from = 0;
        for (int zone = 0; zone < zoneEnds.length && from < columns.length; zone++) {
          int to = Math.min(zoneEnds[zone], columns.length);
          int found = 0;
          for (int i = from; i < to; i++) {
            found += columns[i] < ends[c] && better[c][i] < hitsTried[h] ? 1 : 0;
          }
          shares[c][h][zone] += found / (double) (to - from) / sample.size();
          near += zone < 2 ? found : 0;
          from = to;
        }
        if (2 * near < Math.min(columns.length, zoneEnds[1])) {
          badly[c][h]++;
        }
      }
    }
  }

  /**
   * Counts how many estimates are greater than each of some of them.
   *
   * @param ends of prefixes of the estimates, ascending
   * @param columns indexes of estimates; those beyond the last end are skipped
   * @return for each prefix and each index how many estimates in the prefix are greater
   */
  private static int[][] countBetter(float[] estimates, int[] ends, int[] columns) {
    int last = ends[ends.length - 1];
    float[] thresholds = new float[columns.length];
    int count = 0;
    for (int column : columns) {
      if (column < last) {
        thresholds[count++] = estimates[column];
      }
    }
    Arrays.sort(thresholds, 0, count);
    int[] surpassing = new int[count + 1]; // how many estimates exceed this many thresholds
    int[][] better = new int[ends.length][columns.length];
    int next = 0;
    for (int e = 0; e < ends.length && count > 0; e++) {
      for (; next < ends[e]; next++) {
        if (estimates[next] > thresholds[0]) {
          surpassing[countBelow(thresholds, count, estimates[next])]++;
        }
      }
      int[] greater = new int[count + 1];
      for (int t = count - 1; t >= 0; t--) {
        greater[t] = greater[t + 1] + surpassing[t + 1];
      }
      for (int i = 0; i < columns.length; i++) {
        if (columns[i] < last) {
          better[e][i] = greater[countBelow(thresholds, count, estimates[columns[i]])];
        }
      }
    }
    return better;
  }

  /** Returns how many of the first values of an ascending array are less than the given one. */
  private static int countBelow(float[] ascending, int count, float value) {
    int low = 0;
    for (int high = count; low < high; ) {
      int middle = (low + high) >>> 1;
      if (ascending[middle] < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
