// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Properties;

/**
 * A real data set that {@code bench/run embed} made once and keeps for all work trees: a folder
 * with {@code documents.vec}, where there are any {@code queries-ood.vec}, and {@code
 * set.properties}, which is written last and holds the dimension, the rows and the SHA-256 of each
 * file. Vectors are little-endian floats, row after row.
 *
 * @param folder where the files are
 * @param name of the set
 */
public record CachedSet(Path folder, String name) {
  /** Vectors to index, in the natural order of their source. */
  public static final String DOCUMENTS = "documents";

  /** Queries that are of another distribution than the documents. */
  public static final String OUT_OF_DISTRIBUTION = "queries-ood";

  private static final String EXTENSION = ".vec";
  private static final String PROPERTIES = "set.properties";

  /**
   * The set of a name in the cache: in the folder that the system property {@code bench.cache} or
   * the environment variable {@code BENCH_CACHE} names, else in {@code
   * ~/.cache/lucene-batched-hnsw}.
   */
  public static CachedSet named(String name) {
    String told = System.getProperty("bench.cache", System.getenv("BENCH_CACHE"));
    Path cache =
        told != null && !told.isEmpty()
            ? Path.of(told)
            : Path.of(System.getProperty("user.home"), ".cache", "lucene-batched-hnsw");
    return new CachedSet(cache.resolve(name), name);
  }

  /** The file of one part. */
  public Path file(String part) {
    return folder.resolve(part + EXTENSION);
  }

  /** Whether the set is complete. */
  public boolean exists() {
    return Files.exists(folder.resolve(PROPERTIES));
  }

  /**
   * Reads the set and compares it with its hashes.
   *
   * @throws IOException when the set was never made, then with the command that makes it, or when a
   *     file is damaged
   */
  public RealVectors read() throws IOException {
    if (!exists()) {
      throw new IOException(
          "%s: expected the data set %s, found none; make it with: bench/run embed --data %s"
              .formatted(folder, name, name));
    }
    Properties properties = new Properties();
    try (Reader reader =
        Files.newBufferedReader(folder.resolve(PROPERTIES), StandardCharsets.UTF_8)) {
      properties.load(reader);
    }
    Checksums checksums = new Checksums(folder.resolve(PROPERTIES), properties);
    boolean hasQueries = checksums.knows(OUT_OF_DISTRIBUTION);
    return new RealVectors(
        read(checksums, DOCUMENTS), hasQueries ? read(checksums, OUT_OF_DISTRIBUTION) : null);
  }

  private FloatVectors read(Checksums checksums, String part) throws IOException {
    try (InputStream in = Files.newInputStream(file(part))) {
      checksums.verify(
          part, Checksums.sha256(in), "remove the folder and run: bench/run embed --data " + name);
    }
    return VectorFiles.read(file(part), checksums.dimension(), Integer.MAX_VALUE).vectors();
  }

  /**
   * Writes the properties, after which the set counts as complete.
   *
   * @param dimension components of each vector
   * @param rows of each part
   * @param about the source and how the set was made
   * @throws IOException when a file is missing or cannot be read
   */
  public void complete(int dimension, Map<String, Integer> rows, Map<String, String> about)
      throws IOException {
    Path written = folder.resolve(PROPERTIES + ".part");
    Files.writeString(
        written,
        Checksums.describe(name, dimension, rows, about, part -> Files.newInputStream(file(part))));
    Files.move(written, folder.resolve(PROPERTIES), StandardCopyOption.REPLACE_EXISTING);
  }
}
