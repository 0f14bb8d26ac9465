// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.cold;

import io.github.batchedhnsw.bench.data.ByteVectors;
import io.github.batchedhnsw.bench.data.FloatVectors;
import io.github.batchedhnsw.bench.data.Vectors;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.lucene.index.VectorEncoding;

/**
 * Prepared vectors on their way to another process: encoding, rows and dimension as ints, then the
 * components, all big-endian. Reading costs what copying the bytes costs.
 */
final class VectorsFile {
  private static final int HEADER_BYTES = 3 * Integer.BYTES;

  private VectorsFile() {}

  /** Writes over what is there. */
  static void write(Vectors vectors, Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
      header.putInt(vectors.encoding().ordinal()).putInt(vectors.count());
      write(channel, header.putInt(vectors.dimension()).flip());
      ByteBuffer row = rowBuffer(vectors.encoding(), vectors.dimension());
      for (int i = 0; i < vectors.count(); i++) {
        row.clear();
        switch (vectors) {
          case FloatVectors floats -> row.asFloatBuffer().put(floats.rows()[i]);
          case ByteVectors bytes -> row.put(bytes.rows()[i]);
        }
        write(channel, row.clear());
      }
    }
  }

  private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Reads all rows onto the heap. */
  static Vectors read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
      read(channel, header);
      VectorEncoding encoding = VectorEncoding.values()[header.getInt()];
      int count = header.getInt();
      int dimension = header.getInt();
      ByteBuffer row = rowBuffer(encoding, dimension);
      return switch (encoding) {
        case FLOAT32 -> {
          float[][] rows = new float[count][dimension];
          for (float[] components : rows) {
            read(channel, row.clear());
            row.asFloatBuffer().get(components);
          }
          yield new FloatVectors(rows);
        }
        case BYTE -> {
          byte[][] rows = new byte[count][dimension];
          for (byte[] components : rows) {
            read(channel, row.clear());
            row.get(components);
          }
          yield new ByteVectors(rows);
        }
      };
    }
  }

  private static void read(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) < 0) {
        throw new EOFException("prepared vectors end early, at byte " + channel.position());
      }
    }
    bytes.flip();
  }

  private static ByteBuffer rowBuffer(VectorEncoding encoding, int dimension) {
    return ByteBuffer.allocateDirect(encoding.byteSize * dimension);
  }
}
