// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.hosts;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * WordNet's glosses by MiniLM in the order of its files, and queries that are none of them. {@code
 * bench/run embed} makes the set; see bench/README.md.
 *
 * @param documents to index
 * @param queries to search for
 */
record RealVectors(float[][] documents, float[][] queries) {
  static final int DIMENSION = 384;

  private static final Path FOLDER =
      Path.of(System.getProperty("user.home"), ".cache/lucene-batched-hnsw/wordnet-minilm");

  /** Whether the set has been made. */
  static boolean exist() {
    return Files.exists(FOLDER.resolve("documents.vec"));
  }

  /** The first of the set. */
  static RealVectors read(int documents, int queries) throws IOException {
    return new RealVectors(
        rows(FOLDER.resolve("documents.vec"), documents),
        rows(FOLDER.resolve("queries-ood.vec"), queries));
  }

  /** Rows of float32, little-endian. */
  private static float[][] rows(Path file, int count) throws IOException {
    float[][] rows = new float[count][DIMENSION];
    try (FileChannel channel = FileChannel.open(file)) {
      long bytes = (long) count * DIMENSION * Float.BYTES;
      ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, bytes);
      mapped.order(ByteOrder.LITTLE_ENDIAN);
      for (float[] row : rows) {
        for (int i = 0; i < DIMENSION; i++) {
          row[i] = mapped.getFloat();
        }
      }
    }
    return rows;
  }

  /** Numbers of the exact k nearest documents of every query. */
  List<Set<String>> nearest(int k) {
    List<Set<String>> all = new ArrayList<>();
    for (float[] query : queries) {
      double[] distances =
          IntStream.range(0, documents.length)
              .mapToDouble(i -> squaredDistance(query, documents[i]))
              .toArray();
      Set<String> nearest = new HashSet<>();
      IntStream.range(0, documents.length)
          .boxed()
          .sorted(Comparator.comparingDouble(i -> distances[i]))
          .limit(k)
          .forEach(i -> nearest.add(Integer.toString(i)));
      all.add(nearest);
    }
    return all;
  }

  private static double squaredDistance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (double) (a[i] - b[i]);
    }
    return sum;
  }
}
