// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.scaling;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * A digest of an index's graph files that two builds share exactly when they wrote the same graph.
 * What differs between any two Lucene segments, the random segment identifier in the header and
 * with it the checksum in the footer, is masked.
 */
public final class GraphBytes {
  private static final int MAGIC_BYTES = 4;
  private static final int VERSION_BYTES = 4;
  private static final int SEGMENT_ID_BYTES = 16;
  private static final int CHECKSUM_BYTES = 8;

  private GraphBytes() {}

  /**
   * SHA-256 over all {@code .vex} and {@code .vem} files in the order of their names.
   *
   * @throws IOException when a file cannot be read or there is none
   */
  public static String sha256(Path index) throws IOException {
    try (Stream<Path> files = Files.list(index)) {
      List<Path> graphFiles =
          files.filter(file -> file.toString().matches(".*\\.(vex|vem)")).sorted().toList();
      if (graphFiles.isEmpty()) {
        throw new IOException(index + ": expected .vex and .vem files");
      }
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path file : graphFiles) {
        digest.update(masked(Files.readAllBytes(file)));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** Lucene's index header is: magic, length and name of the codec, version, segment id, suffix. */
  static byte[] masked(byte[] bytes) {
    int codecNameBytes = bytes[MAGIC_BYTES];
    int id = MAGIC_BYTES + 1 + codecNameBytes + VERSION_BYTES;
    Arrays.fill(bytes, id, id + SEGMENT_ID_BYTES, (byte) 0);
    Arrays.fill(bytes, bytes.length - CHECKSUM_BYTES, bytes.length, (byte) 0);
    return bytes;
  }
}
