// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.embed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A {@code .vec} file (little-endian floats) that grows by chunks and goes on where a killed run
 * stopped. While it grows it is called {@code FILE.part}, and a journal {@code FILE.part.chunks}
 * beside it holds what the file is made from in its first line, then rows and CRC-32C of each
 * chunk. When opened, the chunks are read again and all from the first damaged one on are dropped.
 */
final class ResumableVectors implements AutoCloseable {
  private final Path file;
  private final Path part;
  private final Path journal;
  private final int dimension;
  private final FileChannel channel;
  private int rows;

  /**
   * Opens a file that is not finished.
   *
   * @param file the finished file's name
   * @param dimension components of each vector
   * @param fingerprint of the source, one line; a started file of another source is thrown away
   */
  ResumableVectors(Path file, int dimension, String fingerprint) throws IOException {
    this.file = file;
    this.dimension = dimension;
    part = file.resolveSibling(file.getFileName() + ".part");
    journal = file.resolveSibling(file.getFileName() + ".part.chunks");
    channel =
        FileChannel.open(
            part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    resume(fingerprint);
  }

  /** Whole rows written so far. */
  int rows() {
    return rows;
  }

  /** Writes a chunk through to the disk, then its line of the journal. */
  void append(float[][] vectors) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(vectors.length * dimension * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (float[] vector : vectors) {
      for (float component : vector) {
        bytes.putFloat(component);
      }
    }
    bytes.flip();
    String line = line(vectors.length, bytes.duplicate());
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(false);
    Files.writeString(journal, line, StandardOpenOption.APPEND);
    rows += vectors.length;
  }

  /** Gives the complete file its name. */
  void finish() throws IOException {
    channel.close();
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Files.delete(journal);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private void resume(String fingerprint) throws IOException {
    List<String> lines =
        Files.exists(journal) ? Files.readAllLines(journal, StandardCharsets.UTF_8) : List.of();
    StringBuilder kept = new StringBuilder(fingerprint).append('\n');
    if (!lines.isEmpty() && lines.getFirst().equals(fingerprint)) {
      for (String line : lines.subList(1, lines.size())) {
        if (!isIntact(line)) {
          break;
        }
        kept.append(line).append('\n');
        rows += chunkRows(line);
      }
    }
    Files.writeString(journal, kept);
    channel.truncate(offsetBytes(rows));
    channel.position(offsetBytes(rows));
  }

  /** Whether the rows that follow those known to be good are what a line of the journal says. */
  private boolean isIntact(String line) throws IOException {
    int count = chunkRows(line);
    if (count < 1 || channel.size() < offsetBytes(rows + count)) {
      return false;
    }
    ByteBuffer bytes = ByteBuffer.allocate(count * dimension * Float.BYTES);
    while (bytes.hasRemaining()) {
      channel.read(bytes, offsetBytes(rows) + bytes.position());
    }
    return (line + "\n").equals(line(count, bytes.flip()));
  }

  private long offsetBytes(int row) {
    return (long) row * dimension * Float.BYTES;
  }

  /** The rows of a chunk, 0 if the line is not one: the last line may be cut off. */
  private static int chunkRows(String line) {
    return line.matches("[0-9]{1,6} [0-9a-f]{8}") ? Integer.parseInt(line.split(" ")[0]) : 0;
  }

  private static String line(int count, ByteBuffer bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    return "%d %08x\n".formatted(count, checksum.getValue());
  }
}
