// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import java.io.IOException;
import java.util.Arrays;

/**
 * Reads vectors of a {@link VectorSet} as float32, scaled to unit length for COSINE. Not
 * thread-safe: one instance per thread.
 */
public interface RowReader {

  /**
   * Writes the components of a vector to {@code destination}, from {@code offset} on.
   *
   * @throws IOException if the vector cannot be read
   */
  void read(int ordinal, float[] destination, int offset) throws IOException;

  /**
   * Interleaves the vectors of a block of a {@link Panel}, see {@link DistanceKernels#interleave};
   * a block that is not full is filled up with zeros.
   *
   * @param ordinals the first {@code count} from position {@code from} on
   * @param buffer for a block's rows
   * @throws IOException if a vector cannot be read
   */
  default void readBlock(
      int[] ordinals,
      int from,
      int count,
      int dimension,
      float[] buffer,
      float[] packed,
      int offset)
      throws IOException {
    for (int row = 0; row < count; row++) {
      read(ordinals[from + row], buffer, row * dimension);
    }
    Arrays.fill(buffer, count * dimension, buffer.length, 0);
    DistanceKernels.best().interleave(buffer, dimension, dimension, packed, offset);
  }

  /**
   * What is subtracted from products with this vector, so that their order is that of scores: half
   * the square of its length for EUCLIDEAN, else 0.
   */
  float bias(int ordinal);
}
