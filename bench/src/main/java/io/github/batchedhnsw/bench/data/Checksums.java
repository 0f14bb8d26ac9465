// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * What the properties beside a stored data set say: its dimension, and rows and SHA-256 of each
 * part.
 *
 * @param file the properties, for messages
 * @param properties their content
 */
public record Checksums(Path file, Properties properties) {

  /** Opens the file of a part. */
  @FunctionalInterface
  public interface Opener {
    /** The bytes of the file. */
    InputStream open(String part) throws IOException;
  }

  /** Whether the set has this part. */
  boolean knows(String part) {
    return properties.containsKey(part + ".sha256");
  }

  /** Components of each vector. */
  int dimension() throws IOException {
    return Integer.parseInt(required("dimension"));
  }

  /**
   * Compares the hash of a part with the expected one.
   *
   * @param remedy what to do about a damaged file
   */
  void verify(String part, String found, String remedy) throws IOException {
    String expected = required(part + ".sha256");
    if (!found.equals(expected)) {
      throw new IOException(
          "%s: %s: expected SHA-256 %s, found %s; %s"
              .formatted(file, part, expected, found, remedy));
    }
  }

  private String required(String key) throws IOException {
    String value = properties.getProperty(key);
    if (value == null) {
      throw new IOException(file + ": expected a value of " + key);
    }
    return value;
  }

  /**
   * The text of the properties of a set.
   *
   * @param name of the set
   * @param dimension components of each vector
   * @param rows of each part
   * @param about the source and how the set was made
   * @param opener of the parts' files
   * @throws IOException when a file cannot be read
   */
  public static String describe(
      String name,
      int dimension,
      Map<String, Integer> rows,
      Map<String, String> about,
      Opener opener)
      throws IOException {
    Map<String, String> entries = new TreeMap<>(about);
    entries.put("name", name);
    entries.put("dimension", Integer.toString(dimension));
    for (Map.Entry<String, Integer> part : rows.entrySet()) {
      entries.put(part.getKey() + ".rows", part.getValue().toString());
      try (InputStream in = opener.open(part.getKey())) {
        entries.put(part.getKey() + ".sha256", sha256(in));
      }
    }
    StringBuilder text = new StringBuilder("# Made by bench/run embed.\n");
    entries.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
    return text.toString();
  }

  /** The SHA-256 of what is left of a stream, in hexadecimal digits. */
  public static String sha256(InputStream in) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      InputStream digested = new DigestInputStream(in, digest);
      byte[] buffer = new byte[1 << 16];
      while (digested.read(buffer) >= 0) {
        // Reading feeds the digest.
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
