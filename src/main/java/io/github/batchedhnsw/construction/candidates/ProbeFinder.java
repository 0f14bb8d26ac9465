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
   * Clusters among which a row's are looked for. Up to this many, all are; with more, those of the
   * nearest cells. With 256, a tenth of the nearest neighbours of 110,000 sentence embeddings were
   * missed.
   */
  private static final int MOST_CLUSTERS = 2048;

  private final DistanceKernels kernels = DistanceKernels.best();
  private final Clusters clusters;
  private final boolean innerProduct;
  private final int dimension;
  private final int groupRows;
  private final Panel centroidPanel;
  private final Panel rowPanel;
  private final int[] identity;
  private float[] rows;
  private float[] frame = new float[0];
  private int[] near = new int[0];
  private int cell = -1;
  private float[] scores = new float[0];
  private float[] reachedScores = new float[0];
  private final float[] stripes = new float[DistanceKernels.SCORE_STRIPES];
  private int[] indices = new int[0];
  private long[] pairs = new long[0];
  private long[] sorted = new long[0];

  ProbeFinder(Clusters clusters, int dimension, int groupRows, boolean innerProduct) {
    this.clusters = clusters;
    this.innerProduct = innerProduct;
    this.dimension = dimension;
    this.groupRows = groupRows;
    this.centroidPanel = new Panel(dimension);
    this.rowPanel = new Panel(dimension);
    this.identity = new int[groupRows];
    Arrays.setAll(identity, i -> i);
  }

  /** Turns to the rows of a cell. */
  void setCell(int cell) throws IOException {
    if (this.cell == cell) {
      return;
    }
    this.cell = cell;
    frame = clusters.cellCentroids()[cell];
    near = clustersNear(cell);
    centroidPanel.load(new CentroidReader(), near, 0, near.length);
    int width = centroidPanel.columns();
    if (pairs.length < width) {
      scores = new float[groupRows * width];
      reachedScores = new float[width + kernels.blockRows()];
      indices = new int[width + kernels.blockRows()];
      pairs = new long[width];
      sorted = new long[width];
    }
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
   * Turns to other rows of the cell.
   *
   * @param rows one after the other
   * @param count at most as many as a group has
   */
  void setRows(float[] rows, int count) throws IOException {
    this.rows = rows;
    rowPanel.load(new GroupReader(), identity, 0, count);
    int width = centroidPanel.columns();
    for (int strip = 0; strip < count; strip += DistanceKernels.STRIP_ROWS) {
      rowPanel.products(strip, centroidPanel, 0, width, scores, strip * width, width);
    }
  }

  /**
   * Finds the clusters that a row probes, the nearest first, until they have enough members.
   *
   * @param square of the row in the cell's frame; of the row itself where scores are inner products
   * @param columns members that are enough
   * @param found receives the clusters
   * @param values receives for each the squared distance from its centroid, or the inner product
   *     with it
   * @return how many there are
   */
  int find(int row, float square, int columns, int[] found, float[] values) {
    int width = centroidPanel.columns();
    int offset = row * width;
    kernels.scores(scores, offset, width, centroidPanel.biases(), 1, 0, scores, offset, stripes, 0);
    int meanSize = Math.max(1, clusters.meanSize());
    int most = mostProbes(columns);
    int enough = Math.min(most, 16 + columns / meanSize); // mostly
    double shift = innerProduct ? productWithFrame(row) : 0;
    int probes = 0;
    int members = 0;
    for (int rank = enough; rank > 0; rank = members < columns && rank < most ? most : 0) {
      int count = sortBest(offset, width, rank);
      for (; probes < count && members < columns; probes++) {
        int index = ScoredOrdinal.ordinal(sorted[probes]);
        float score = ScoredOrdinal.score(sorted[probes]);
        found[probes] = near[index];
        values[probes] = innerProduct ? (float) (score + shift) : Math.max(0, square - 2 * score);
        members += clusters.size(near[index]);
      }
    }
    return probes;
  }

  /** Most clusters that {@link #find} finds: twice as many as usual leaves room for small ones. */
  int mostProbes(int columns) {
    return Math.min(near.length, 16 + 2 * columns / Math.max(1, clusters.meanSize()));
  }

  /** Sorts the best scores of a row; returns how many there are. */
  private int sortBest(int offset, int width, int rank) {
    float bound = -Float.MAX_VALUE;
    if (rank < near.length) {
      bound = Math.max(bound, kernels.greatest(scores, offset, width, rank));
    }
    int count = kernels.atLeast(scores, offset, width, bound, indices, reachedScores);
    for (int i = 0; i < count; i++) {
      pairs[i] = ScoredOrdinal.encode(reachedScores[i], indices[i]);
    }
    kernels.sortDescending(pairs, count, sorted);
    return count;
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

  /** Rows relative to the cell's centroid; as they are where scores are inner products. */
  private final class GroupReader implements RowReader {
    @Override
    public void read(int row, float[] destination, int offset) {
      for (int k = 0; k < dimension; k++) {
        float component = rows[row * dimension + k];
        destination[offset + k] = innerProduct ? component : component - frame[k];
      }
    }

    @Override
    public float bias(int row) {
      return 0;
    }
  }
}
