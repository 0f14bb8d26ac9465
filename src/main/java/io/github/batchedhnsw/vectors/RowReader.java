package io.github.batchedhnsw.vectors;

import java.io.IOException;

/**
 * Reads vectors of a {@link VectorSet} as float32, scaled to unit length for COSINE, into a {@link
 * Panel}. Not thread-safe: one instance per thread.
 */
public interface RowReader {

  /**
   * Writes the components of a vector to {@code destination}, from {@code offset} on.
   *
   * @throws IOException if the vector cannot be read
   */
  void read(int ordinal, float[] destination, int offset) throws IOException;

  /** What {@link Metric#score} subtracts for this vector. */
  float bias(int ordinal);
}
