package io.github.batchedhnsw.construction.candidates;

import io.github.batchedhnsw.construction.partition.Clusters;
import io.github.batchedhnsw.vectors.DistanceKernels;
import io.github.batchedhnsw.vectors.Metric;
import io.github.batchedhnsw.vectors.Panel;
import io.github.batchedhnsw.vectors.RowReader;
import io.github.batchedhnsw.vectors.RowSource;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Computes scores in float32, relative to the centroid of the rows' cell, which keeps them precise
 * where vectors are far from the origin. Columns are read when they are needed and kept for the
 * rows that follow.
 */
final class FloatScanner extends GroupScanner {
  private static final long CACHE_FLOATS = 4 << 20;

  private final DistanceKernels kernels = DistanceKernels.best();
  private final RowSource vectors;
  private final int[] ordinals;
  private final Clusters clusters;
  private final int dimension;
  private final boolean innerProduct;
  private final RowReader reader;
  private final Map<Integer, Panel> panels = new HashMap<>();
  private final Panel strip;
  private final int[] stripRows = new int[DistanceKernels.STRIP_ROWS];
  private final int[] iota;
  private final float[] products;
  private final float[] origin;
  private float[] rows;
  private float[] squares;
  private int cell = -1;
  private long cached;

  FloatScanner(RowSource vectors, int[] ordinals, Clusters clusters) throws IOException {
    this.vectors = vectors;
    this.ordinals = ordinals;
    this.clusters = clusters;
    this.dimension = vectors.dimension();
    this.innerProduct = vectors.metric() == Metric.INNER_PRODUCT;
    this.reader = vectors.rows();
    this.strip = new Panel(dimension);
    this.origin = new float[dimension];
    int widest = 0;
    for (int c = 0; c < clusters.count(); c++) {
      widest = Math.max(widest, clusters.size(c));
    }
    widest = widest + 16 & -16;
    this.products = new float[DistanceKernels.STRIP_ROWS * widest];
    this.iota = new int[widest];
    for (int i = 0; i < widest; i++) {
      iota[i] = i;
    }
  }

  @Override
  void setRows(int cell, float[] rows, float[] squares, int count) {
    this.rows = rows;
    this.squares = squares;
    if (cell != this.cell) {
      panels.clear();
      cached = 0;
      this.cell = cell;
      if (!innerProduct) {
        System.arraycopy(clusters.cellCentroids()[cell], 0, origin, 0, dimension);
      }
    }
  }

  @Override
  int width(int cluster) {
    return (clusters.size(cluster) + kernels.blockRows() - 1)
        / kernels.blockRows()
        * kernels.blockRows();
  }

  private Panel panel(int cluster) throws IOException {
    Panel panel = panels.get(cluster);
    if (panel == null) {
      if (cached > CACHE_FLOATS) {
        panels.clear();
        cached = 0;
      }
      panel = new Panel(dimension);
      panel.load(new MemberReader(cluster), iota, 0, clusters.size(cluster));
      cached += (long) panel.columns() * dimension;
      panels.put(cluster, panel);
    }
    return panel;
  }

  @Override
  void scan(
      int cluster,
      int[] rowNumbers,
      float[] unused,
      int from,
      int to,
      float[] out,
      int[] offsets,
      float[] maxima,
      int[] maximaOffsets)
      throws IOException {
    Panel panel = panel(cluster);
    int width = panel.columns();
    for (int at = from; at < to; at += DistanceKernels.STRIP_ROWS) {
      int count = Math.min(DistanceKernels.STRIP_ROWS, to - at);
      strip.load(new StripReader(), rowNumbers, at, count);
      strip.products(0, panel, 0, width, products, 0, width);
      for (int i = 0; i < count; i++) {
        int row = rowNumbers[at + i];
        kernels.scores(
            products,
            i * width,
            width,
            panel.biases(),
            innerProduct ? 1 : 2,
            innerProduct ? 0 : squares[row],
            out,
            offsets[row],
            maxima,
            maximaOffsets[row]);
      }
    }
  }

  private final class StripReader implements RowReader {
    @Override
    public void read(int row, float[] destination, int offset) {
      for (int k = 0; k < dimension; k++) {
        destination[offset + k] = rows[row * dimension + k] - origin[k];
      }
    }

    @Override
    public float bias(int row) {
      return 0;
    }
  }

  /** Reads members of a cluster, and knows the halved squares of those just read. */
  private final class MemberReader implements RowReader {
    private final int start;
    private final float[] biases;

    MemberReader(int cluster) {
      this.start = clusters.starts()[cluster];
      this.biases = new float[clusters.size(cluster)];
    }

    @Override
    public void read(int member, float[] destination, int offset) throws IOException {
      reader.read(ordinals[clusters.members()[start + member]], destination, offset);
      float sum = 0;
      for (int k = 0; k < dimension; k++) {
        float v = destination[offset + k] - origin[k];
        destination[offset + k] = v;
        sum += v * v;
      }
      biases[member] = innerProduct ? 0 : sum / 2;
    }

    @Override
    public float bias(int member) {
      return biases[member];
    }
  }
}
