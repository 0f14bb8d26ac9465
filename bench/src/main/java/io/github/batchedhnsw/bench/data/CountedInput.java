// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a binary file front to back; its errors name file, offset and what was expected there. */
final class CountedInput implements Closeable {
  private static final int BUFFER_BYTES = 1 << 20;

  private final Path file;
  private final InputStream in;
  private final ByteOrder order;
  private long offset;

  CountedInput(Path file, ByteOrder order) throws IOException {
    this(file, Files.newInputStream(file), order);
  }

  CountedInput(Path file, InputStream in, ByteOrder order) {
    this.file = file;
    this.in = new BufferedInputStream(in, BUFFER_BYTES);
    this.order = order;
  }

  /** The next {@code length} bytes. */
  ByteBuffer read(int length, String what) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw error("expected %d bytes of %s, found %d".formatted(length, what, bytes.length));
    }
    offset += length;
    return ByteBuffer.wrap(bytes).order(order);
  }

  int readInt(String what) throws IOException {
    return read(Integer.BYTES, what).getInt();
  }

  /** Whether all bytes have been read. */
  boolean atEnd() throws IOException {
    in.mark(1);
    boolean end = in.read() < 0;
    in.reset();
    return end;
  }

  /** Fails unless all bytes have been read. */
  void expectEnd(String after) throws IOException {
    if (!atEnd()) {
      throw error("expected the end of the file after " + after);
    }
  }

  /** An error at the current offset. */
  IOException error(String expectation) {
    return new IOException("%s: at byte %d: %s".formatted(file, offset, expectation));
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
