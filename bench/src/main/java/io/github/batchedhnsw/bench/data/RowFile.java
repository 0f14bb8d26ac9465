// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;

/**
 * Vectors in a file: row after row, little-endian, without a header. They are read one at a time,
 * so that never more than one is on the heap, and can be handed to other JVMs. Not thread-safe.
 */
public final class RowFile implements Closeable {
  private final Path path;
  private final FileChannel channel;
  private final VectorEncoding encoding;
  private final int dimension;
  private final ByteBuffer row;

  /**
   * Opens a file that {@link #write} has written.
   *
   * @throws IOException when it cannot be read or does not hold whole rows
   */
  public RowFile(Path path, VectorEncoding encoding, int dimension) throws IOException {
    this.path = path;
    this.encoding = encoding;
    this.dimension = dimension;
    row = newRow(encoding, dimension);
    channel = FileChannel.open(path, StandardOpenOption.READ);
    if (channel.size() % row.capacity() != 0) {
      long size = channel.size();
      channel.close();
      throw new IOException(
          "%s: expected a multiple of %d bytes (%d components, %s), found %d bytes"
              .formatted(path, row.capacity(), dimension, encoding, size));
    }
  }

  /**
   * Writes all rows to a file.
   *
   * @throws IOException when it cannot be written
   */
  public static void write(Vectors vectors, Path path) throws IOException {
    ByteBuffer row =
        ByteBuffer.allocate(vectors.dimension() * vectors.encoding().byteSize)
            .order(ByteOrder.LITTLE_ENDIAN);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(path), 1 << 16)) {
      for (int i = 0; i < vectors.count(); i++) {
        switch (vectors) {
          case FloatVectors floats -> row.asFloatBuffer().put(floats.rows()[i]);
          case ByteVectors bytes -> row.put(0, bytes.rows()[i]);
        }
        out.write(row.array());
      }
    }
  }

  private static ByteBuffer newRow(VectorEncoding encoding, int dimension) {
    return ByteBuffer.allocateDirect(dimension * encoding.byteSize).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Number of rows.
   *
   * @throws IOException when the file is gone
   */
  public int count() throws IOException {
    return Math.toIntExact(channel.size() / row.capacity());
  }

  /** A reusable indexed field whose vector is zero until {@link #setField} is called. */
  public Field newField(String name, VectorSimilarityFunction similarity) {
    return switch (encoding) {
      case FLOAT32 -> new KnnFloatVectorField(name, new float[dimension], similarity);
      case BYTE -> new KnnByteVectorField(name, new byte[dimension], similarity);
    };
  }

  /**
   * Overwrites the vector of a field made by {@link #newField} with a row.
   *
   * @throws IOException when the row cannot be read
   */
  public void setField(Field field, int index) throws IOException {
    read(index);
    switch (encoding) {
      case FLOAT32 -> row.asFloatBuffer().get(((KnnFloatVectorField) field).vectorValue());
      case BYTE -> row.get(((KnnByteVectorField) field).vectorValue());
    }
  }

  /**
   * All rows, on the heap.
   *
   * @throws IOException when they cannot be read
   */
  public Vectors load() throws IOException {
    int count = count();
    return switch (encoding) {
      case FLOAT32 -> {
        float[][] rows = new float[count][dimension];
        for (int i = 0; i < count; i++) {
          read(i);
          row.asFloatBuffer().get(rows[i]);
        }
        yield new FloatVectors(rows);
      }
      case BYTE -> {
        byte[][] rows = new byte[count][dimension];
        for (int i = 0; i < count; i++) {
          read(i);
          row.get(rows[i]);
        }
        yield new ByteVectors(rows);
      }
    };
  }

  private void read(int index) throws IOException {
    row.clear();
    long start = (long) index * row.capacity();
    while (row.hasRemaining()) {
      if (channel.read(row, start + row.position()) < 0) {
        throw new EOFException(
            "%s: row must be in [0, %d); row=%d".formatted(path, count(), index));
      }
    }
    row.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
