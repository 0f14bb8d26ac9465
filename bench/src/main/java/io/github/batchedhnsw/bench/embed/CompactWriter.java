// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.embed;

import io.github.batchedhnsw.bench.data.CachedSet;
import io.github.batchedhnsw.bench.data.Checksums;
import io.github.batchedhnsw.bench.data.CompactSet;
import io.github.batchedhnsw.bench.data.Encodings;
import io.github.batchedhnsw.bench.data.FloatVectors;
import io.github.batchedhnsw.bench.data.RealVectors;
import io.github.batchedhnsw.bench.data.RowOrder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * Makes the set that comes with the benchmark out of a cached one: vectors drawn by a seed, in
 * their natural order, as signed bytes with one scale, in NumPy's format.
 */
final class CompactWriter {
  static final int DOCUMENTS = 26_000;
  static final int OUT_OF_DISTRIBUTION = 1_000;
  static final long SEED = 42;
  private static final int LARGEST = 127;
  private static final int NPY_ALIGNMENT_BYTES = 64;
  private static final int NPY_PREAMBLE_BYTES = 10;

  private CompactWriter() {}

  /**
   * Writes the files.
   *
   * @param folder where to
   * @param all the vectors to choose from
   * @param documents how many of them
   * @param outOfDistribution how many queries of another distribution
   */
  static void write(Path folder, RealVectors all, int documents, int outOfDistribution)
      throws IOException {
    Files.createDirectories(folder);
    FloatVectors chosen = RowOrder.sample(all.documents(), documents, SEED);
    FloatVectors queries = all.outOfDistribution().slice(0, outOfDistribution);
    float scale =
        LARGEST / Math.max(Encodings.largestComponent(chosen), Encodings.largestComponent(queries));
    write(file(folder, CachedSet.DOCUMENTS), chosen, scale);
    write(file(folder, CachedSet.OUT_OF_DISTRIBUTION), queries, scale);
    Files.writeString(
        folder.resolve(CompactSet.PROPERTIES),
        Checksums.describe(
            CompactSet.NAME,
            chosen.dimension(),
            Map.of(
                CachedSet.DOCUMENTS, documents, CachedSet.OUT_OF_DISTRIBUTION, outOfDistribution),
            Map.of(
                "source",
                "WordNet 3.1 definitions by all-MiniLM-L6-v2 (quantized ONNX), drawn with seed "
                    + SEED,
                "scale",
                Float.toString(scale)),
            part -> Files.newInputStream(file(folder, part))));
  }

  private static Path file(Path folder, String part) {
    return folder.resolve(part + CompactSet.EXTENSION);
  }

  private static void write(Path file, FloatVectors vectors, float scale) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(npyHeader(vectors.count(), vectors.dimension()));
      byte[] bytes = new byte[vectors.dimension()];
      for (float[] row : vectors.rows()) {
        for (int i = 0; i < row.length; i++) {
          bytes[i] = (byte) Math.round(row[i] * scale);
        }
        out.write(bytes);
      }
    }
  }

  /** Version 1.0 of NumPy's format: magic, version, length, a padded dictionary. */
  private static byte[] npyHeader(int rows, int columns) {
    String dictionary =
        "{'descr': '|i1', 'fortran_order': False, 'shape': (%d, %d), }".formatted(rows, columns);
    int unpadded = NPY_PREAMBLE_BYTES + dictionary.length() + 1;
    int padding = (NPY_ALIGNMENT_BYTES - unpadded % NPY_ALIGNMENT_BYTES) % NPY_ALIGNMENT_BYTES;
    String header = dictionary + " ".repeat(padding) + "\n";
    byte[] bytes = new byte[NPY_PREAMBLE_BYTES + header.length()];
    byte[] preamble = {
      (byte) 0x93,
      'N',
      'U',
      'M',
      'P',
      'Y',
      1,
      0,
      (byte) header.length(),
      (byte) (header.length() >>> 8)
    };
    System.arraycopy(preamble, 0, bytes, 0, preamble.length);
    byte[] text = header.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, bytes, preamble.length, text.length);
    return bytes;
  }
}
