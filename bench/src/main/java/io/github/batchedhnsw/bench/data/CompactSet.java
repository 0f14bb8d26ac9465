// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Properties;
import java.util.zip.GZIPInputStream;

/**
 * The real embeddings that come with the benchmark: 26,000 definitions of WordNet by
 * all-MiniLM-L6-v2 (25,000 to index, 1,000 to hold out) and 1,000 queries of another distribution,
 * as resources {@code documents.npy.gz} and {@code queries-ood.npy.gz}. A component is one signed
 * byte; all share one scale, which normalising removes.
 */
public final class CompactSet {
  /** The name of the set. */
  public static final String NAME = "wordnet-25k";

  /** The resources' folder, below the package of this class. */
  public static final String FOLDER = "wordnet-25k";

  /** The file name of a part is the part with this appended. */
  public static final String EXTENSION = ".npy.gz";

  /** The name of the file with dimension, rows and hashes. */
  public static final String PROPERTIES = "set.properties";

  private CompactSet() {}

  /**
   * Reads the set and compares it with its hashes.
   *
   * @return vectors at unit length
   * @throws IOException when a resource is missing or damaged
   */
  public static RealVectors read() throws IOException {
    return read(CompactSet::resource);
  }

  /** Reads the set from other files. */
  static RealVectors read(Checksums.Opener files) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = new InputStreamReader(files.open(PROPERTIES), StandardCharsets.UTF_8)) {
      properties.load(reader);
    }
    Checksums checksums = new Checksums(Path.of(FOLDER, PROPERTIES), properties);
    return new RealVectors(
            read(files, checksums, CachedSet.DOCUMENTS),
            read(files, checksums, CachedSet.OUT_OF_DISTRIBUTION))
        .normalised();
  }

  private static FloatVectors read(Checksums.Opener files, Checksums checksums, String part)
      throws IOException {
    byte[] bytes;
    try (InputStream in = files.open(part + EXTENSION)) {
      bytes = in.readAllBytes();
    }
    checksums.verify(
        part, Checksums.sha256(new ByteArrayInputStream(bytes)), "check the sources out again");
    return VectorFiles.npy(
            Path.of(FOLDER, part + EXTENSION),
            new GZIPInputStream(new ByteArrayInputStream(bytes)),
            Integer.MAX_VALUE)
        .vectors();
  }

  private static InputStream resource(String file) throws IOException {
    InputStream in = CompactSet.class.getResourceAsStream(FOLDER + "/" + file);
    if (in == null) {
      throw new IOException("expected a resource " + FOLDER + "/" + file);
    }
    return in;
  }
}
