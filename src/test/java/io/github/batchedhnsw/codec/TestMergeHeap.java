// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import static org.apache.lucene.index.VectorSimilarityFunction.EUCLIDEAN;

import io.github.batchedhnsw.ChildJvm;
import io.github.batchedhnsw.VectorData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.LuceneTestCase.SuppressFileSystems;

/**
 * A merge gets along with the heap that it says it will take, and what is documented besides; with
 * a share of that it does not, so the estimate is not far too high, either. See {@link MergeHeap}.
 */
@SuppressFileSystems("*") // another JVM opens the files
public class TestMergeHeap extends LuceneTestCase {
  private static final int DIMENSION = 96;

  /** Besides the estimate: where each vector's document goes, and the length of each vector. */
  private static final int BYTES_PER_VECTOR = 8;

  private static final Codec WITH_GRAPHS = Indexes.codec(Indexes.ours());
  private static final Codec WITHOUT_GRAPHS =
      Indexes.anyCodec(new Lucene99HnswVectorsFormat(16, 100, 1_000_000));

  @Nightly
  public void testBulk() throws Exception {
    float[][] vectors = vectors(20_000);
    Path index = index(vectors, WITHOUT_GRAPHS, vectors.length / 2);
    assertHeap(index, vectors.length, BuildOptions.UNLIMITED_MEMORY, 1, 6, "bulk", 0.3);
    assertHeap(index, vectors.length, BuildOptions.UNLIMITED_MEMORY, 2, 10, "bulk", 0.3);
  }

  @Nightly
  public void testInsertion() throws Exception {
    float[][] vectors = vectors(20_000);
    Path index = index(vectors, WITHOUT_GRAPHS, vectors.length / 2);
    assertHeap(index, vectors.length, 1, 1, 3, "insertion", 0.4);
  }

  /** Takes much less than it says: it may have to build in bulk, see below. */
  @Nightly
  public void testExtension() throws Exception {
    float[][] vectors = vectors(20_000);
    Path index = index(vectors, WITH_GRAPHS, vectors.length * 9 / 10);
    assertHeap(index, vectors.length, BuildOptions.UNLIMITED_MEMORY, 1, 6, "extension", 0.3);
  }

  /** Then a merge that was to extend a graph builds in bulk. */
  public void testExtensionThatFindsDuplicates() throws Exception {
    float[][] vectors = vectors(20_000);
    int base = vectors.length * 9 / 10;
    for (int i = base; i < vectors.length; i += 10) {
      vectors[i] = vectors[i + 1];
    }
    Path index = index(vectors, WITH_GRAPHS, base);
    assertHeap(index, vectors.length, BuildOptions.UNLIMITED_MEMORY, 1, 6, "extension", 0.3);
  }

  private static float[][] vectors(int size) {
    return VectorData.lowRank(new Random(42), size, DIMENSION, 48, 0.05f);
  }

  /** Two segments, the first of a given size. */
  private static Path index(float[][] vectors, Codec codec, int first) throws IOException {
    Path path = createTempDir();
    try (Directory directory = FSDirectory.open(path);
        IndexWriter writer =
            new IndexWriter(
                directory,
                Indexes.config(codec)
                    .setRAMBufferSizeMB(1000)
                    .setMergePolicy(NoMergePolicy.INSTANCE))) {
      for (int i = 0; i < vectors.length; i++) {
        writer.addDocument(Indexes.document(i, vectors[i], EUCLIDEAN));
        if (i == first - 1) {
          writer.flush();
        }
      }
    }
    return path;
  }

  /**
   * Merges three times: with plenty of room, so that all classes are there, with what it says, and
   * with too little.
   *
   * @param scratchMb room besides the estimate and what vectors take
   */
  private static void assertHeap(
      Path index,
      int size,
      long memoryBudgetBytes,
      int workers,
      int scratchMb,
      String builder,
      double tooLittle)
      throws Exception {
    String output =
        ChildJvm.run(
            createTempDir().resolve("log"),
            List.of(
                "-Xmx128m",
                "-Xmn4m",
                "-XX:+UseSerialGC", // lets the heap be filled to the brim,
                "-XX:MarkSweepDeadRatio=0", // and leaves nothing there
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                MergeHeap.class.getName(),
                index.toString(),
                Long.toString(memoryBudgetBytes),
                Integer.toString(workers),
                Long.toString(scratchMb * 1_000_000L + (long) size * BYTES_PER_VECTOR),
                "2",
                "1",
                Double.toString(tooLittle)));
    for (String expected :
        List.of("2: " + builder, "1: " + builder, tooLittle + ": out of memory")) {
      assertTrue(expected + " in " + output, output.lines().anyMatch(expected::equals));
    }
  }
}
