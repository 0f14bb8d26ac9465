// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.VectorData;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SegmentInfo;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.LuceneTestCase.SuppressFileSystems;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;

/**
 * Indexes that earlier states of this library wrote, kept as zip files in {@code golden/} of the
 * test resources: opened, searched and merged by this one. They are never written again. New ones
 * are written, once for each release and where a {@link Kind} is new, by
 *
 * <pre>{@code
 * mvn -B test-compile surefire:test@default-test -Dtest=TestGoldenIndexes#testWrite \
 *     -Dtests.golden.write=0.1.0
 * }</pre>
 *
 * <p>and the release is added to {@link #RELEASES}.
 */
@SuppressFileSystems("*") // writes into the source tree
public class TestGoldenIndexes extends LuceneTestCase {
  private static final List<String> RELEASES = List.of("0.1.0");

  /** The release that {@link #testWrite} writes indexes of. */
  private static final String WRITE_PROPERTY = "tests.golden.write";

  private static final Path FOLDER = Path.of("src/test/resources/golden");
  private static final int SIZE = 300;
  private static final String NO_GRAPH = "small";

  /** The indexes of a release. Float vectors are quantized in those that have an encoding. */
  private enum Kind {
    PLAIN(null, 0.9),
    SORTED(null, 0.9),
    ONE_BIT(ScalarEncoding.SINGLE_BIT_QUERY_NIBBLE, 0.4),
    FOUR_BITS(ScalarEncoding.PACKED_NIBBLE, 0.85),
    EIGHT_BITS(ScalarEncoding.UNSIGNED_BYTE, 0.9);

    final ScalarEncoding encoding;
    final double leastRecall;

    Kind(ScalarEncoding encoding, double leastRecall) {
      this.encoding = encoding;
      this.leastRecall = leastRecall;
    }

    String file(String release) {
      return release + "-" + name().toLowerCase(Locale.ROOT).replace('_', '-') + ".zip";
    }

    IndexWriterConfig config(Codec codec) {
      IndexWriterConfig config = Indexes.config(codec);
      if (this == SORTED) {
        config.setIndexSort(new Sort(new SortField("order", SortField.Type.LONG)));
      }
      return config;
    }

    KnnVectorsFormat ours(int maxConn, int beamWidth, BuildOptions options, int threshold) {
      return encoding == null
          ? new BatchedHnswVectorsFormat(maxConn, beamWidth, options, threshold)
          : new BatchedHnswScalarQuantizedVectorsFormat(
              encoding, maxConn, beamWidth, options, threshold, GraphVectors.RAW);
    }

    /** What merges an index of this kind. */
    List<KnnVectorsFormat> formats() {
      return encoding == null
          ? List.of(Indexes.ours(), Indexes.stockFormat(16, 100))
          : List.of(
              QuantizedIndexes.ours(encoding, GraphVectors.RAW),
              QuantizedIndexes.ours(encoding, GraphVectors.QUANTIZED),
              QuantizedIndexes.stock(encoding));
    }
  }

  /** What the documents of every golden index are; must not change. */
  private record Documents(
      float[][] euclidean, float[][] dot, byte[][] cosine, byte[][] product, float[][] small) {
    static Documents generate() {
      Random random = new Random(42);
      return new Documents(
          VectorData.withDuplicates(random, VectorData.uniform(random, SIZE, 8), 30),
          VectorData.normalized(random, SIZE, 5),
          VectorData.bytes(random, SIZE, 6),
          VectorData.bytes(random, SIZE, 4),
          VectorData.uniform(random, SIZE, 3));
    }

    Document document(int id) {
      Document document = Indexes.document(id);
      document.add(
          new KnnFloatVectorField("euclidean", euclidean[id], VectorSimilarityFunction.EUCLIDEAN));
      if (id % 3 != 0) {
        document.add(new KnnFloatVectorField("dot", dot[id], VectorSimilarityFunction.DOT_PRODUCT));
      }
      document.add(new KnnByteVectorField("cosine", cosine[id], VectorSimilarityFunction.COSINE));
      if (id >= SIZE / 2) {
        document.add(
            new KnnByteVectorField(
                "product", product[id], VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT));
      }
      document.add(
          new KnnFloatVectorField(NO_GRAPH, small[id], VectorSimilarityFunction.EUCLIDEAN));
      document.add(new NumericDocValuesField("order", (id * 7919L) % SIZE));
      return document;
    }

    static boolean isDeleted(int id) {
      return id % 11 == 5;
    }

    static Set<Integer> live(String field) {
      Set<Integer> live = new TreeSet<>();
      for (int id = 0; id < SIZE; id++) {
        if (!isDeleted(id) && !(field.equals("dot") && id % 3 == 0)) {
          live.add(id);
        }
      }
      return live;
    }
  }

  /** Not a test: writes the golden indexes that are missing, where the property says so. */
  public void testWrite() throws IOException {
    String release = System.getProperty(WRITE_PROPERTY);
    assumeTrue("golden indexes are written only by an explicit command", release != null);
    Documents documents = Documents.generate();
    for (Kind kind : Kind.values()) {
      Path file = FOLDER.resolve(kind.file(release));
      if (Files.exists(file)) {
        continue;
      }
      try (Directory dir = new ByteBuffersDirectory()) {
        IndexWriterConfig config = kind.config(goldenCodec(kind));
        config.setUseCompoundFile(kind == Kind.SORTED);
        try (IndexWriter writer = new IndexWriter(dir, config)) {
          for (int id = 0; id < SIZE; id++) {
            writer.addDocument(documents.document(id));
            if (id == SIZE / 2 || id == SIZE / 3) {
              writer.flush();
            }
          }
          writer.commit();
          for (int id = 0; id < SIZE; id++) {
            if (Documents.isDeleted(id)) {
              writer.deleteDocuments(new Term(Indexes.ID, Integer.toString(id)));
            }
          }
        }
        zip(dir, file);
      }
    }
  }

  /**
   * The codec of Lucene 10.4 to 10.6, with several parameters of ours. M is the same everywhere:
   * stock Lucene cannot merge graphs with a larger M than they have.
   */
  private static Codec goldenCodec(Kind kind) {
    Codec stock = Codec.forName("Lucene104");
    return new FilterCodec(stock.getName(), stock) {
      @Override
      public KnnVectorsFormat knnVectorsFormat() {
        return new PerFieldKnnVectorsFormat() {
          private final KnnVectorsFormat bulk = kind.ours(16, 100, BuildOptions.DEFAULT, 0);
          private final KnnVectorsFormat insertion =
              kind.ours(16, 40, BuildOptions.DEFAULT.withMemoryBudget(1), 0);
          private final KnnVectorsFormat none = kind.ours(16, 100, BuildOptions.DEFAULT, 1_000_000);

          @Override
          public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
            return switch (field) {
              case "euclidean", "product" -> bulk;
              case NO_GRAPH -> none;
              default -> insertion;
            };
          }
        };
      }
    };
  }

  private static void zip(Directory dir, Path file) throws IOException {
    Files.createDirectories(file.getParent());
    try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (String name : dir.listAll()) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(LayoutParser.read(dir, name));
      }
    }
  }

  public void testOpenSearchAndMerge() throws IOException {
    for (String release : RELEASES) {
      for (Kind kind : Kind.values()) {
        for (KnnVectorsFormat format : kind.formats()) {
          openSearchAndMerge(kind.file(release), kind, format);
        }
      }
    }
  }

  private static void openSearchAndMerge(String name, Kind kind, KnnVectorsFormat format)
      throws IOException {
    Path folder = createTempDir("golden");
    try (InputStream in = TestGoldenIndexes.class.getResourceAsStream("/golden/" + name)) {
      assertNotNull(name, in);
      TestUtil.unzip(in, folder);
    }
    try (Directory dir = FSDirectory.open(folder)) {
      Indexes.check(dir);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        assertEquals(name, 3, reader.leaves().size());
        for (LeafReaderContext leaf : reader.leaves()) {
          Indexes.graph(leaf.reader(), "euclidean");
          assertEquals(
              name, 0, Indexes.vectorsReader(leaf.reader(), NO_GRAPH).getGraph(NO_GRAPH).size());
          assertOursReadsAsStock((SegmentReader) leaf.reader(), kind);
        }
        assertComplete(reader, kind);
      }
      try (IndexWriter writer = new IndexWriter(dir, kind.config(Indexes.anyCodec(format)))) {
        writer.forceMerge(1);
      }
      Indexes.check(dir);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        assertEquals(name, 1, reader.leaves().size());
        Indexes.graph(getOnlyLeafReader(reader), NO_GRAPH);
        assertComplete(reader, kind);
      }
    }
  }

  /** Lucene finds stock's format by its name; ours finds the same. */
  private static void assertOursReadsAsStock(SegmentReader segment, Kind kind) throws IOException {
    SegmentInfo info = segment.getSegmentInfo().info;
    FieldInfo field = segment.getFieldInfos().fieldInfo("euclidean");
    try (Directory compound =
            info.getUseCompoundFile()
                ? info.getCodec().compoundFormat().getCompoundReader(info.dir, info)
                : null;
        KnnVectorsReader reader =
            kind.formats()
                .getFirst()
                .fieldsReader(
                    new SegmentReadState(
                        compound == null ? info.dir : compound,
                        info,
                        segment.getFieldInfos(),
                        IOContext.DEFAULT,
                        QuantizedIndexes.suffix(field)))) {
      reader.checkIntegrity();
      float[] query = VectorData.uniform(random(), 1, 8)[0];
      assertEquals(
          hits(Indexes.vectorsReader(segment, field.name), field.name, query),
          hits(reader, field.name, query));
    }
  }

  private static String hits(KnnVectorsReader reader, String field, float[] query)
      throws IOException {
    TopKnnCollector collector = new TopKnnCollector(10, Integer.MAX_VALUE);
    reader.search(field, query, collector, AcceptDocs.fromLiveDocs(null, Integer.MAX_VALUE));
    TopDocs found = collector.topDocs();
    assertEquals(10, found.scoreDocs.length);
    return Arrays.toString(found.scoreDocs);
  }

  private static void assertComplete(IndexReader reader, Kind kind) throws IOException {
    Documents documents = Documents.generate();
    assertEquals(
        Documents.live("euclidean"),
        Indexes.idsWithVectors(reader, "euclidean", documents.euclidean));
    assertEquals(Documents.live("dot"), Indexes.idsWithVectors(reader, "dot", documents.dot));
    assertEquals(
        Documents.live(NO_GRAPH), Indexes.idsWithVectors(reader, NO_GRAPH, documents.small));
    float[][] queries = VectorData.uniform(random(), 20, 8);
    double recall = Indexes.recall(reader, "euclidean", queries, 10, null);
    assertTrue(kind + ": recall=" + recall, recall >= kind.leastRecall);
    recall = Indexes.recall(reader, "cosine", VectorData.bytes(random(), 20, 6), 10);
    assertTrue("recall=" + recall, recall >= 0.85);
    recall = Indexes.recall(reader, "product", VectorData.bytes(random(), 20, 4), 10);
    assertTrue("recall=" + recall, recall >= 0.8);
  }
}
