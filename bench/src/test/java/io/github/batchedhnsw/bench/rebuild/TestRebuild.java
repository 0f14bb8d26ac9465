// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.rebuild;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import io.github.batchedhnsw.bench.cli.BenchCommand;
import io.github.batchedhnsw.bench.graph.VectorReaders;
import io.github.batchedhnsw.bench.stock.StockReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene90.Lucene90StoredFieldsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;
import org.apache.lucene.util.quantization.QuantizedVectorsReader;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Runs of the command on an index of stock's, with small graphs, deletes and several fields. */
public class TestRebuild {
  private static final int SIZE = 1200;
  private static final int DIMENSION = 16;
  private static final Map<String, KnnVectorsFormat> FORMATS =
      Map.of(
          "float",
          new Lucene99HnswVectorsFormat(3, 4, 0),
          "byte",
          new Lucene99HnswVectorsFormat(3, 4, 0),
          "quantized",
          new Lucene104HnswScalarQuantizedVectorsFormat(
              ScalarEncoding.PACKED_NIBBLE, 3, 4, 1, null, 0));

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  /** Sorted, with well compressed stored fields and something told to the commit. */
  private static IndexWriterConfig config() {
    Codec codec = new Lucene104Codec(Lucene104Codec.Mode.BEST_COMPRESSION);
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(
                new FilterCodec(codec.getName(), codec) {
                  @Override
                  public KnnVectorsFormat knnVectorsFormat() {
                    return new PerFieldKnnVectorsFormat() {
                      @Override
                      public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                        return FORMATS.get(field);
                      }
                    };
                  }
                })
            .setIndexSort(new Sort(new SortField("order", SortField.Type.LONG)))
            .setUseCompoundFile(false)
            .setMergePolicy(NoMergePolicy.INSTANCE);
    return config;
  }

  private static Set<String> index(Path path) throws IOException {
    Random random = new Random(5);
    Set<String> live = new TreeSet<>();
    try (Directory directory = FSDirectory.open(path);
        IndexWriter writer = new IndexWriter(directory, config())) {
      for (int id = 0; id < SIZE; id++) {
        float[] floats = new float[DIMENSION];
        byte[] bytes = new byte[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
          floats[i] = random.nextFloat();
          bytes[i] = (byte) random.nextInt(256);
        }
        Document document = new Document();
        document.add(new StringField("id", "" + id, Field.Store.YES));
        document.add(new NumericDocValuesField("order", random.nextLong()));
        document.add(new KnnFloatVectorField("float", floats, VectorSimilarityFunction.COSINE));
        document.add(new KnnFloatVectorField("quantized", floats));
        document.add(new KnnByteVectorField("byte", bytes));
        writer.addDocument(document);
        live.add("" + id);
        if (id == SIZE * 2 / 3) {
          writer.flush();
        }
      }
      for (int id = 0; id < SIZE; id += 5) {
        writer.deleteDocuments(new Term("id", "" + id));
        live.remove("" + id);
      }
      writer.setLiveCommitData(Map.of("told", "yes").entrySet());
      writer.commit();
    }
    return live;
  }

  @Test
  public void everythingElseStays() throws IOException {
    Path path = folder.newFolder().toPath();
    Set<String> live = index(path);
    String output = run(0, "--index=" + path, "--sample=100", "--workers=2");
    List<List<String>> rows =
        output
            .lines()
            .filter(line -> line.startsWith("_"))
            .map(line -> Arrays.asList(line.split(" {2,}")))
            .toList();
    assertEquals(output, 6, rows.size());
    for (List<String> row : rows) {
      assertTrue(output, row.get(0).matches("_[01] -> _[23]"));
      assertTrue(output, Integer.parseInt(row.get(3)) > 50);
      double before = Double.parseDouble(row.get(4));
      double after = Double.parseDouble(row.get(5));
      assertTrue(output, before < 0.9 && after > before + 0.05);
      assertEquals(output, "0", row.get(9));
      assertTrue(output, Double.parseDouble(row.get(10)) >= 0);
    }
    try (Directory directory = FSDirectory.open(path);
        DirectoryReader reader = DirectoryReader.open(directory)) {
      assertEquals("yes", SegmentInfos.readLatestCommit(directory).getUserData().get("told"));
      assertEquals(2, reader.leaves().size());
      Set<String> ids = new TreeSet<>();
      for (LeafReaderContext leaf : reader.leaves()) {
        SegmentReader segment = (SegmentReader) leaf.reader();
        assertFalse(segment.hasDeletions());
        assertEquals(config().getIndexSort(), segment.getMetaData().sort());
        assertEquals(
            "BEST_COMPRESSION",
            segment.getSegmentInfo().info.getAttribute(Lucene90StoredFieldsFormat.MODE_KEY));
        for (String field : FORMATS.keySet()) {
          assertEquals(3, VectorReaders.graph(segment, field).maxConn());
          assertEquals(segment.maxDoc(), VectorReaders.graph(segment, field).size());
        }
        var quantized = (QuantizedVectorsReader) VectorReaders.vectors(segment, "quantized");
        assertEquals(
            ScalarEncoding.PACKED_NIBBLE,
            ((QuantizedByteVectorValues) quantized.getQuantizedVectorValues("quantized"))
                .getScalarEncoding());
        for (int doc = 0; doc < segment.maxDoc(); doc++) {
          ids.add(segment.storedFields().document(doc).get("id"));
        }
      }
      assertEquals(live, ids);
    }
    for (String field : FORMATS.keySet()) {
      StockReader.Answer answer = StockReader.open(path, field, folder.newFolder().toPath());
      assertTrue(answer.message(), answer.opened());
    }
  }

  @Test
  public void largerGraphs() throws IOException {
    Path path = folder.newFolder().toPath();
    index(path);
    run(0, "--index=" + path, "--sample=0", "--max-conn=12");
    try (Directory directory = FSDirectory.open(path);
        DirectoryReader reader = DirectoryReader.open(directory)) {
      for (LeafReaderContext leaf : reader.leaves()) {
        assertEquals(12, VectorReaders.graph((SegmentReader) leaf.reader(), "byte").maxConn());
      }
    }
  }

  /** Another writer is at work, and there is no index. */
  @Test
  public void refused() throws IOException {
    Path path = folder.newFolder().toPath();
    index(path);
    try (Directory directory = FSDirectory.open(path)) {
      String segments = SegmentInfos.getLastCommitSegmentsFileName(directory);
      try (IndexWriter writer = new IndexWriter(directory, config())) {
        assertTrue(writer.isOpen());
        run(1, "--index=" + path);
      }
      assertEquals(segments, SegmentInfos.getLastCommitSegmentsFileName(directory));
    }
    run(1, "--index=" + folder.newFolder());
    run(2);
  }

  private static String run(int status, String... options) {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    String[] arguments = new String[options.length + 1];
    arguments[0] = "rebuild";
    System.arraycopy(options, 0, arguments, 1, options.length);
    PrintStream before = System.out;
    try (PrintStream stream = new PrintStream(output, true, StandardCharsets.UTF_8)) {
      System.setOut(stream);
      assertEquals(
          output.toString(StandardCharsets.UTF_8), status, BenchCommand.execute(arguments));
    } finally {
      System.setOut(before);
    }
    return output.toString(StandardCharsets.UTF_8);
  }
}
