// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import java.io.IOException;
import org.apache.lucene.codecs.lucene95.OffHeapByteVectorValues;
import org.apache.lucene.codecs.lucene95.OffHeapFloatVectorValues;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.store.IndexInput;

/**
 * Rows of Lucene's flat file of vectors, one after the other, read directly to where they are
 * needed. Lucene's values read each row into an array of their own first.
 */
final class FileRows<T> implements Rows<T> {
  private final IndexInput file;
  private final Reader<T> reader;
  private final int dimension;
  private final int rowBytes;
  private final T last; // the row that was read last
  private int lastOrdinal = -1;

  /** Reads components from where a file is. */
  @FunctionalInterface
  private interface Reader<T> {
    void read(IndexInput file, T destination, int offset, int count) throws IOException;
  }

  private FileRows(IndexInput file, Reader<T> reader, int dimension, int rowBytes, T last) {
    this.file = file;
    this.reader = reader;
    this.dimension = dimension;
    this.rowBytes = rowBytes;
    this.last = last;
  }

  /** Opens a cursor over values. If they are not those of a flat file, it reads through them. */
  static Rows<float[]> open(FloatVectorValues values) throws IOException {
    FloatVectorValues copy = values.copy();
    if (!(copy instanceof OffHeapFloatVectorValues flat) || flat.getSlice() == null) {
      return copy::vectorValue;
    }
    int dimension = copy.dimension();
    return new FileRows<>(
        flat.getSlice(),
        IndexInput::readFloats,
        dimension,
        dimension * Float.BYTES,
        new float[dimension]);
  }

  /** Opens a cursor over values. If they are not those of a flat file, it reads through them. */
  static Rows<byte[]> open(ByteVectorValues values) throws IOException {
    ByteVectorValues copy = values.copy();
    if (!(copy instanceof OffHeapByteVectorValues flat) || flat.getSlice() == null) {
      return copy::vectorValue;
    }
    int dimension = copy.dimension();
    return new FileRows<>(
        flat.getSlice(), IndexInput::readBytes, dimension, dimension, new byte[dimension]);
  }

  @Override
  public T row(int ordinal) throws IOException {
    if (ordinal != lastOrdinal) {
      lastOrdinal = -1; // in case that reading fails
      copy(ordinal, last, 0);
      lastOrdinal = ordinal;
    }
    return last;
  }

  @Override
  public void copy(int ordinal, T destination, int offset) throws IOException {
    file.seek((long) ordinal * rowBytes);
    reader.read(file, destination, offset, dimension);
  }
}
