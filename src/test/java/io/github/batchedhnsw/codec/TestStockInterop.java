// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.ChildJvm;
import io.github.batchedhnsw.construction.BatchGraphBuilder;
import io.github.batchedhnsw.stockonly.StockOnly;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.LuceneTestCase.SuppressFileSystems;

/** Stock Lucene takes our segments as its own, and we take stock's. */
@SuppressFileSystems("*") // another JVM opens the files
public class TestStockInterop extends LuceneTestCase {
  private static final VectorSimilarityFunction EUCLIDEAN = VectorSimilarityFunction.EUCLIDEAN;

  /** Some classes of ours, which a JVM with stock Lucene only does not have. */
  private static final List<Class<?>> OURS =
      List.of(
          BatchedHnswVectorsFormat.class,
          BatchedHnswCodec.class,
          BatchGraphBuilder.class,
          VectorSets.class);

  /** There and back again: we write, a JVM without our classes merges, we merge that. */
  public void testAJvmWithoutOurClasses() throws Exception {
    checkAJvmWithoutOurClasses(new BatchedHnswVectorsFormat());
  }

  static void checkAJvmWithoutOurClasses(KnnVectorsFormat format) throws Exception {
    int size = 1200; // stock's default threshold leaves graphs away below about 650
    int added = 800;
    int dimension = 8;
    long seed = random().nextInt();
    float[][] vectors = StockOnly.vectors(seed, size, dimension);
    Path path = createTempDir("index");
    try (Directory dir = FSDirectory.open(path)) {
      Codec codec = Indexes.anyCodec(format);
      index(dir, codec, vectors, 0);

      String output = runStockOnly(path, size, dimension, seed, added);
      assertTrue(output, output.contains("opened by stock Lucene: yes"));
      for (Class<?> ours : OURS) {
        assertTrue(output, output.lines().anyMatch(("absent: " + ours.getName())::equals));
      }

      float[][] more = StockOnly.vectors(seed + 1, added, dimension);
      float[][] last = StockOnly.vectors(seed + 7, 100, dimension);
      index(dir, codec, last, size + added);
      try (IndexWriter writer = new IndexWriter(dir, Indexes.config(codec))) {
        writer.forceMerge(1);
      }
      Indexes.check(dir);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        assertEquals(1, reader.leaves().size());
        assertEquals(size + added + 100, Indexes.graph(getOnlyLeafReader(reader), "v").size());
        Map<Integer, float[]> byId = new HashMap<>();
        put(byId, 0, vectors);
        put(byId, size, more);
        put(byId, size + added, last);
        float[][] all = new float[byId.size()][];
        byId.forEach((id, vector) -> all[id] = vector);
        assertEquals(ids(all.length), Indexes.idsWithVectors(reader, "v", all));
        double recall =
            Indexes.recall(reader, "v", StockOnly.vectors(seed + 2, 30, dimension), 10, null);
        assertTrue("recall=" + recall, recall > 0.9);
      }
    }
  }

  private static void put(Map<Integer, float[]> byId, int firstId, float[][] vectors) {
    for (int i = 0; i < vectors.length; i++) {
      byId.put(firstId + i, vectors[i]);
    }
  }

  private static Set<Integer> ids(int count) {
    Set<Integer> ids = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      ids.add(i);
    }
    return ids;
  }

  private static void index(Directory dir, Codec codec, float[][] vectors, int firstId)
      throws IOException {
    try (IndexWriter writer = new IndexWriter(dir, Indexes.config(codec))) {
      for (int i = 0; i < vectors.length; i++) {
        writer.addDocument(Indexes.document(firstId + i, vectors[i], EUCLIDEAN));
      }
    }
  }

  /** Runs the program on a class path of lucene-core and a copy of its one class. */
  private static String runStockOnly(Path index, int size, int dimension, long seed, int added)
      throws Exception {
    Path classes = createTempDir("classes");
    String resource = StockOnly.class.getName().replace('.', '/') + ".class";
    try (InputStream in = StockOnly.class.getClassLoader().getResourceAsStream(resource)) {
      Files.createDirectories(classes.resolve(resource).getParent());
      Files.copy(in, classes.resolve(resource));
    }
    Path lucene =
        Path.of(IndexWriter.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    assertTrue(lucene.toString(), lucene.getFileName().toString().startsWith("lucene-core"));
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-Xmx512m",
                "-cp",
                lucene + System.getProperty("path.separator") + classes,
                StockOnly.class.getName(),
                index.toString(),
                Integer.toString(size),
                Integer.toString(dimension),
                Long.toString(seed),
                Integer.toString(added)));
    OURS.forEach(ours -> arguments.add(ours.getName()));
    return ChildJvm.run(createTempDir("log").resolve("stock-only.log"), arguments);
  }

  public void testWeMergeWhatStockWrote() throws IOException {
    float[][] vectors = StockOnly.vectors(random().nextLong(), atLeast(600), 8);
    try (Directory dir = newDirectory()) {
      int half = vectors.length / 2;
      index(dir, Indexes.stock(), Arrays.copyOf(vectors, half), 0);
      float[][] rest = Arrays.copyOfRange(vectors, half, vectors.length);
      boolean secondIsOurs = random().nextBoolean();
      index(dir, secondIsOurs ? Indexes.codec(Indexes.ours()) : Indexes.stock(), rest, half);
      try (IndexWriter writer =
          new IndexWriter(dir, Indexes.config(Indexes.codec(Indexes.ours())))) {
        writer.forceMerge(1);
      }
      assertComplete(dir, vectors);
    }
  }

  public void testStockMergesWhatWeWrote() throws IOException {
    float[][] vectors = StockOnly.vectors(random().nextLong(), atLeast(600), 8);
    try (Directory dir = newDirectory()) {
      int half = vectors.length / 2;
      index(dir, Indexes.codec(Indexes.ours()), Arrays.copyOf(vectors, half), 0);
      index(
          dir,
          Indexes.codec(Indexes.ours()),
          Arrays.copyOfRange(vectors, half, vectors.length),
          half);
      try (IndexWriter writer = new IndexWriter(dir, Indexes.config(Indexes.stock()))) {
        writer.forceMerge(1);
      }
      assertComplete(dir, vectors);
    }
  }

  private static void assertComplete(Directory dir, float[][] vectors) throws IOException {
    Indexes.check(dir);
    try (DirectoryReader reader = DirectoryReader.open(dir)) {
      assertEquals(vectors.length, Indexes.graph(getOnlyLeafReader(reader), "v").size());
      assertEquals(ids(vectors.length), Indexes.idsWithVectors(reader, "v", vectors));
      float[][] queries = StockOnly.vectors(random().nextLong(), 30, 8);
      double recall = Indexes.recall(reader, "v", queries, 10, null);
      assertTrue("recall=" + recall, recall > 0.9);
    }
  }
}
