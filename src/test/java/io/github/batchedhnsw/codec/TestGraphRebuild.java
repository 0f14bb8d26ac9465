// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import static org.apache.lucene.index.VectorSimilarityFunction.COSINE;
import static org.apache.lucene.index.VectorSimilarityFunction.EUCLIDEAN;

import com.carrotsearch.randomizedtesting.generators.RandomPicks;
import io.github.batchedhnsw.VectorData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.index.SoftDeletesDirectoryReaderWrapper;
import org.apache.lucene.index.SoftDeletesRetentionMergePolicy;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.store.MockDirectoryWrapper;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;

/** Graphs of an index are replaced by new ones, and nothing else changes, whatever goes wrong. */
public class TestGraphRebuild extends LuceneTestCase {
  private static final String QUANTIZED = "quantized";
  private static final String BYTES = "bytes";
  private static final int DIMENSION = 16;
  private static final Sort BY_ORDER = new Sort(new SortField("order", SortField.Type.LONG));

  private final Messages messages = new Messages();
  private final boolean sorted = random().nextBoolean();
  private final ScalarEncoding encoding = RandomPicks.randomFrom(random(), ScalarEncoding.values());

  /** All that an index has, and what is live of it. */
  private static final class Content {
    final float[][] vectors;
    final byte[][] bytes;
    final Set<Integer> live = new TreeSet<>();

    Content(int size, int dimension) {
      vectors = VectorData.uniform(random(), size, dimension);
      bytes = VectorData.bytes(random(), size, dimension);
    }

    Document document(int id) {
      Document document = Indexes.document(id, vectors[id], EUCLIDEAN);
      document.add(new KnnFloatVectorField(QUANTIZED, vectors[id], EUCLIDEAN));
      document.add(new KnnByteVectorField(BYTES, bytes[id], COSINE));
      document.add(new NumericDocValuesField("order", id * 7919L % 10_007));
      return document;
    }
  }

  /** The default codec with one format, and another for the quantized field. */
  private static Codec codec(KnnVectorsFormat format, KnnVectorsFormat quantized) {
    return new FilterCodec(TestUtil.getDefaultCodec().getName(), TestUtil.getDefaultCodec()) {
      @Override
      public KnnVectorsFormat knnVectorsFormat() {
        return new PerFieldKnnVectorsFormat() {
          @Override
          public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
            return field.equals(QUANTIZED) ? quantized : format;
          }
        };
      }
    };
  }

  private Codec ours(BuildOptions options) {
    return codec(
        new BatchedHnswVectorsFormat(16, 100, options, 0),
        new BatchedHnswScalarQuantizedVectorsFormat(
            encoding, 16, 100, options, 0, GraphVectors.RAW));
  }

  private Codec ours() {
    return ours(BuildOptions.DEFAULT);
  }

  private IndexWriterConfig config(Codec codec) {
    IndexWriterConfig config =
        Indexes.config(codec)
            .setInfoStream(messages)
            .setMergePolicy(NoMergePolicy.INSTANCE)
            .setCommitOnClose(false);
    return sorted ? config.setIndexSort(BY_ORDER) : config;
  }

  /** Three segments with small graphs, of stock's or ours, and deletes in some of them. */
  private Content index(Directory dir, int size) throws IOException {
    Content content = new Content(size, DIMENSION);
    Codec small =
        random().nextBoolean()
            ? codec(Indexes.stockFormat(2, 3), Indexes.stockFormat(2, 3))
            : codec(
                new BatchedHnswVectorsFormat(2, 3, 0),
                new BatchedHnswScalarQuantizedVectorsFormat(
                    encoding, 2, 3, BuildOptions.DEFAULT, 0, GraphVectors.RAW));
    try (IndexWriter writer = new IndexWriter(dir, config(small))) {
      for (int id = 0; id < size; id++) {
        writer.addDocument(content.document(id));
        content.live.add(id);
        if (id == size / 2 || id == size * 3 / 4) {
          writer.flush();
        }
      }
      for (int id = size / 3; id < size * 2 / 3; id += 3) {
        writer.deleteDocuments(new Term(Indexes.ID, Integer.toString(id)));
        content.live.remove(id);
      }
      writer.commit();
    }
    messages.clear();
    return content;
  }

  private void rebuild(Directory dir, Codec codec) throws IOException {
    IndexWriter writer = new IndexWriter(dir, config(codec));
    try {
      GraphRebuild.rebuild(writer);
    } finally {
      writer.rollback();
    }
  }

  private static void assertHolds(Directory dir, Content content) throws IOException {
    Indexes.check(dir);
    try (DirectoryReader reader = DirectoryReader.open(dir)) {
      assertEquals(content.live, Indexes.idsWithVectors(reader, Indexes.FIELD, content.vectors));
      assertEquals(content.live, Indexes.idsWithVectors(reader, QUANTIZED, content.vectors));
    }
  }

  /** Of the segments of the last commit. */
  private static List<String> names(Directory dir) throws IOException {
    List<String> names = new ArrayList<>();
    for (SegmentCommitInfo segment : SegmentInfos.readLatestCommit(dir)) {
      names.add(segment.info.name);
    }
    return names;
  }

  private static double recall(Directory dir, String field, float[][] queries) throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(dir)) {
      return Indexes.recall(reader, field, queries, 10, null);
    }
  }

  public void testEverySegmentAlone() throws IOException {
    try (Directory dir = newDirectory()) {
      Content content = index(dir, atLeast(1500));
      float[][] queries = VectorData.uniform(random(), 60, DIMENSION);
      double before = recall(dir, Indexes.FIELD, queries);
      double quantizedBefore = recall(dir, QUANTIZED, queries);
      List<String> old = names(dir);
      List<BuiltGraph> told = new CopyOnWriteArrayList<>();
      BuildListener listener =
          new BuildListener() {
            @Override
            public void built(BuiltGraph graph) {
              told.add(graph);
            }
          };
      rebuild(dir, ours(BuildOptions.DEFAULT.withListener(listener)));
      assertHolds(dir, content);
      assertEquals(9, told.size());
      assertTrue(told.toString(), told.stream().allMatch(graph -> graph.plan().equals("bulk")));
      assertEquals(9, messages.with("rebuild, because it was asked for").size());
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        List<String> replaced = new ArrayList<>();
        assertEquals(3, reader.leaves().size());
        for (LeafReaderContext leaf : reader.leaves()) {
          SegmentReader segment = (SegmentReader) leaf.reader();
          replaced.add(segment.getSegmentInfo().info.getDiagnostics().get(GraphRebuild.DIAGNOSTIC));
          assertFalse(old.contains(segment.getSegmentName()));
          assertFalse(segment.hasDeletions());
          assertEquals(sorted ? BY_ORDER : null, segment.getMetaData().sort());
          for (String field : List.of(Indexes.FIELD, QUANTIZED, BYTES)) {
            assertEquals(segment.maxDoc(), Indexes.graph(segment, field).size());
            assertEquals(16, Indexes.graph(segment, field).maxConn());
          }
        }
        assertEquals(Set.copyOf(old), Set.copyOf(replaced));
      }
      double after = recall(dir, Indexes.FIELD, queries);
      assertTrue(before + " -> " + after, after > 0.95 && after > before + 0.05);
      double quantizedAfter = recall(dir, QUANTIZED, queries);
      assertTrue(quantizedBefore + " -> " + quantizedAfter, quantizedAfter > quantizedBefore);
      assertStockMerges(dir, content);
    }
  }

  /** Stock takes the result as its own. */
  private void assertStockMerges(Directory dir, Content content) throws IOException {
    Codec stock = codec(Indexes.stockFormat(16, 100), QuantizedIndexes.stock(encoding));
    try (IndexWriter writer =
        new IndexWriter(dir, config(stock).setMergePolicy(new TieredMergePolicy()))) {
      writer.forceMerge(1);
      writer.commit();
    }
    assertHolds(dir, content);
  }

  /** A graph that a merge of a segment alone would keep is built anew, and only once. */
  public void testGoodGraphs() throws IOException {
    try (Directory dir = newDirectory()) {
      Content content = new Content(800, 8);
      try (IndexWriter writer = new IndexWriter(dir, config(ours()))) {
        for (int id = 0; id < 800; id++) {
          writer.addDocument(content.document(id));
          content.live.add(id);
        }
        writer.commit();
      }
      for (int round = 0; round < 2; round++) {
        messages.clear();
        rebuild(dir, ours());
        assertEquals(messages.toString(), 3, messages.with("built a graph", "by bulk").size());
        assertHolds(dir, content);
      }
      messages.clear();
      try (IndexWriter writer = new IndexWriter(dir, config(ours()))) {
        writer.deleteDocuments(new Term(Indexes.ID, "5"));
        writer.getConfig().setMergePolicy(new TieredMergePolicy());
        writer.forceMergeDeletes();
        writer.forceMerge(1);
        writer.commit();
      }
      assertEquals(messages.toString(), 3, messages.with("built", "by extension").size());
    }
  }

  public void testNothingToDo() throws IOException {
    try (Directory dir = newDirectory();
        IndexWriter writer = new IndexWriter(dir, config(ours()))) {
      GraphRebuild.rebuild(writer);
      writer.addDocument(Indexes.document(1));
      GraphRebuild.rebuild(writer); // without vectors: committed, and not touched
      assertEquals(List.of("_0"), names(dir));
      assertSame(NoMergePolicy.INSTANCE, writer.getConfig().getMergePolicy());
    }
  }

  public void testForeignCodec() throws IOException {
    try (Directory dir = newDirectory()) {
      index(dir, 100);
      List<String> names = names(dir);
      IllegalArgumentException thrown =
          expectThrows(
              IllegalArgumentException.class, () -> rebuild(dir, TestUtil.getDefaultCodec()));
      assertTrue(thrown.getMessage(), thrown.getMessage().contains("BatchedHnswCodec.wrap"));
      assertEquals(names, names(dir));
    }
  }

  /** The machine stops after one graph or another: the last commit is there, and whole. */
  public void testKilled() throws IOException {
    for (int graphs = 1; graphs <= 9; graphs += random().nextInt(1, 4)) {
      int deadly = graphs;
      MockDirectoryWrapper dir = mockDirectory();
      Content content = index(dir, random().nextInt(150, 300));
      List<String> names = names(dir);
      AtomicInteger built = new AtomicInteger();
      BuildListener listener =
          new BuildListener() {
            @Override
            public void built(BuiltGraph graph) {
              if (built.incrementAndGet() == deadly) {
                try {
                  dir.crash();
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              }
            }
          };
      expectThrows( // as files are closed
          Exception.class, () -> rebuild(dir, ours(BuildOptions.DEFAULT.withListener(listener))));
      assertEquals(deadly, built.get());
      dir.clearCrash();
      assertEquals(names, names(dir));
      assertHolds(dir, content);
      rebuild(dir, ours());
      assertHolds(dir, content);
      dir.close();
    }
  }

  /** The process ends when all is built and nothing committed. */
  public void testAbandonedBeforeCommit() throws IOException {
    MockDirectoryWrapper dir = mockDirectory();
    Content content = index(dir, 200);
    List<String> names = names(dir);
    AtomicBoolean ending = new AtomicBoolean(true);
    dir.failOn(
        new MockDirectoryWrapper.Failure() {
          @Override
          public void eval(MockDirectoryWrapper failing) throws IOException {
            if (ending.get() && callStackContains(IndexWriter.class, "prepareCommitInternal")) {
              throw new MockDirectoryWrapper.FakeIOException();
            }
          }
        });
    expectThrows(MockDirectoryWrapper.FakeIOException.class, () -> rebuild(dir, ours()));
    ending.set(false);
    assertEquals(9, messages.with("built a graph").size());
    assertEquals(names, names(dir));
    assertHolds(dir, content);
    dir.close();
  }

  public void testDiskFull() throws IOException {
    int failed = 0;
    for (int attempt = 0; attempt < 15; attempt++) {
      MockDirectoryWrapper dir = mockDirectory();
      dir.setTrackDiskUsage(true);
      Content content = index(dir, random().nextInt(100, 200));
      List<String> names = names(dir);
      long used = dir.sizeInBytes();
      dir.setMaxSizeInBytes(used + random().nextLong(used * 5 / 2));
      boolean thrown = false;
      try {
        rebuild(dir, ours());
      } catch (
          @SuppressWarnings("unused")
          IOException e) {
        thrown = true;
        failed++;
      }
      dir.setMaxSizeInBytes(0);
      assertEquals(thrown, names.equals(names(dir)));
      assertHolds(dir, content);
      rebuild(dir, ours());
      assertHolds(dir, content);
      dir.close(); // fails on files that are open or that nobody refers to
    }
    assertTrue("failed=" + failed, failed > 2 && failed < 15);
  }

  private static MockDirectoryWrapper mockDirectory() {
    MockDirectoryWrapper dir = new MockDirectoryWrapper(random(), new ByteBuffersDirectory());
    dir.setThrottling(MockDirectoryWrapper.Throttling.NEVER);
    return dir;
  }

  /** Of a writer that is in use, whose own policy merges meanwhile. */
  public void testWhileIndexing() throws Exception {
    int size = atLeast(1200);
    try (Directory dir = newDirectory()) {
      Content content = index(dir, size);
      IndexWriterConfig config =
          config(ours())
              .setMergePolicy(newTieredMergePolicy())
              .setMergeScheduler(new ConcurrentMergeScheduler())
              .setMaxBufferedDocs(40);
      MergePolicy policy = config.getMergePolicy();
      Set<String> old = new HashSet<>(names(dir));
      try (IndexWriter writer = new IndexWriter(dir, config)) {
        Thread indexing =
            new Thread(
                () -> {
                  try {
                    for (int id = 0; id < size / 2; id++) {
                      writer.updateDocument(
                          new Term(Indexes.ID, Integer.toString(id)), content.document(id));
                    }
                  } catch (IOException e) {
                    throw new AssertionError(e);
                  }
                });
        indexing.start();
        GraphRebuild.rebuild(writer);
        old.retainAll(names(dir));
        assertEquals("what was there is not there any more", Set.of(), old);
        indexing.join();
        writer.commit();
        assertSame(policy, writer.getConfig().getMergePolicy());
      }
      for (int id = 0; id < size / 2; id++) {
        content.live.add(id);
      }
      assertHolds(dir, content);
    }
  }

  /** What is deleted softly is kept, what is deleted is not. */
  public void testSoftDeletes() throws IOException {
    try (Directory dir = newDirectory()) {
      IndexWriterConfig config = config(ours()).setSoftDeletesField("deleted");
      if (random().nextBoolean()) {
        config.setMergePolicy(
            new SoftDeletesRetentionMergePolicy(
                "deleted", MatchAllDocsQuery::new, new TieredMergePolicy()));
      }
      Content content = new Content(300, 4);
      try (IndexWriter writer = new IndexWriter(dir, config)) {
        for (int id = 0; id < 300; id++) {
          writer.addDocument(content.document(id));
          content.live.add(id);
        }
        writer.commit();
        for (int id = 0; id < 100; id++) {
          Term term = new Term(Indexes.ID, Integer.toString(id));
          if (id < 60) {
            writer.softUpdateDocument(
                term, content.document(id), new NumericDocValuesField("deleted", 1));
          } else {
            writer.deleteDocuments(term);
            content.live.remove(id);
          }
        }
        GraphRebuild.rebuild(writer);
        try (DirectoryReader reader = DirectoryReader.open(writer)) {
          assertEquals(260, reader.numDocs());
          assertEquals(320, reader.maxDoc());
        }
      }
      Indexes.check(dir);
      try (DirectoryReader reader =
          new SoftDeletesDirectoryReaderWrapper(DirectoryReader.open(dir), "deleted")) {
        assertEquals(content.live, Indexes.idsWithVectors(reader, QUANTIZED, content.vectors));
      }
    }
  }

  public void testDiagnosticIsTold() throws IOException {
    try (Directory dir = newDirectory()) {
      index(dir, 100);
      rebuild(dir, ours());
      for (SegmentCommitInfo segment : SegmentInfos.readLatestCommit(dir)) {
        Map<String, String> diagnostics = segment.info.getDiagnostics();
        assertEquals("merge", diagnostics.get("source"));
        assertTrue(diagnostics.get(GraphRebuild.DIAGNOSTIC).matches("_\\w+"));
      }
    }
  }
}
