// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.VectorData;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.store.BaseDirectoryWrapper;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.LuceneTestCase.SuppressFileSystems;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.NamedThreadFactory;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;

/** Quantized segments against stock's, and against the same segments without quantization. */
@SuppressFileSystems("*") // another JVM opens the files
public class TestScalarQuantizedVectorsWriter extends LuceneTestCase {
  private static final String FIELD = Indexes.FIELD;

  private static ScalarEncoding randomEncoding() {
    return ScalarEncoding.values()[random().nextInt(ScalarEncoding.values().length)];
  }

  /** How the vectors get into the index. */
  private record Job(
      float[][] vectors, VectorSimilarityFunction similarity, Sort sort, boolean merged) {

    static Job random(VectorSimilarityFunction similarity, boolean merged) {
      float[][] vectors =
          VectorData.normalized(
              LuceneTestCase.random(), atLeast(900), LuceneTestCase.random().nextInt(3, 40));
      boolean sorted = LuceneTestCase.random().nextBoolean();
      return new Job(
          vectors,
          similarity,
          sorted ? new Sort(new SortField("order", SortField.Type.LONG)) : null,
          merged);
    }

    void index(Directory directory, KnnVectorsFormat format) throws IOException {
      MergePolicy inOrder = new LogDocMergePolicy(); // whatever the sizes of segments are
      inOrder.setNoCFSRatio(0);
      IndexWriterConfig config =
          Indexes.config(Indexes.anyCodec(format))
              .setMergePolicy(inOrder)
              .setMaxBufferedDocs(10_000_000);
      if (sort != null) {
        config.setIndexSort(sort);
      }
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        int size = vectors.length;
        for (int i = 0; i < size; i++) {
          Document doc =
              i % 7 == 6 ? Indexes.document(i) : Indexes.document(i, vectors[i], similarity);
          doc.add(new NumericDocValuesField("order", (i * 7919L) % size));
          writer.addDocument(doc);
          if (merged && i % (size / 3) == 10) {
            writer.flush();
          }
        }
        writer.commit();
        if (merged) {
          writer.forceMerge(1);
          writer.commit();
        }
      }
    }

    /** Hashes of the files with these extensions, without what names the segment. */
    Map<String, Integer> hashes(KnnVectorsFormat format, String... extensions) throws IOException {
      try (Directory directory = newDirectory()) {
        index(directory, format);
        Map<String, Integer> files = new TreeMap<>();
        for (String extension : extensions) {
          files.put(extension, Arrays.hashCode(LayoutParser.body(directory, extension)));
        }
        return files;
      }
    }
  }

  /** The flat writer centres and normalises what is buffered: graphs must be built before. */
  public void testGraphsAreThoseOfTheRawVectors() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      Job job = Job.random(similarity, random().nextBoolean());
      assertEquals(
          similarity + ", merged=" + job.merged,
          job.hashes(Indexes.ours(), "vex"),
          job.hashes(QuantizedIndexes.ours(randomEncoding(), GraphVectors.RAW), "vex"));
    }
  }

  /**
   * Vectors, quantized vectors and centroids: every byte but those of the graph. With COSINE the
   * last bits of a centroid are left to chance, as Lucene's normalisation sums in an order that
   * changes when the method is compiled.
   */
  public void testFlatFilesAreStocks() throws IOException {
    for (boolean merged : new boolean[] {false, true}) {
      for (ScalarEncoding encoding : ScalarEncoding.values()) {
        VectorSimilarityFunction similarity =
            random().nextBoolean()
                ? VectorSimilarityFunction.EUCLIDEAN
                : VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;
        Job job = Job.random(similarity, merged);
        GraphVectors graphVectors = GraphVectors.values()[random().nextInt(2)];
        String[] flat = {"vec", "vemf", "veq", "vemq"};
        assertEquals(
            encoding + ", " + similarity + ", merged=" + merged,
            job.hashes(QuantizedIndexes.stock(encoding), flat),
            job.hashes(QuantizedIndexes.ours(encoding, graphVectors), flat));
      }
    }
  }

  public void testReproducibleFlush() throws IOException {
    checkReproducible(TestReproducibleBytes.Job.FLUSH);
  }

  public void testReproducibleForceMerge() throws IOException {
    checkReproducible(TestReproducibleBytes.Job.REBUILD);
  }

  public void testReproducibleExtension() throws IOException {
    checkReproducible(TestReproducibleBytes.Job.EXTENSION);
  }

  /**
   * Graphs of quantized vectors are left out with COSINE: Lucene's normalisation may change their
   * last bits, see {@link #testFlatFilesAreStocks}.
   */
  private static void checkReproducible(TestReproducibleBytes.Job job) throws IOException {
    TestReproducibleBytes.Input input = TestReproducibleBytes.randomInput();
    ScalarEncoding encoding = randomEncoding();
    GraphVectors graphVectors =
        input.similarity() == VectorSimilarityFunction.COSINE || random().nextBoolean()
            ? GraphVectors.RAW
            : GraphVectors.QUANTIZED;
    ExecutorService executor = Executors.newFixedThreadPool(8, new NamedThreadFactory("builders"));
    try {
      TestReproducibleBytes.check(
          input,
          (maxConn, beamWidth, workers) ->
              new BatchedHnswScalarQuantizedVectorsFormat(
                  encoding,
                  maxConn,
                  beamWidth,
                  BuildOptions.DEFAULT.withWorkers(
                      workers, workers, workers == 1 ? null : executor),
                  0,
                  graphVectors),
          job);
    } finally {
      TestUtil.shutdownExecutorService(executor);
    }
  }

  public void testAJvmWithoutOurClasses() throws Exception {
    TestStockInterop.checkAJvmWithoutOurClasses(new BatchedHnswScalarQuantizedVectorsFormat());
  }

  public void testRecallIsStocks() throws IOException {
    int dimension = 32;
    float[][] vectors = VectorData.lowRank(random(), 1500, dimension, 8, 0.1f);
    float[][] queries = VectorData.lowRank(random(), 100, dimension, 8, 0.1f);
    for (ScalarEncoding encoding : ScalarEncoding.values()) {
      // Merging vectors that are not of unit length with asymmetric encodings and COSINE, stock
      // forgets to normalise one side; its assertions notice.
      VectorSimilarityFunction similarity =
          encoding.isAsymmetric() || random().nextBoolean()
              ? VectorSimilarityFunction.EUCLIDEAN
              : VectorSimilarityFunction.COSINE;
      for (boolean merged : new boolean[] {false, true}) {
        Job job = new Job(vectors, similarity, null, merged);
        double stock = recall(job, QuantizedIndexes.stock(encoding), queries);
        for (GraphVectors graphVectors : GraphVectors.values()) {
          if (!merged && graphVectors == GraphVectors.QUANTIZED) {
            continue; // makes no difference to a flush
          }
          double ours = recall(job, QuantizedIndexes.ours(encoding, graphVectors), queries);
          assertTrue(
              "%s, %s, merged=%s, graphs from %s: recall %.3f, stock's %.3f"
                  .formatted(encoding, similarity, merged, graphVectors, ours, stock),
              ours >= stock - 0.03);
        }
      }
    }
  }

  private static double recall(Job job, KnnVectorsFormat format, float[][] queries)
      throws IOException {
    try (Directory directory = newDirectory()) {
      job.index(directory, format);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertTrue(Indexes.graph(getOnlyLeafReader(reader), FIELD).size() > 0);
        return Indexes.recall(reader, FIELD, queries, 10, null);
      }
    }
  }

  /** Segments below the threshold have no graph, as stock's; and bytes are not quantized. */
  public void testThresholdAndBytes() throws IOException {
    for (int size : new int[] {300, 1200}) {
      float[][] vectors = VectorData.uniform(random(), size, 6);
      byte[][] bytes = VectorData.bytes(random(), size, 6);
      try (Directory directory = newDirectory()) {
        IndexWriterConfig config =
            Indexes.config(Indexes.anyCodec(new BatchedHnswScalarQuantizedVectorsFormat()));
        try (IndexWriter writer = new IndexWriter(directory, config.setMaxBufferedDocs(10_000))) {
          for (int i = 0; i < size; i++) {
            Document doc =
                Indexes.document(i, vectors[i], VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT);
            doc.add(new KnnByteVectorField("bytes", bytes[i], VectorSimilarityFunction.EUCLIDEAN));
            writer.addDocument(doc);
          }
        }
        Indexes.check(directory);
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          for (String field : new String[] {FIELD, "bytes"}) {
            var vectorsReader = Indexes.vectorsReader(getOnlyLeafReader(reader), field);
            assertEquals(size < 600 ? 0 : size, vectorsReader.getGraph(field).size());
          }
          assertTrue(
              Indexes.recall(reader, FIELD, VectorData.uniform(random(), 30, 6), 10, null) > 0.9);
          assertTrue(Indexes.recall(reader, "bytes", Arrays.copyOf(bytes, 30), 10) > 0.9);
        }
      }
    }
  }

  /** Where stock's assertions fail, see {@link #testRecallIsStocks}. */
  public void testCosineOfAnyLengthWithFewBits() throws IOException {
    ScalarEncoding encoding = ScalarEncoding.DIBIT_QUERY_NIBBLE;
    float[][] vectors = VectorData.lowRank(random(), 900, 32, 8, 0.1f);
    float[][] queries = VectorData.lowRank(random(), 50, 32, 8, 0.1f);
    Job flushed = new Job(vectors, VectorSimilarityFunction.COSINE, null, false);
    Job merged = new Job(vectors, VectorSimilarityFunction.COSINE, null, true);
    double expected = recall(flushed, QuantizedIndexes.stock(encoding), queries);
    for (GraphVectors graphVectors : GraphVectors.values()) {
      double recall = recall(merged, QuantizedIndexes.ours(encoding, graphVectors), queries);
      assertTrue(graphVectors + ": " + recall + ", stock's " + expected, recall >= 0.75 * expected);
    }
  }

  /** What is left of the vectors is merged. */
  public void testMergesSegmentsWithoutRawVectors() throws IOException {
    float[][] vectors = VectorData.lowRank(random(), 1000, 16, 6, 0.1f);
    ScalarEncoding encoding = ScalarEncoding.UNSIGNED_BYTE;
    GraphVectors graphVectors = GraphVectors.values()[random().nextInt(2)];
    try (BaseDirectoryWrapper directory = newDirectory()) {
      IndexWriterConfig[] configs = new IndexWriterConfig[2];
      Arrays.setAll(
          configs,
          i ->
              Indexes.config(Indexes.anyCodec(QuantizedIndexes.ours(encoding, graphVectors)))
                  .setMaxBufferedDocs(500));
      try (IndexWriter writer = new IndexWriter(directory, configs[0])) {
        for (int i = 0; i < vectors.length; i++) {
          writer.addDocument(Indexes.document(i, vectors[i], VectorSimilarityFunction.EUCLIDEAN));
        }
      }
      QuantizedIndexes.dropRawVectors(directory);
      try (IndexWriter writer = new IndexWriter(directory, configs[1])) {
        writer.forceMerge(1);
      }
      Indexes.check(directory);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertEquals(vectors.length, Indexes.graph(getOnlyLeafReader(reader), FIELD).size());
        float[][] queries = VectorData.lowRank(random(), 30, 16, 6, 0.1f);
        assertTrue(Indexes.recall(reader, FIELD, queries, 10, null) > 0.9);
      }
    }
  }
}
