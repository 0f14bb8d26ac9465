// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.VectorData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104ScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.codecs.simpletext.SimpleTextCodec;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;

/** A codec with our graphs and everything else as it was. */
public class TestBatchedHnswCodec extends LuceneTestCase {

  private static KnnVectorsFormat formatOf(Codec codec, String field) {
    return ((PerFieldKnnVectorsFormat) codec.knnVectorsFormat()).getKnnVectorsFormatForField(field);
  }

  private static Map<String, KnnVectorsFormat> formats() {
    Map<String, KnnVectorsFormat> formats = new HashMap<>();
    formats.put("default", new Lucene99HnswVectorsFormat());
    formats.put("small", new Lucene99HnswVectorsFormat(5, 33, 0));
    formats.put("large", new Lucene99HnswVectorsFormat(512, 3200, 7));
    formats.put("quantized", new Lucene104HnswScalarQuantizedVectorsFormat());
    formats.put(
        "nibbles",
        new Lucene104HnswScalarQuantizedVectorsFormat(
            ScalarEncoding.PACKED_NIBBLE, 6, 44, 1, null, -3));
    formats.put("ours", new BatchedHnswVectorsFormat(3, 20, 0));
    formats.put("ours-quantized", new BatchedHnswScalarQuantizedVectorsFormat(3, 20));
    formats.put("flat", new Lucene104ScalarQuantizedVectorsFormat());
    return formats;
  }

  public void testKeepsParametersPerField() {
    Map<String, KnnVectorsFormat> formats = formats();
    Codec wrapped = BatchedHnswCodec.wrap(Indexes.perField(formats::get));
    assertParameters(formatOf(wrapped, "default"), 16, 100, 100);
    assertParameters(formatOf(wrapped, "small"), 5, 33, 0);
    assertParameters(formatOf(wrapped, "large"), 512, 3200, 7);
    assertParameters(formatOf(wrapped, "quantized"), ScalarEncoding.UNSIGNED_BYTE, 16, 100, 100);
    assertParameters(formatOf(wrapped, "nibbles"), ScalarEncoding.PACKED_NIBBLE, 6, 44, -3);
    for (String kept : new String[] {"ours", "ours-quantized", "flat"}) {
      assertSame(formats.get(kept), formatOf(wrapped, kept));
    }
  }

  /** Once for each field, and only of formats that are neither replaced nor ours. */
  public void testWhatIsNotReplacedIsTold() {
    List<String> told = new ArrayList<>();
    BuildOptions options =
        BuildOptions.DEFAULT.withListener(
            new BuildListener() {
              @Override
              public void notReplaced(String field, String format) {
                told.add(field + " " + format);
              }
            });
    Map<String, KnnVectorsFormat> formats = formats();
    formats.put("renamed", telling("KNNOther", new Lucene99HnswVectorsFormat(), "other"));
    Codec wrapped = BatchedHnswCodec.wrap(Indexes.perField(formats::get), options);
    assertEquals("nothing is known yet", List.of(), told);
    for (int time = 0; time < 2; time++) {
      for (String field : new TreeSet<>(formats.keySet())) {
        formatOf(wrapped, field);
      }
    }
    assertEquals(
        List.of(
            "flat " + new Lucene104ScalarQuantizedVectorsFormat().getName(), "renamed KNNOther"),
        told);
    told.clear();
    BatchedHnswCodec.wrap(new SimpleTextCodec(), options);
    assertEquals(List.of("* SimpleTextKnnVectorsFormat"), told);
    told.clear();
    formatOf(BatchedHnswCodec.wrap(wrapped, new BatchedHnswVectorsFormat()), "flat");
    assertEquals("known, and not asked for", List.of(), told);
  }

  /** Where nobody listens. */
  public void testWhatIsNotReplacedIsLogged() {
    Logger logger = Logger.getLogger(BuildListener.class.getName());
    List<String> logged = new ArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            logged.add(record.getLevel() + " " + record.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Level level = logger.getLevel();
    logger.setLevel(Level.WARNING);
    logger.addHandler(handler);
    try {
      Codec wrapped = BatchedHnswCodec.wrap(Indexes.perField(formats()::get));
      formatOf(wrapped, "flat");
      formatOf(wrapped, "flat");
      formatOf(wrapped, "small");
    } finally {
      logger.removeHandler(handler);
      logger.setLevel(level);
    }
    assertEquals(
        List.of(
            "WARNING Not built in batches: field=flat, format="
                + new Lucene104ScalarQuantizedVectorsFormat().getName()),
        logged);
  }

  public void testEveryEncodingIsKept() {
    Set<KnnVectorsFormat> different = new HashSet<>();
    for (ScalarEncoding encoding : ScalarEncoding.values()) {
      KnnVectorsFormat stock = new Lucene104HnswScalarQuantizedVectorsFormat(encoding, 7, 70);
      Codec wrapped = BatchedHnswCodec.wrap(Indexes.perField(Map.of("f", stock)::get));
      assertParameters(formatOf(wrapped, "f"), encoding, 7, 70, 100);
      assertTrue("files of its own: " + encoding, different.add(formatOf(wrapped, "f")));
    }
  }

  private static void assertParameters(
      KnnVectorsFormat format, ScalarEncoding encoding, int maxConn, int beamWidth, int threshold) {
    assertEquals(BatchedHnswScalarQuantizedVectorsFormat.class, format.getClass());
    assertTold(format.toString(), maxConn, beamWidth, threshold);
    assertTrue(format.toString(), format.toString().contains("encoding=" + encoding + ","));
  }

  private static void assertParameters(
      KnnVectorsFormat format, int maxConn, int beamWidth, int threshold) {
    assertEquals(BatchedHnswVectorsFormat.class, format.getClass());
    assertTold(format.toString(), maxConn, beamWidth, threshold);
  }

  private static void assertTold(String told, int maxConn, int beamWidth, int threshold) {
    assertTrue(told, told.contains("maxConn=" + maxConn + ","));
    assertTrue(told, told.contains("beamWidth=" + beamWidth + ","));
    assertTrue(told, told.contains("tinySegmentsThreshold=" + threshold + ","));
    assertTrue(told, told.contains("numMergeWorkers=1,"));
  }

  public void testGivenFormatReplacesStockOnly() {
    Map<String, KnnVectorsFormat> formats = formats();
    BatchedHnswVectorsFormat given = new BatchedHnswVectorsFormat(9, 90);
    Codec wrapped = BatchedHnswCodec.wrap(Indexes.perField(formats::get), given);
    for (String field : new String[] {"default", "small", "large"}) {
      assertSame(given, formatOf(wrapped, field));
    }
    for (String kept : new String[] {"quantized", "nibbles", "ours", "ours-quantized", "flat"}) {
      assertSame(formats.get(kept), formatOf(wrapped, kept));
    }
    // and one of each
    BatchedHnswScalarQuantizedVectorsFormat quantized =
        new BatchedHnswScalarQuantizedVectorsFormat(ScalarEncoding.SINGLE_BIT_QUERY_NIBBLE, 9, 90);
    Codec both = BatchedHnswCodec.wrap(wrapped, quantized);
    assertSame(given, formatOf(both, "default"));
    assertSame(quantized, formatOf(both, "quantized"));
    assertSame(quantized, formatOf(both, "nibbles"));
    assertSame(formats.get("ours-quantized"), formatOf(both, "ours-quantized"));
  }

  public void testDefaultCodec() {
    Codec wrapped = BatchedHnswCodec.wrap(TestUtil.getDefaultCodec());
    assertEquals(TestUtil.getDefaultCodec().getName(), wrapped.getName());
    assertParameters(formatOf(wrapped, "any"), 16, 100, 100);
    assertSame(
        TestUtil.getDefaultCodec().storedFieldsFormat().getClass(),
        wrapped.storedFieldsFormat().getClass());
    // twice is once
    Codec twice = BatchedHnswCodec.wrap(wrapped);
    assertEquals(wrapped.getName(), twice.getName());
    assertParameters(formatOf(twice, "any"), 16, 100, 100);
  }

  public void testAStockThatDoesNotTellItsParameters() {
    KnnVectorsFormat secretive = telling(new Lucene99HnswVectorsFormat(), "secret");
    Codec wrapped = BatchedHnswCodec.wrap(Indexes.anyCodec(secretive));
    String message =
        expectThrows(IllegalStateException.class, () -> formatOf(wrapped, "any")).getMessage();
    assertTrue(message, message.contains("maxConn"));
    assertTrue(message, message.contains("format=secret"));
    String graph = "maxConn=6, beamWidth=60, tinySegmentsThreshold=0";
    for (String told : new String[] {graph, graph + ", encoding=THREE_BIT", "encoding=SEVEN_BIT"}) {
      KnnVectorsFormat quantized = telling(new Lucene104HnswScalarQuantizedVectorsFormat(), told);
      Codec other = BatchedHnswCodec.wrap(Indexes.anyCodec(quantized));
      message =
          expectThrows(IllegalStateException.class, () -> formatOf(other, "any")).getMessage();
      assertTrue(message, message.contains(told.startsWith("max") ? "encoding" : "maxConn"));
      assertTrue(message, message.endsWith("format=" + told));
    }
    // with a format given, nothing needs to be told
    BatchedHnswVectorsFormat given = new BatchedHnswVectorsFormat();
    assertSame(given, formatOf(BatchedHnswCodec.wrap(Indexes.anyCodec(secretive), given), "any"));
  }

  private static KnnVectorsFormat telling(KnnVectorsFormat delegate, String told) {
    return telling(delegate.getName(), delegate, told);
  }

  private static KnnVectorsFormat telling(String name, KnnVectorsFormat delegate, String told) {
    return new KnnVectorsFormat(name) {
      @Override
      public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
        return delegate.fieldsWriter(state);
      }

      @Override
      public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
        return delegate.fieldsReader(state);
      }

      @Override
      public int getMaxDimensions(String fieldName) {
        return 1024;
      }

      @Override
      public String toString() {
        return told;
      }
    };
  }

  /** Wrote with the wrapper, reads with the plain codec, each field in its own format. */
  public void testIndexOfSeveralFormats() throws IOException {
    Map<String, KnnVectorsFormat> formats = formats();
    formats.remove("large");
    formats.remove("flat"); // cannot be found by its name
    int size = 800;
    float[][] vectors = VectorData.normalized(random(), size, 8);
    try (Directory dir = newDirectory()) {
      Codec wrapped = BatchedHnswCodec.wrap(Indexes.perField(formats::get));
      try (IndexWriter writer = new IndexWriter(dir, Indexes.config(wrapped))) {
        for (int i = 0; i < size; i++) {
          Document doc = Indexes.document(i);
          for (String field : formats.keySet()) {
            doc.add(new KnnFloatVectorField(field, vectors[i], VectorSimilarityFunction.EUCLIDEAN));
          }
          writer.addDocument(doc);
          if (i == size / 2) {
            writer.commit();
          }
        }
        writer.forceMerge(1);
      }
      Indexes.check(dir);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        SegmentReader leaf = (SegmentReader) getOnlyLeafReader(reader);
        assertSame(
            "found by its name, not by the wrapper",
            Codec.forName(wrapped.getName()),
            leaf.getSegmentInfo().info.getCodec());
        FieldInfos infos = leaf.getFieldInfos();
        for (String field : formats.keySet()) {
          assertEquals(
              formats.get(field).getName(),
              infos.fieldInfo(field).getAttribute(PerFieldKnnVectorsFormat.PER_FIELD_FORMAT_KEY));
          double recall =
              Indexes.recall(reader, field, VectorData.normalized(random(), 20, 8), 10, null);
          assertTrue(
              field + ": recall=" + recall,
              recall >= (field.equals("default") || field.equals("quantized") ? 0.9 : 0.6));
        }
        assertEquals(5, Indexes.graph(leaf, "small").maxConn());
        assertEquals(16, Indexes.graph(leaf, "default").maxConn());
      }
    }
  }

  /** A codec that has one format for all fields: ours then writes and, in the writer, reads. */
  public void testCodecWithoutPerFieldFormat() throws IOException {
    Codec plain = TestUtil.getDefaultCodec();
    Codec single =
        new FilterCodec(plain.getName(), plain) {
          @Override
          public KnnVectorsFormat knnVectorsFormat() {
            return new Lucene99HnswVectorsFormat(6, 60, 0);
          }
        };
    Codec wrapped = BatchedHnswCodec.wrap(single);
    assertParameters(wrapped.knnVectorsFormat(), 6, 60, 0);
    float[][] vectors = VectorData.uniform(random(), 400, 5);
    try (Directory dir = newDirectory();
        IndexWriter writer = new IndexWriter(dir, Indexes.config(wrapped))) {
      for (int i = 0; i < vectors.length; i++) {
        writer.addDocument(Indexes.document(i, vectors[i], VectorSimilarityFunction.EUCLIDEAN));
        if (i % 150 == 149) {
          writer.flush();
        }
      }
      writer.forceMerge(1, true);
      try (DirectoryReader reader = DirectoryReader.open(writer)) {
        assertEquals(400, Indexes.graph(getOnlyLeafReader(reader), Indexes.FIELD).size());
        assertEquals(400, Indexes.idsWithVectors(reader, Indexes.FIELD, vectors).size());
        assertTrue(
            Indexes.recall(reader, Indexes.FIELD, VectorData.uniform(random(), 20, 5), 10, null)
                >= 0.9);
      }
    }
  }

  /** Hosts lift the limit of dimensions in their per-field format. */
  public void testLiftedLimitOfDimensionsStaysLifted() throws IOException {
    Codec plain = TestUtil.getDefaultCodec();
    Codec lifted =
        new FilterCodec(plain.getName(), plain) {
          @Override
          public KnnVectorsFormat knnVectorsFormat() {
            return new PerFieldKnnVectorsFormat() {
              @Override
              public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                return new Lucene99HnswVectorsFormat(8, 20, 0);
              }

              @Override
              public int getMaxDimensions(String field) {
                return 2000;
              }
            };
          }
        };
    Codec wrapped = BatchedHnswCodec.wrap(lifted);
    assertEquals(2000, wrapped.knnVectorsFormat().getMaxDimensions("any"));
    float[][] vectors = VectorData.uniform(random(), 30, 1999);
    try (Directory dir = newDirectory();
        IndexWriter writer = new IndexWriter(dir, Indexes.config(wrapped))) {
      for (int i = 0; i < vectors.length; i++) {
        writer.addDocument(Indexes.document(i, vectors[i], VectorSimilarityFunction.COSINE));
        if (i == 10) {
          writer.flush();
        }
      }
      writer.forceMerge(1);
      try (DirectoryReader reader = DirectoryReader.open(writer)) {
        assertEquals(30, Indexes.graph(getOnlyLeafReader(reader), Indexes.FIELD).size());
        assertEquals(30, Indexes.idsWithVectors(reader, Indexes.FIELD, vectors).size());
      }
    }
  }

  public void testCodecWithAnotherFormatKeepsIt() {
    Codec simpleText = new SimpleTextCodec();
    Codec wrapped = BatchedHnswCodec.wrap(simpleText);
    assertSame(simpleText.knnVectorsFormat(), wrapped.knnVectorsFormat());
    assertEquals("SimpleText", wrapped.getName());
  }
}
