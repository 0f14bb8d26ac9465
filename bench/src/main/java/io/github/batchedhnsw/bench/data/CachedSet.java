package io.github.batchedhnsw.bench.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

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

  /** The name of GloVe's word vectors. */
  public static final String GLOVE = "glove-100";

  private static final String PROPERTIES = "set.properties";

  /**
   * The set of a name in the cache: in the folder that the system property {@code bench.cache} or
   * the environment variable {@code BENCH_CACHE} names, else in {@code ~/.cache/lucene-batched-hnsw}.
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
    return folder.resolve(part + ".vec");
  }

  /** Whether the set is complete. */
  public boolean exists() {
    return Files.exists(folder.resolve(PROPERTIES));
  }

  /** Whether the set brings queries of another distribution. */
  public boolean hasOutOfDistribution() throws IOException {
    return properties().containsKey(OUT_OF_DISTRIBUTION + ".rows");
  }

  /**
   * Reads one part and compares it with its hash.
   *
   * @param part {@link #DOCUMENTS} or {@link #OUT_OF_DISTRIBUTION}
   * @throws IOException when the set was never made, then with the command that makes it, or when a
   *     file is damaged
   */
  public FloatVectors read(String part) throws IOException {
    if (!exists()) {
      throw new IOException(
          "%s: no data set %s; make it with: bench/run embed --data %s"
              .formatted(folder, name, name));
    }
    Properties properties = properties();
    String expected = required(properties, part + ".sha256");
    String found = sha256(file(part));
    if (!found.equals(expected)) {
      throw new IOException(
          "%s: expected SHA-256 %s as in %s, found %s; remove the folder and run bench/run embed"
                  .formatted(file(part), expected, PROPERTIES, found)
              + " --data "
              + name);
    }
    int dimension = Integer.parseInt(required(properties, "dimension"));
    return VectorFiles.read(file(part), dimension, Integer.MAX_VALUE).vectors();
  }

  /**
   * Writes the properties, after which the set counts as complete.
   *
   * @param dimension components of each vector
   * @param rows of each part
   * @param about the source and how the set was made
   */
  public void complete(int dimension, Map<String, Integer> rows, Map<String, String> about)
      throws IOException {
    Map<String, String> entries = new TreeMap<>(about);
    entries.put("name", name);
    entries.put("dimension", Integer.toString(dimension));
    for (Map.Entry<String, Integer> part : rows.entrySet()) {
      entries.put(part.getKey() + ".rows", part.getValue().toString());
      entries.put(part.getKey() + ".sha256", sha256(file(part.getKey())));
    }
    StringBuilder text = new StringBuilder("# Made by bench/run embed.\n");
    entries.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
    Path written = folder.resolve(PROPERTIES + ".part");
    Files.writeString(written, text);
    Files.move(written, folder.resolve(PROPERTIES));
  }

  private Properties properties() throws IOException {
    Properties properties = new Properties();
    try (Reader reader =
        Files.newBufferedReader(folder.resolve(PROPERTIES), StandardCharsets.UTF_8)) {
      properties.load(reader);
    }
    return properties;
  }

  private String required(Properties properties, String key) throws IOException {
    String value = properties.getProperty(key);
    if (value == null) {
      throw new IOException(folder.resolve(PROPERTIES) + ": expected a value of " + key);
    }
    return value;
  }

  /** The SHA-256 of a file in hexadecimal digits. */
  static String sha256(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
        byte[] buffer = new byte[1 << 16];
        while (in.read(buffer) >= 0) {
          // The stream feeds the digest.
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
