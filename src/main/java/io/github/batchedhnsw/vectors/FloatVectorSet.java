// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import java.io.IOException;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.IORunnable;
import org.apache.lucene.util.IOSupplier;

/** float32 vectors. */
final class FloatVectorSet implements VectorSet {
  private final DistanceKernels kernels = DistanceKernels.best();
  private final IOSupplier<Rows<float[]>> source;
  private final boolean stable; // rows are not overwritten by later calls
  private final int size;
  private final int dimension;
  private final Metric metric;
  private final float[] norms; // see Metric.norm; null where the metric needs none

  /**
   * @param stable whether a row stays valid after later calls
   * @param abortCheck is called while all vectors are read; an exception of it ends the reading
   */
  FloatVectorSet(
      IOSupplier<Rows<float[]>> source,
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
    Rows<float[]> rows = source.get();
    float[] result = new float[size];
    for (int i = 0; i < size; i++) {
      if (i % VectorSets.ROWS_PER_CHECK == 0) {
        abortCheck.run();
      }
      float[] row = rows.row(i);
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
    Rows<float[]> rows = source.get();
    return new RowReader() {
      @Override
      public void read(int ordinal, float[] destination, int offset) throws IOException {
        rows.copy(ordinal, destination, offset);
        if (metric == Metric.COSINE) {
          float factor = norms[ordinal];
          for (int k = offset; k < offset + dimension; k++) {
            destination[k] *= factor;
          }
        }
      }

      @Override
      public float bias(int ordinal) {
        return metric == Metric.EUCLIDEAN ? norms[ordinal] : 0;
      }
    };
  }

  private final class Scorer extends OrdinalScorer {
    private final Rows<float[]> rows =
        stable
            ? source.get()
            : new CachedRows<>(
                source.get(),
                size,
                dimension,
                dimension * Float.BYTES,
                float[][]::new,
                float[]::new);
    private final float[] queryCopy = new float[dimension];
    private final float[] out = new float[DistanceKernels.ROW_ROOM];
    private int query;
    private float[] queryRow;

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
      for (int from = 0; from < count; from += 4) {
        // The last block is filled up with its last row, so that every score is summed the same
        // way.
        int last = count - 1;
        float[] row0 = rows.row(ordinals[from]);
        float[] row1 = rows.row(ordinals[Math.min(from + 1, last)]);
        float[] row2 = rows.row(ordinals[Math.min(from + 2, last)]);
        float[] row3 = rows.row(ordinals[Math.min(from + 3, last)]);
        if (metric == Metric.EUCLIDEAN) {
          kernels.squareDistance4(queryRow, row0, row1, row2, row3, out);
        } else {
          kernels.dot4(queryRow, row0, row1, row2, row3, out);
        }
        for (int i = 0, to = Math.min(4, count - from); i < to; i++) {
          scores[from + i] = score(query, ordinals[from + i], out[i]);
        }
      }
    }

    @Override
    public void scoreAll(int[] queries, int[] ordinals, int count, float[] scores)
        throws IOException {
      float[][] held = new float[queries.length][];
      for (int q = 0; q < queries.length; q++) {
        float[] row = rows.row(queries[q]);
        held[q] = stable ? row : row.clone();
      }
      float[] block = new float[DistanceKernels.TILE_ROOM];
      int last = count - 1;
      int lastQuery = queries.length - 1;
      for (int from = 0; from < count; from += 4) {
        float[] row0 = rows.row(ordinals[from]);
        float[] row1 = rows.row(ordinals[Math.min(from + 1, last)]);
        float[] row2 = rows.row(ordinals[Math.min(from + 2, last)]);
        float[] row3 = rows.row(ordinals[Math.min(from + 3, last)]);
        for (int q = 0; q < queries.length; q += 4) {
          float[] query0 = held[q];
          float[] query1 = held[Math.min(q + 1, lastQuery)];
          float[] query2 = held[Math.min(q + 2, lastQuery)];
          float[] query3 = held[Math.min(q + 3, lastQuery)];
          if (metric == Metric.EUCLIDEAN) {
            kernels.squareDistance4x4(
                query0, query1, query2, query3, row0, row1, row2, row3, block);
          } else {
            kernels.dot4x4(query0, query1, query2, query3, row0, row1, row2, row3, block);
          }
          for (int k = 0; k < Math.min(4, queries.length - q); k++) {
            for (int i = 0; i < Math.min(4, count - from); i++) {
              scores[(q + k) * count + from + i] =
                  score(queries[q + k], ordinals[from + i], block[4 * k + i]);
            }
          }
        }
      }
    }

    /** The score of two vectors, from their product or squared distance. */
    private float score(int a, int b, float value) {
      return switch (metric) {
        case DOT, INNER_PRODUCT -> value;
        case EUCLIDEAN -> -value;
        case COSINE -> value * (norms[a] * norms[b]);
      };
    }
  }
}
