package io.github.batchedhnsw.construction.candidates;

import io.github.batchedhnsw.vectors.DistanceKernels;
import io.github.batchedhnsw.vectors.Panel;
import io.github.batchedhnsw.vectors.RowReader;
import java.io.IOException;

/** Computes scores in float32, relative to the centroid of the columns' cluster. */
final class FloatScanner extends GroupScanner {
  private static final int STRIP_ROWS = DistanceKernels.STRIP_ROWS;

  private final DistanceKernels kernels = DistanceKernels.best();
  private final FloatColumns columns;
  private final Panel strip;
  private final StripReader stripReader = new StripReader();
  private float[] products = new float[0];
  private float[] rows;

  FloatScanner(FloatColumns columns) {
    this.columns = columns;
    this.strip = new Panel(columns.dimension);
  }

  @Override
  void setRows(int cell, float[] rows, float[] squares, int count) {
    this.rows = rows;
  }

  @Override
  int width(int cluster) {
    return columns.panels[cluster].columns();
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
    Panel panel = columns.panels[cluster];
    int width = panel.columns();
    if (products.length < STRIP_ROWS * width) {
      products = new float[2 * STRIP_ROWS * width];
    }
    stripReader.origin = columns.origins[cluster];
    for (int at = from; at < to; at += STRIP_ROWS) {
      int count = Math.min(STRIP_ROWS, to - at);
      stripReader.next = 0;
      strip.load(stripReader, rowNumbers, at, count);
      strip.products(0, panel, 0, width, products, 0, width);
      for (int i = 0; i < count; i++) {
        int row = rowNumbers[at + i];
        kernels.scores(
            products,
            i * width,
            width,
            panel.biases(),
            columns.innerProduct ? 1 : 2,
            stripReader.squares[i],
            out,
            offsets[row],
            maxima,
            maximaOffsets[row]);
      }
    }
  }

  /** Reads rows of the group, and keeps the squares of those of a strip. */
  private final class StripReader implements RowReader {
    private final float[] squares = new float[STRIP_ROWS];
    private float[] origin;
    private int next;

    @Override
    public void read(int row, float[] destination, int offset) {
      int dimension = columns.dimension;
      if (columns.innerProduct) {
        System.arraycopy(rows, row * dimension, destination, offset, dimension);
        return;
      }
      float square = 0;
      for (int k = 0; k < dimension; k++) {
        float component = rows[row * dimension + k] - origin[k];
        destination[offset + k] = component;
        square += component * component;
      }
      squares[next++] = square;
    }

    @Override
    public float bias(int row) {
      return 0;
    }
  }
}
