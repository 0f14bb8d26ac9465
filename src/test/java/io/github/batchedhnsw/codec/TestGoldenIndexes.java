package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.VectorData;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.LuceneTestCase.SuppressFileSystems;
import org.apache.lucene.tests.util.TestUtil;

/**
 * Indexes that earlier states of this library wrote, kept as zip files in {@code golden/} of the
 * test resources: opened, searched and merged by this one. They are never written again. New ones
 * are written, once for each release and where a layout is new, by
 *
 * <pre>{@code
 * mvn -B test-compile surefire:test@default-test -Dtest=TestGoldenIndexes#testWrite \
 *     -Dtests.golden.write=0.1.0
 * }</pre>
 *
 * <p>and added to {@link #NAMES}.
 */
@SuppressFileSystems("*") // writes into the source tree
public class TestGoldenIndexes extends LuceneTestCase {
  private static final List<String> NAMES = List.of("0.1.0-plain", "0.1.0-sorted");

  /** Prefix of the names that {@link #testWrite} gives. */
  private static final String WRITE_PROPERTY = "tests.golden.write";

  private static final Path FOLDER = Path.of("src/test/resources/golden");
  private static final int SIZE = 300;
  private static final String NO_GRAPH = "small";

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

  /** Not a test: writes new golden indexes, where the property says so. */
  public void testWrite() throws IOException {
    String prefix = System.getProperty(WRITE_PROPERTY);
    assumeTrue("golden indexes are written only by an explicit command", prefix != null);
    Documents documents = Documents.generate();
    for (boolean sorted : new boolean[] {false, true}) {
      try (Directory dir = new ByteBuffersDirectory()) {
        IndexWriterConfig config = Indexes.config(goldenCodec());
        if (sorted) {
          config.setIndexSort(new Sort(new SortField("order", SortField.Type.LONG)));
        }
        config.setUseCompoundFile(sorted);
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
        zip(dir, FOLDER.resolve(prefix + (sorted ? "-sorted" : "-plain") + ".zip"));
      }
    }
  }

  /**
   * The codec of Lucene 10.4 to 10.6, with several parameters of ours. M is the same everywhere:
   * stock Lucene cannot merge graphs with a larger M than they have.
   */
  private static Codec goldenCodec() {
    Codec stock = Codec.forName("Lucene104");
    return new FilterCodec(stock.getName(), stock) {
      @Override
      public KnnVectorsFormat knnVectorsFormat() {
        return new PerFieldKnnVectorsFormat() {
          private final KnnVectorsFormat bulk = new BatchedHnswVectorsFormat(16, 100, 0);
          private final KnnVectorsFormat insertion =
              new BatchedHnswVectorsFormat(16, 40, BuildOptions.DEFAULT.withMemoryBudget(1), 0);
          private final KnnVectorsFormat none = new BatchedHnswVectorsFormat(16, 100, 1_000_000);

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
    for (String name : NAMES) {
      for (Codec codec : List.of(Indexes.codec(Indexes.ours()), Indexes.stock())) {
        Path folder = createTempDir("golden");
        try (InputStream in =
            TestGoldenIndexes.class.getResourceAsStream("/golden/" + name + ".zip")) {
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
                  name,
                  0,
                  Indexes.vectorsReader(leaf.reader(), NO_GRAPH).getGraph(NO_GRAPH).size());
            }
            assertComplete(reader);
          }
          merge(dir, codec, name.endsWith("sorted"));
          Indexes.check(dir);
          try (DirectoryReader reader = DirectoryReader.open(dir)) {
            assertEquals(name, 1, reader.leaves().size());
            assertComplete(reader);
          }
        }
      }
    }
  }

  private static void merge(Directory dir, Codec codec, boolean sorted) throws IOException {
    IndexWriterConfig config = Indexes.config(codec);
    if (sorted) {
      config.setIndexSort(new Sort(new SortField("order", SortField.Type.LONG)));
    }
    try (IndexWriter writer = new IndexWriter(dir, config)) {
      writer.forceMerge(1);
    }
  }

  private static void assertComplete(IndexReader reader) throws IOException {
    Documents documents = Documents.generate();
    assertEquals(
        Documents.live("euclidean"),
        Indexes.idsWithVectors(reader, "euclidean", documents.euclidean));
    assertEquals(Documents.live("dot"), Indexes.idsWithVectors(reader, "dot", documents.dot));
    assertEquals(
        Documents.live(NO_GRAPH), Indexes.idsWithVectors(reader, NO_GRAPH, documents.small));
    float[][] queries = VectorData.uniform(random(), 20, 8);
    double recall = Indexes.recall(reader, "euclidean", queries, 10, null);
    assertTrue("recall=" + recall, recall >= 0.9);
    recall = Indexes.recall(reader, "cosine", VectorData.bytes(random(), 20, 6), 10);
    assertTrue("recall=" + recall, recall >= 0.85);
    recall = Indexes.recall(reader, "product", VectorData.bytes(random(), 20, 4), 10);
    assertTrue("recall=" + recall, recall >= 0.8);
  }
}
