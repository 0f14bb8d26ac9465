// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.eval;

import io.github.batchedhnsw.bench.data.Dataset;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.IntPredicate;

/**
 * Exact neighbours on disk, keyed by a SHA-256 of vectors, queries, metric, k and what is deleted.
 *
 * @param directory created when missing; safe to delete at any time
 */
public record GroundTruthCache(Path directory) {

  /**
   * Reads the exact neighbours, or computes and stores them.
   *
   * @param live which rows exist
   * @param liveKey names {@code live} in the key, e.g. "all"
   * @throws IOException when the cache cannot be read or written
   */
  public GroundTruth get(Dataset data, int k, IntPredicate live, String liveKey)
      throws IOException {
    Files.createDirectories(directory);
    Path file = directory.resolve("exact-" + key(data, k, liveKey) + ".bin");
    if (Files.exists(file)) {
      return read(file);
    }
    GroundTruth truth = GroundTruth.compute(data, k, live);
    Path partial = Files.createTempFile(directory, "exact", ".partial");
    write(truth, partial);
    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return truth;
  }

  private static String key(Dataset data, int k, String liveKey) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      data.base().digest(digest);
      data.queries().digest(digest);
      String parameters = "v1 " + data.similarity() + " " + k + " " + liveKey;
      digest.update(parameters.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest(), 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  private static GroundTruth read(Path file) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      int queries = in.readInt();
      int[][] rows = new int[queries][];
      float[][] scores = new float[queries][];
      for (int query = 0; query < queries; query++) {
        int k = in.readInt();
        rows[query] = new int[k];
        scores[query] = new float[k];
        for (int i = 0; i < k; i++) {
          rows[query][i] = in.readInt();
          scores[query][i] = in.readFloat();
        }
      }
      return new GroundTruth(rows, scores);
    }
  }

  private static void write(GroundTruth truth, Path file) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
      out.writeInt(truth.rows().length);
      for (int query = 0; query < truth.rows().length; query++) {
        out.writeInt(truth.rows()[query].length);
        for (int i = 0; i < truth.rows()[query].length; i++) {
          out.writeInt(truth.rows()[query][i]);
          out.writeFloat(truth.scores()[query][i]);
        }
      }
    }
  }
}
