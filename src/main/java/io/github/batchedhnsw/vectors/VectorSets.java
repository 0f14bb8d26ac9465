// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.IORunnable;

/**
 * Creates {@link VectorSet}s; the only place that distinguishes encodings and similarities. No
 * method copies the vectors.
 */
public final class VectorSets {
  /** Vectors that are read between two abort checks. */
  static final int ROWS_PER_CHECK = 1024;

  private static final IORunnable NEVER_ABORTS = () -> {};

  private VectorSets() {}

  /**
   * Vectors buffered on the heap, before a flush.
   *
   * @param vectors {@code float[]} or {@code byte[]} arrays of {@code dimension} components
   * @param newToOld position in {@code vectors} of each ordinal, or null if they are the same
   * @throws IOException never; declared for symmetry with {@link #of}
   */
  public static VectorSet ofHeap(
      List<?> vectors, int[] newToOld, int dimension, VectorSimilarityFunction similarity)
      throws IOException {
    Object[] rows = new Object[vectors.size()];
    for (int ordinal = 0; ordinal < rows.length; ordinal++) {
      rows[ordinal] = vectors.get(newToOld == null ? ordinal : newToOld[ordinal]);
    }
    boolean bytes = rows.length > 0 && rows[0] instanceof byte[];
    return bytes
        ? new ByteVectorSet(
            () -> o -> (byte[]) rows[o], true, rows.length, dimension, similarity, NEVER_ABORTS)
        : new FloatVectorSet(
            () -> o -> (float[]) rows[o], true, rows.length, dimension, similarity, NEVER_ABORTS);
  }

  /**
   * Some vectors of a set.
   *
   * @param ordinals of these vectors in {@code vectors}; their order is that of the result
   */
  public static VectorSet select(VectorSet vectors, int[] ordinals) {
    return new SelectedVectorSet(vectors, ordinals);
  }

  /**
   * Vectors in a segment's flat file, which stays open while the set is used. Works with every
   * {@link org.apache.lucene.store.Directory}: rows are read through Lucene's {@link
   * org.apache.lucene.store.IndexInput}, one copy of which is made for each cursor.
   *
   * @param abortCheck is called regularly while all vectors are read, which EUCLIDEAN and COSINE
   *     need for the lengths of vectors; an exception that it throws ends the reading
   * @throws IOException if the vectors cannot be read, or whatever the abort check throws
   * @throws IllegalArgumentException if the values are neither float nor byte vectors
   */
  public static VectorSet of(
      KnnVectorValues values, VectorSimilarityFunction similarity, IORunnable abortCheck)
      throws IOException {
    return switch (values) {
      case FloatVectorValues floats ->
          new FloatVectorSet(
              () -> FileRows.open(floats),
              false,
              values.size(),
              values.dimension(),
              similarity,
              abortCheck);
      case ByteVectorValues bytes ->
          new ByteVectorSet(
              () -> FileRows.open(bytes),
              false,
              values.size(),
              values.dimension(),
              similarity,
              abortCheck);
      default ->
          throw new IllegalArgumentException(
              "values must be float or byte vectors; values=" + values.getClass().getName());
    };
  }
}
