// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import com.carrotsearch.randomizedtesting.annotations.Name;
import com.carrotsearch.randomizedtesting.annotations.ParametersFactory;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsReader;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.store.BaseDirectoryWrapper;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;

/**
 * Lucene's suite on every encoding, every segment with a graph; and what stock's own tests ask of
 * the stock format.
 */
public class TestScalarQuantizedVectorsFormat extends FormatTestCase {
  private final ScalarEncoding encoding;
  private GraphVectors graphVectors;

  public TestScalarQuantizedVectorsFormat(@Name("encoding") ScalarEncoding encoding) {
    this.encoding = encoding;
  }

  @ParametersFactory
  public static Iterable<Object[]> encodings() {
    return Arrays.stream(ScalarEncoding.values()).map(e -> new Object[] {e}).toList();
  }

  @Override
  public void setUp() throws Exception {
    graphVectors = GraphVectors.values()[random().nextInt(2)];
    super.setUp();
  }

  @Override
  protected Codec getCodec() {
    return TestUtil.alwaysKnnVectorsFormat(format());
  }

  private KnnVectorsFormat format() {
    return QuantizedIndexes.ours(encoding, graphVectors);
  }

  @Override
  protected boolean supportsFloatVectorFallback() {
    return true;
  }

  @Override
  protected int getQuantizationBits() {
    return encoding.getBits();
  }

  @Override
  protected void simulateEmptyRawVectors(Directory dir) throws Exception {
    QuantizedIndexes.dropRawVectors(dir);
  }

  /** Flushed graphs are built from raw vectors. */
  @Override
  protected boolean mergeIsStable() {
    return graphVectors == GraphVectors.RAW;
  }

  public void testSingleVector() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      float[] vector = randomNormalizedVector(random().nextInt(12, 500));
      try (Directory dir = newDirectory();
          IndexWriter writer = new IndexWriter(dir, newIndexWriterConfig())) {
        Document doc = new Document();
        doc.add(new KnnFloatVectorField("f", vector, similarity));
        writer.addDocument(doc);
        writer.commit();
        try (DirectoryReader reader = DirectoryReader.open(writer)) {
          FloatVectorValues values = getOnlyLeafReader(reader).getFloatVectorValues("f");
          KnnVectorValues.DocIndexIterator iterator = values.iterator();
          assertEquals(0, iterator.nextDoc());
          assertArrayEquals(vector, values.vectorValue(iterator.index()), 0f);
          assertEquals(KnnVectorValues.DocIndexIterator.NO_MORE_DOCS, iterator.nextDoc());
          TopDocs found =
              new IndexSearcher(reader).search(new KnnFloatVectorQuery("f", vector, 1), 1);
          assertEquals(1, found.totalHits.value());
          assertTrue("score=" + found.scoreDocs[0].score, found.scoreDocs[0].score >= 0);
        }
      }
    }
  }

  public void testOffHeapSize() throws IOException {
    float[] vector = randomNormalizedVector(random().nextInt(12, 500));
    try (Directory dir = newDirectory();
        IndexWriter writer = new IndexWriter(dir, newIndexWriterConfig())) {
      Document doc = new Document();
      doc.add(new KnnFloatVectorField("f", vector, VectorSimilarityFunction.DOT_PRODUCT));
      writer.addDocument(doc);
      writer.commit();
      try (DirectoryReader reader = DirectoryReader.open(writer)) {
        LeafReader leaf = getOnlyLeafReader(reader);
        FieldInfo field = leaf.getFieldInfos().fieldInfo("f");
        Lucene99HnswVectorsReader vectors = Indexes.vectorsReader(leaf, "f");
        long corrections = 3 * Float.BYTES + Integer.BYTES;
        assertEquals(
            Map.of(
                "vec",
                (long) vector.length * Float.BYTES,
                "vex",
                1L,
                "veq",
                encoding.getDocPackedLength(vector.length) + corrections),
            vectors.getOffHeapByteSize(field));
      }
    }
  }

  public void testToStringTellsAllParameters() {
    String told =
        new BatchedHnswScalarQuantizedVectorsFormat(
                encoding,
                7,
                77,
                BuildOptions.DEFAULT.withWorkers(3, 1, null),
                13,
                GraphVectors.QUANTIZED)
            .toString();
    for (String part :
        List.of(
            "BatchedHnswScalarQuantizedVectorsFormat(",
            "name=Lucene104HnswBinaryQuantizedVectorsFormat,",
            "maxConn=7,",
            "beamWidth=77,",
            "numMergeWorkers=3,",
            "flushWorkers=1,",
            "executor=null,",
            "tinySegmentsThreshold=13,",
            "graphVectors=QUANTIZED)",
            "flatVectorFormat=Lucene104ScalarQuantizedVectorsFormat(",
            "encoding=" + encoding + ",")) {
      assertTrue(part + " in " + told, told.contains(part));
    }
    String defaults = new BatchedHnswScalarQuantizedVectorsFormat().toString();
    for (String part :
        List.of(
            "maxConn=16,",
            "beamWidth=100,",
            "numMergeWorkers=1,",
            "flushWorkers=1,",
            "tinySegmentsThreshold=100,",
            "graphVectors=RAW)",
            "encoding=UNSIGNED_BYTE,")) {
      assertTrue(part + " in " + defaults, defaults.contains(part));
    }
  }

  public void testLimits() {
    for (int[] bad : new int[][] {{-1, 20}, {0, 20}, {20, 0}, {20, -1}, {513, 20}, {20, 3201}}) {
      expectThrows(
          IllegalArgumentException.class,
          () -> new BatchedHnswScalarQuantizedVectorsFormat(bad[0], bad[1]));
      expectThrows(
          IllegalArgumentException.class,
          () -> new BatchedHnswScalarQuantizedVectorsFormat(encoding, bad[0], bad[1]));
      expectThrows(
          IllegalArgumentException.class,
          () -> new BatchedHnswScalarQuantizedVectorsFormat(encoding, bad[0], bad[1], 1, null));
      expectThrows(
          IllegalArgumentException.class,
          () -> new BatchedHnswScalarQuantizedVectorsFormat(encoding, bad[0], bad[1], 1, null, 0));
    }
    expectThrows(
        NullPointerException.class,
        () -> new BatchedHnswScalarQuantizedVectorsFormat(null, 16, 100));
    expectThrows(
        NullPointerException.class,
        () ->
            new BatchedHnswScalarQuantizedVectorsFormat(
                encoding, 16, 100, BuildOptions.DEFAULT, 0, null));
  }

  public void testSameNameAndLimitsAsStock() {
    KnnVectorsFormat stock = new Lucene104HnswScalarQuantizedVectorsFormat();
    assertEquals(stock.getName(), format().getName());
    assertEquals(stock.getMaxDimensions("any"), format().getMaxDimensions("any"));
    assertEquals(
        "found by its name, not by ours",
        stock.getClass(),
        KnnVectorsFormat.forName(format().getName()).getClass());
  }

  /** The conversion to floats is Lucene's, which it keeps for segments without raw vectors. */
  public void testDequantizesAsLucene() throws IOException {
    int dimension = 2 * random().nextInt(1, 40); // Lucene's has assertions against odd nibbles
    int size = 30;
    float[][] vectors = new float[size][];
    try (BaseDirectoryWrapper dir = newDirectory()) {
      dir.setCheckIndexOnClose(false); // rightly rejects what is dropped
      try (IndexWriter writer = new IndexWriter(dir, Indexes.config(Indexes.anyCodec(format())))) {
        VectorSimilarityFunction similarity = randomSimilarity();
        for (int i = 0; i < size; i++) {
          vectors[i] = randomNormalizedVector(dimension);
          writer.addDocument(Indexes.document(i, vectors[i], similarity));
        }
      }
      float[][] ours = new float[size][];
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        FloatVectorValues values =
            DequantizedVectorValues.open(
                Indexes.vectorsReader(getOnlyLeafReader(reader), Indexes.FIELD), Indexes.FIELD);
        assertEquals(size, values.size());
        for (int i = 0; i < size; i++) {
          ours[i] = values.copy().vectorValue(i).clone();
        }
      }
      QuantizedIndexes.dropRawVectors(dir);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        FloatVectorValues values = getOnlyLeafReader(reader).getFloatVectorValues(Indexes.FIELD);
        for (int i = 0; i < size; i++) {
          assertArrayEquals(values.vectorValue(i), ours[i], 1e-6f);
        }
      }
    }
  }
}
