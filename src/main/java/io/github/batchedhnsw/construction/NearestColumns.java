package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.construction.search.Beam;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.DistanceKernels;
import io.github.batchedhnsw.vectors.Metric;
import io.github.batchedhnsw.vectors.Panel;
import java.io.IOException;
import java.util.Arrays;

/**
 * Finds, for each row of a panel, the nearest rows of another one (its columns) or of itself.
 * Products are computed a strip of rows at a time; of each row only the few columns above a bound
 * are looked at one by one. The bound is the k-th greatest of the maxima of disjoint stripes of
 * columns: at least k columns reach it, and seldom many more. Not thread-safe.
 */
final class NearestColumns {
  private static final int STRIP_ROWS = DistanceKernels.STRIP_ROWS;

  /** Floats of a chunk of columns, so that it stays in the second-level cache. */
  private static final int CHUNK_FLOATS = 1 << 18;

  /** Rows per chunk; with more, a chunk is read from afar less often. */
  private static final int GROUP_ROWS = 4 * STRIP_ROWS;

  private final DistanceKernels kernels = DistanceKernels.best();
  private final Metric metric;
  private final int chunkColumns;
  private final float[] products;
  private final float[] maxima;
  private final int[] hits;
  private final float[] bounds = new float[GROUP_ROWS]; // that enough columns reach, so far
  private final long[][] found; // by row of a group: the columns above its bound
  private final int[] foundCounts = new int[GROUP_ROWS];
  private final Beam nearest;

  /** Receives the result for one row. */
  @FunctionalInterface
  interface Visitor {
    /**
     * @param row of the left panel
     * @param nearest {@link ScoredOrdinal}s of the columns' identifiers; valid during the call
     */
    void visit(int row, Beam nearest) throws IOException;
  }

  /**
   * @param dimension of the panels
   * @param maxCount most columns to find for a row
   */
  NearestColumns(Metric metric, int dimension, int maxCount) {
    this.metric = metric;
    this.chunkColumns = Math.max(256, Math.min(2048, CHUNK_FLOATS / dimension & -64));
    this.products = new float[GROUP_ROWS * chunkColumns];
    this.maxima = new float[chunkColumns];
    this.hits = new int[chunkColumns + kernels.blockRows()];
    this.found = new long[GROUP_ROWS][maxCount + chunkColumns];
    this.nearest = new Beam(found[0].length);
  }

  /**
   * Finds the {@code count} nearest columns of the rows {@code fromRow} to {@code toRow}. Where
   * rows and columns are the same panel, a row is not a column of itself.
   *
   * @param fromRow a multiple of {@link DistanceKernels#STRIP_ROWS}
   * @param identifiers of the columns, all different
   */
  void find(
      Panel rows,
      int fromRow,
      int toRow,
      Panel columns,
      int[] identifiers,
      int identifiersFrom,
      int count,
      Visitor visitor)
      throws IOException {
    for (int group = fromRow; group < toRow; group += GROUP_ROWS) {
      int groupEnd = Math.min(group + GROUP_ROWS, toRow);
      Arrays.fill(bounds, -Float.MAX_VALUE);
      Arrays.fill(foundCounts, 0);
      for (int chunk = 0; chunk < columns.columns(); chunk += chunkColumns) {
        int width = Math.min(chunkColumns, columns.columns() - chunk);
        for (int strip = group; strip < groupEnd; strip += STRIP_ROWS) {
          rows.products(
              strip, columns, chunk, chunk + width, products, (strip - group) * width, width);
        }
        for (int row = group; row < groupEnd; row++) {
          int offset = (row - group) * width;
          if (rows == columns && row >= chunk && row < chunk + width) {
            products[offset + row - chunk] = Float.NEGATIVE_INFINITY;
          }
          collect(
              row - group,
              count,
              offset,
              width,
              columns.biases(),
              chunk,
              identifiers,
              identifiersFrom,
              rows.bias(row));
        }
      }
      for (int row = group; row < groupEnd; row++) {
        nearest.resetTo(found[row - group], foundCounts[row - group], count);
        visitor.visit(row, nearest);
      }
    }
  }

  /** Keeps of a chunk what may be among the nearest of a row. */
  private void collect(
      int row,
      int count,
      int offset,
      int width,
      float[] biases,
      int chunk,
      int[] identifiers,
      int identifiersFrom,
      float rowBias) {
    int stripes = Math.min(width, (3 * count / 2 + 15) & -16);
    kernels.subtract(products, offset, width, biases, chunk, maxima, stripes);
    if (stripes > count) {
      bounds[row] = Math.max(bounds[row], kernels.greatest(maxima, stripes, count));
    }
    int hitCount = kernels.indicesAtLeast(products, offset, width, bounds[row], hits);
    if (foundCounts[row] + hitCount > found[row].length) {
      nearest.resetTo(found[row], foundCounts[row], count);
      foundCounts[row] = nearest.size();
      System.arraycopy(nearest.pairs(), 0, found[row], 0, nearest.size());
    }
    long[] pairs = found[row];
    int next = foundCounts[row];
    for (int i = 0; i < hitCount; i++) {
      int column = hits[i];
      float score = metric.score(products[offset + column], rowBias);
      pairs[next++] = ScoredOrdinal.encode(score, identifiers[identifiersFrom + chunk + column]);
    }
    foundCounts[row] = next;
  }
}
