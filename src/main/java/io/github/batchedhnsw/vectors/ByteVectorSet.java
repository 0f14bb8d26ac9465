// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import java.io.IOException;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.IORunnable;
import org.apache.lucene.util.IOSupplier;

/** Vectors of signed bytes. */
final class ByteVectorSet implements VectorSet {
  private final DistanceKernels kernels = DistanceKernels.best();
  private final IOSupplier<Rows<byte[]>> source;
  private final boolean stable; // rows are not overwritten by later calls
  private final int size;
  private final int dimension;
  private final Metric metric;
  private final float[] norms; // see Metric.norm; null if the metric needs none

  /**
   * @param stable whether a row stays valid after later calls
   * @param abortCheck is called while all vectors are read; an exception that it throws ends the
   *     reading
   */
  ByteVectorSet(
      IOSupplier<Rows<byte[]>> source,
      boolean stable,
      int size,
      int dimension,
      VectorSimilarityFunction similarity,
      IORunnable abortCheck)
      throws IOException {
    this.source = source;
    this.stable = stable;
    this.size = size;
    this.dimension = dimension;
    this.metric = Metric.of(similarity);
    this.norms = metric.hasNorms() ? norms(abortCheck) : null;
  }

  private float[] norms(IORunnable abortCheck) throws IOException {
    Rows<byte[]> rows = source.get();
    float[] result = new float[size];
    for (int i = 0; i < size; i++) {
      if (i % VectorSets.ROWS_PER_CHECK == 0) {
        abortCheck.run();
      }
      byte[] row = rows.row(i);
      result[i] = metric.norm(kernels.dot(row, row));
    }
    return result;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public OrdinalScorer scorer() throws IOException {
    return new Scorer();
  }

  @Override
  public Metric metric() {
    return metric;
  }

  @Override
  public RowReader rows() throws IOException {
    Rows<byte[]> rows = source.get();
    return new RowReader() {
      @Override
      public void read(int ordinal, float[] destination, int offset) throws IOException {
        byte[] row = rows.row(ordinal);
        float factor = metric == Metric.COSINE ? norms[ordinal] : 1;
        for (int k = 0; k < row.length; k++) {
          destination[offset + k] = row[k] * factor;
        }
      }

      @Override
      public float bias(int ordinal) {
        return metric == Metric.EUCLIDEAN ? norms[ordinal] : 0;
      }
    };
  }

  private final class Scorer extends OrdinalScorer {
    private final Rows<byte[]> rows =
        stable
            ? source.get()
            : new CachedRows<>(
                source.get(), size, dimension, dimension, byte[][]::new, byte[]::new);
    private final byte[] queryCopy = new byte[dimension];
    private int query;
    private byte[] queryRow;

    Scorer() throws IOException {}

    @Override
    public void setQuery(int ordinal) throws IOException {
      query = ordinal;
      queryRow = rows.row(ordinal);
      if (!stable) {
        System.arraycopy(queryRow, 0, queryCopy, 0, dimension);
        queryRow = queryCopy;
      }
    }

    @Override
    public void score(int[] ordinals, int count, float[] scores) throws IOException {
      for (int i = 0; i < count; i++) {
        byte[] row = rows.row(ordinals[i]);
        scores[i] =
            switch (metric) {
              case DOT, INNER_PRODUCT -> kernels.dot(queryRow, row);
              case EUCLIDEAN -> -kernels.squareDistance(queryRow, row);
              case COSINE -> kernels.dot(queryRow, row) * (norms[query] * norms[ordinals[i]]);
            };
      }
    }
  }
}
