// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import static org.apache.lucene.index.VectorSimilarityFunction.COSINE;
import static org.apache.lucene.index.VectorSimilarityFunction.DOT_PRODUCT;
import static org.apache.lucene.index.VectorSimilarityFunction.EUCLIDEAN;
import static org.apache.lucene.index.VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;

import io.github.batchedhnsw.VectorData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.SoftDeletesRetentionMergePolicy;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.NamedThreadFactory;

/** Segments in all walks of life: what is in them, and how well it is found. */
public class TestBatchedHnswVectorsWriter extends LuceneTestCase {
  private static final String FIELD = Indexes.FIELD;
  private static final double RECALL = 0.9;

  private static IndexWriterConfig config() {
    return Indexes.config(Indexes.codec(Indexes.ours()));
  }

  private static Set<Integer> range(int from, int to) {
    Set<Integer> ids = new TreeSet<>();
    for (int i = from; i < to; i++) {
      ids.add(i);
    }
    return ids;
  }

  private static void assertRecall(DirectoryReader reader, float[][] near) throws IOException {
    float[][] queries = new float[30][];
    for (int i = 0; i < queries.length; i++) {
      queries[i] = near[random().nextInt(near.length)].clone();
      for (int d = 0; d < queries[i].length; d++) {
        queries[i][d] += 0.02f * random().nextFloat();
      }
    }
    double recall = Indexes.recall(reader, FIELD, queries, 10, null);
    assertTrue("recall=" + recall, recall >= RECALL);
  }

  /** Indexes in several segments, checks, merges to one, checks again. */
  private static void assertIndexesMergesAndSearches(
      Codec codec, float[][] vectors, VectorSimilarityFunction similarity) throws IOException {
    try (Directory dir = newDirectory()) {
      try (IndexWriter writer = new IndexWriter(dir, Indexes.config(codec))) {
        for (int i = 0; i < vectors.length; i++) {
          writer.addDocument(Indexes.document(i, vectors[i], similarity));
          if (i == vectors.length / 2) {
            writer.flush();
          }
        }
        try (DirectoryReader reader = DirectoryReader.open(writer)) {
          assertEquals(range(0, vectors.length), Indexes.idsWithVectors(reader, FIELD, vectors));
          assertRecall(reader, vectors);
        }
        writer.forceMerge(1);
      }
      Indexes.check(dir);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        assertEquals(vectors.length, Indexes.graph(getOnlyLeafReader(reader), FIELD).size());
        assertEquals(range(0, vectors.length), Indexes.idsWithVectors(reader, FIELD, vectors));
        assertRecall(reader, vectors);
      }
    }
  }

  public void testSortedByCluster() throws IOException {
    assertIndexesMergesAndSearches(
        Indexes.codec(Indexes.ours()),
        VectorData.sortedByCluster(random(), atLeast(1000), 12, 15),
        EUCLIDEAN);
  }

  public void testIdenticalVectors() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      assertIndexesMergesAndSearches(
          Indexes.codec(Indexes.ours()),
          VectorData.identical(random(), atLeast(300), 7),
          similarity);
    }
  }

  public void testFewVectors() throws IOException {
    int maxConn = random().nextInt(2, 17);
    for (int size : new int[] {1, 2, 3, maxConn, maxConn + 1, 2 * maxConn, 2 * maxConn + 1}) {
      assertIndexesMergesAndSearches(
          Indexes.codec(new BatchedHnswVectorsFormat(maxConn, 50, 0)),
          VectorData.normalized(random(), size, random().nextInt(1, 20)),
          VectorSimilarityFunction.values()[random().nextInt(4)]);
    }
  }

  /** As merges with deletes leave them: every number of vectors from none to a few. */
  public void testFewVectorsAreLeftByAMerge() throws IOException {
    float[][] vectors = VectorData.uniform(random(), 10, 4);
    for (int left = 1; left <= 5; left++) {
      try (Directory dir = newDirectory()) {
        try (IndexWriter writer = new IndexWriter(dir, config())) {
          for (int i = 0; i < vectors.length; i++) {
            writer.addDocument(Indexes.document(i, vectors[i], EUCLIDEAN));
          }
          writer.commit();
          for (int i = left; i < vectors.length; i++) {
            writer.deleteDocuments(new Term(Indexes.ID, Integer.toString(i)));
          }
          writer.forceMerge(1);
        }
        Indexes.check(dir);
        try (DirectoryReader reader = DirectoryReader.open(dir)) {
          assertEquals(left, Indexes.graph(getOnlyLeafReader(reader), FIELD).size());
          assertEquals(range(0, left), Indexes.idsWithVectors(reader, FIELD, vectors));
        }
      }
    }
  }

  public void testOneDimension() throws IOException {
    assertIndexesMergesAndSearches(
        Indexes.codec(Indexes.ours()),
        VectorData.uniform(random(), atLeast(500), 1),
        random().nextBoolean() ? EUCLIDEAN : MAXIMUM_INNER_PRODUCT);
  }

  /** As Solr lifts the limit: a format of the same name that passes everything on. */
  private static final class AnyDimension extends KnnVectorsFormat {
    private final KnnVectorsFormat delegate;

    AnyDimension(KnnVectorsFormat delegate) {
      super(delegate.getName());
      this.delegate = delegate;
    }

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
      return Integer.MAX_VALUE;
    }
  }

  public void testManyDimensions() throws IOException {
    float[][] vectors = VectorData.sortedByCluster(random(), 120, 4096, 30);
    assertIndexesMergesAndSearches(
        Indexes.anyCodec(new AnyDimension(Indexes.ours())), vectors, EUCLIDEAN);
    try (Directory dir = newDirectory();
        IndexWriter writer = new IndexWriter(dir, config())) {
      expectThrows(
          IllegalArgumentException.class,
          () -> writer.addDocument(Indexes.document(0, vectors[0], EUCLIDEAN)));
    }
  }

  public void testSeveralSparseFieldsPerSegment() throws IOException {
    int size = atLeast(800);
    float[][] euclidean = VectorData.uniform(random(), size, 9);
    float[][] dot = VectorData.normalized(random(), size, 5);
    byte[][] cosine = VectorData.bytes(random(), size, 8);
    byte[][] product = VectorData.bytes(random(), size, 6);
    try (Directory dir = newDirectory()) {
      try (IndexWriter writer = new IndexWriter(dir, config())) {
        for (int i = 0; i < size; i++) {
          Document doc = Indexes.document(i);
          if (i % 2 == 0) {
            doc.add(new KnnFloatVectorField("euclidean", euclidean[i], EUCLIDEAN));
          }
          if (i % 3 != 0) {
            doc.add(new KnnFloatVectorField("dot", dot[i], DOT_PRODUCT));
          }
          doc.add(new KnnByteVectorField("cosine", cosine[i], COSINE));
          if (i > size / 2) { // no vector in the first segment
            doc.add(new KnnByteVectorField("product", product[i], MAXIMUM_INNER_PRODUCT));
          }
          writer.addDocument(doc);
          if (i == size / 2) {
            writer.flush();
          }
        }
        writer.commit();
        try (DirectoryReader reader = DirectoryReader.open(writer)) {
          assertEquals(2, reader.leaves().size());
        }
        writer.forceMerge(1);
      }
      Indexes.check(dir);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        var leaf = getOnlyLeafReader(reader);
        assertEquals((size + 1) / 2, Indexes.graph(leaf, "euclidean").size());
        assertEquals(size - (size + 2) / 3, Indexes.graph(leaf, "dot").size());
        assertEquals(size, Indexes.graph(leaf, "cosine").size());
        assertEquals(size - 1 - size / 2, Indexes.graph(leaf, "product").size());
        Set<Integer> even = new TreeSet<>(range(0, size));
        even.removeIf(id -> id % 2 != 0);
        assertEquals(even, Indexes.idsWithVectors(reader, "euclidean", euclidean));
        Set<Integer> notThird = new TreeSet<>(range(0, size));
        notThird.removeIf(id -> id % 3 == 0);
        assertEquals(notThird, Indexes.idsWithVectors(reader, "dot", dot));
        assertTrue(
            Indexes.recall(reader, "euclidean", VectorData.uniform(random(), 20, 9), 10, null)
                >= RECALL);
        assertTrue(
            Indexes.recall(reader, "dot", VectorData.normalized(random(), 20, 5), 10, null)
                >= RECALL);
        assertTrue(
            Indexes.recall(reader, "cosine", VectorData.bytes(random(), 20, 8), 10) >= RECALL);
        // large and small vectors: the large ones are every query's nearest
        assertTrue(Indexes.recall(reader, "product", VectorData.bytes(random(), 20, 6), 10) >= 0.8);
      }
    }
  }

  public void testIndexSorting() throws IOException {
    int size = atLeast(800);
    float[][] vectors = VectorData.normalized(random(), size, 8);
    boolean sparse = random().nextBoolean();
    try (Directory dir = newDirectory()) {
      IndexWriterConfig config =
          config().setIndexSort(new Sort(new SortField("order", SortField.Type.LONG)));
      Set<Integer> expected = new TreeSet<>();
      try (IndexWriter writer = new IndexWriter(dir, config)) {
        for (int i = 0; i < size; i++) {
          Document doc = Indexes.document(i);
          if (!sparse || i % 3 != 0) {
            doc.add(new KnnFloatVectorField(FIELD, vectors[i], DOT_PRODUCT));
            expected.add(i);
          }
          doc.add(new NumericDocValuesField("order", (i * 7919L) % size));
          writer.addDocument(doc);
          if (i == size / 3) {
            writer.flush();
          }
        }
        try (DirectoryReader reader = DirectoryReader.open(writer)) { // sorted on flush
          assertSorted(reader, size);
          assertEquals(expected, Indexes.idsWithVectors(reader, FIELD, vectors));
          assertRecall(reader, vectors);
        }
        writer.forceMerge(1);
      }
      Indexes.check(dir);
      try (DirectoryReader reader = DirectoryReader.open(dir)) { // sorted on merge
        assertSorted(reader, size);
        assertEquals(expected.size(), Indexes.graph(getOnlyLeafReader(reader), FIELD).size());
        assertEquals(expected, Indexes.idsWithVectors(reader, FIELD, vectors));
        assertRecall(reader, vectors);
      }
    }
  }

  private static void assertSorted(DirectoryReader reader, int size) throws IOException {
    for (LeafReaderContext context : reader.leaves()) {
      long last = -1;
      for (int doc = 0; doc < context.reader().maxDoc(); doc++) {
        int id = Integer.parseInt(context.reader().storedFields().document(doc).get(Indexes.ID));
        long order = (id * 7919L) % size;
        assertTrue(order >= last);
        last = order;
      }
    }
  }

  public void testDeletes() throws IOException {
    int size = atLeast(900);
    float[][] vectors = VectorData.uniform(random(), size, 8);
    try (Directory dir = newDirectory()) {
      Set<Integer> expected = range(0, size);
      try (IndexWriter writer = new IndexWriter(dir, config())) {
        for (int i = 0; i < size; i++) {
          writer.addDocument(Indexes.document(i, vectors[i], EUCLIDEAN));
          if (i % 300 == 299) {
            writer.flush();
          }
        }
        writer.commit();
        for (int i = 0; i < size; i++) {
          if (random().nextInt(10) < 4) {
            writer.deleteDocuments(new Term(Indexes.ID, Integer.toString(i)));
            expected.remove(i);
          }
        }
        for (int i = 0; i < 50; i++) { // updated: now somewhere else
          int id = random().nextInt(size);
          vectors[id] = VectorData.uniform(random(), 1, 8)[0];
          writer.updateDocument(
              new Term(Indexes.ID, Integer.toString(id)),
              Indexes.document(id, vectors[id], EUCLIDEAN));
          expected.add(id);
        }
        try (DirectoryReader reader = DirectoryReader.open(writer)) {
          assertEquals(expected, Indexes.idsWithVectors(reader, FIELD, vectors));
          assertRecall(reader, vectors);
        }
        writer.forceMerge(1);
      }
      Indexes.check(dir);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        assertEquals(expected.size(), Indexes.graph(getOnlyLeafReader(reader), FIELD).size());
        assertEquals(expected, Indexes.idsWithVectors(reader, FIELD, vectors));
        assertRecall(reader, vectors);
      }
    }
  }

  public void testDeletingAllVectors() throws IOException {
    float[][] vectors = VectorData.uniform(random(), 50, 3);
    try (Directory dir = newDirectory()) {
      try (IndexWriter writer = new IndexWriter(dir, config())) {
        for (int i = 0; i < 50; i++) {
          writer.addDocument(Indexes.document(i, vectors[i], EUCLIDEAN));
        }
        writer.addDocument(Indexes.document(50));
        writer.commit();
        for (int i = 0; i < 50; i++) {
          writer.deleteDocuments(new Term(Indexes.ID, Integer.toString(i)));
        }
        writer.forceMerge(1);
      }
      Indexes.check(dir);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        assertEquals(1, reader.numDocs());
        assertEquals(Set.of(), Indexes.idsWithVectors(reader, FIELD, vectors));
        assertEquals(
            0, new IndexSearcher(reader).count(new KnnFloatVectorQuery(FIELD, vectors[0], 5)));
      }
    }
  }

  public void testFilter() throws IOException {
    int size = atLeast(900);
    float[][] vectors = VectorData.uniform(random(), size, 6);
    try (Directory dir = newDirectory();
        IndexWriter writer = new IndexWriter(dir, config())) {
      for (int i = 0; i < size; i++) {
        Document doc = Indexes.document(i, vectors[i], EUCLIDEAN);
        doc.add(new StringField("color", i % 3 == 0 ? "red" : "blue", Field.Store.NO));
        writer.addDocument(doc);
      }
      try (DirectoryReader reader = DirectoryReader.open(writer)) {
        double recall =
            Indexes.recall(
                reader,
                FIELD,
                VectorData.uniform(random(), 30, 6),
                10,
                new TermQuery(new Term("color", "red")));
        assertTrue("recall=" + recall, recall >= RECALL);
      }
    }
  }

  public void testAddIndexes() throws IOException {
    int size = atLeast(900);
    float[][] vectors = VectorData.uniform(random(), size, 7);
    List<Directory> parts = new ArrayList<>();
    try (Directory dir = newDirectory()) {
      for (int part = 0; part < 3; part++) {
        Directory partDir = newDirectory();
        parts.add(partDir);
        // one of them written by stock
        Codec codec = part == 1 ? Indexes.stock() : Indexes.codec(Indexes.ours());
        try (IndexWriter writer = new IndexWriter(partDir, Indexes.config(codec))) {
          for (int i = part; i < size; i += 3) {
            writer.addDocument(Indexes.document(i, vectors[i], EUCLIDEAN));
          }
        }
      }
      try (IndexWriter writer = new IndexWriter(dir, config())) {
        writer.addIndexes(parts.get(0));
        for (int part = 1; part < 3; part++) {
          try (DirectoryReader reader = DirectoryReader.open(parts.get(part))) {
            writer.addIndexes((CodecReader) getOnlyLeafReader(reader));
          }
        }
        try (DirectoryReader reader = DirectoryReader.open(writer)) {
          assertEquals(3, reader.leaves().size());
          for (LeafReaderContext context : reader.leaves()) {
            assertEquals(size / 3.0, Indexes.graph(context.reader(), FIELD).size(), 1);
          }
          assertEquals(range(0, size), Indexes.idsWithVectors(reader, FIELD, vectors));
          assertRecall(reader, vectors);
        }
        writer.forceMerge(1);
      }
      Indexes.check(dir);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        assertEquals(size, Indexes.graph(getOnlyLeafReader(reader), FIELD).size());
        assertEquals(range(0, size), Indexes.idsWithVectors(reader, FIELD, vectors));
        assertRecall(reader, vectors);
      }
    } finally {
      for (Directory part : parts) {
        part.close();
      }
    }
  }

  public void testSoftDeletes() throws IOException {
    int size = atLeast(600);
    float[][] vectors = VectorData.uniform(random(), size, 6);
    try (Directory dir = newDirectory()) {
      IndexWriterConfig config = config().setSoftDeletesField("gone");
      boolean retain = random().nextBoolean();
      if (retain) {
        config.setMergePolicy(
            new SoftDeletesRetentionMergePolicy(
                "gone", MatchAllDocsQuery::new, config.getMergePolicy()));
      }
      Set<Integer> expected = range(0, size);
      int versions = size;
      try (IndexWriter writer = new IndexWriter(dir, config)) {
        for (int i = 0; i < size; i++) {
          writer.addDocument(Indexes.document(i, vectors[i], EUCLIDEAN));
        }
        writer.flush();
        for (int i = 0; i < size; i += 2) {
          float[] moved = VectorData.uniform(random(), 1, 6)[0];
          vectors[i] = moved;
          writer.softUpdateDocument(
              new Term(Indexes.ID, Integer.toString(i)),
              Indexes.document(i, moved, EUCLIDEAN),
              new NumericDocValuesField("gone", 1));
          versions++;
        }
        try (DirectoryReader reader = DirectoryReader.open(writer)) {
          assertEquals(expected, Indexes.idsWithVectors(reader, FIELD, vectors));
          assertRecall(reader, vectors);
        }
        writer.forceMerge(1);
        try (DirectoryReader reader = DirectoryReader.open(writer)) {
          assertEquals(size, reader.numDocs());
          int nodes = Indexes.graph(reader.leaves().get(0).reader(), FIELD).size();
          assertEquals(retain ? versions : size, nodes);
          assertEquals(expected, Indexes.idsWithVectors(reader, FIELD, vectors));
          assertRecall(reader, vectors);
        }
      }
      Indexes.check(dir);
    }
  }

  /** Blocks of children, of which only some have vectors, and a parent without one. */
  public void testNestedDocuments() throws IOException {
    int parents = atLeast(200);
    List<float[]> vectors = new ArrayList<>();
    Set<Integer> expected = new TreeSet<>();
    try (Directory dir = newDirectory()) {
      IndexWriterConfig config = config();
      boolean sorted = random().nextBoolean();
      if (sorted) {
        config.setParentField("parentField");
        config.setIndexSort(new Sort(new SortField("order", SortField.Type.LONG)));
      }
      try (IndexWriter writer = new IndexWriter(dir, config)) {
        for (int p = 0; p < parents; p++) {
          List<Document> block = new ArrayList<>();
          int children = random().nextInt(1, 6);
          for (int c = 0; c < children; c++) {
            int id = vectors.size();
            float[] vector = VectorData.uniform(random(), 1, 6)[0];
            vectors.add(vector);
            Document child = Indexes.document(id);
            child.add(new StringField("kind", c % 2 == 0 ? "even" : "odd", Field.Store.NO));
            if (random().nextInt(5) > 0) {
              child.add(new KnnFloatVectorField(FIELD, vector, EUCLIDEAN));
              expected.add(id);
            }
            block.add(child);
          }
          Document parent = new Document();
          parent.add(new StringField("kind", "parent", Field.Store.NO));
          parent.add(new NumericDocValuesField("order", random().nextInt(1000)));
          block.add(parent);
          writer.addDocuments(block);
          if (p == parents / 2) {
            writer.flush();
          }
        }
        writer.forceMerge(1);
      }
      Indexes.check(dir);
      float[][] byId = vectors.toArray(float[][]::new);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        assertEquals(vectors.size() + parents, reader.numDocs());
        assertEquals(expected.size(), Indexes.graph(getOnlyLeafReader(reader), FIELD).size());
        assertEquals(expected, Indexes.idsWithVectors(reader, FIELD, byId));
        assertRecall(reader, byId);
        double recall =
            Indexes.recall(
                reader,
                FIELD,
                VectorData.uniform(random(), 20, 6),
                5,
                new TermQuery(new Term("kind", "even")));
        assertTrue("recall=" + recall, recall >= RECALL);
      }
    }
  }

  /** Several threads index, merges run beside them, and every reader finds what it has. */
  public void testSearchWhileIndexing() throws Exception {
    int threads = 3;
    int perThread = atLeast(400);
    float[][] vectors = VectorData.uniform(random(), threads * perThread, 6);
    float[][] queries = VectorData.uniform(random(), 5, 6);
    ExecutorService builders = Executors.newFixedThreadPool(2, new NamedThreadFactory("builders"));
    ExecutorService indexers =
        Executors.newFixedThreadPool(threads, new NamedThreadFactory("indexers"));
    try (Directory dir = newDirectory()) {
      IndexWriterConfig config =
          new IndexWriterConfig()
              .setCodec(Indexes.codec(new BatchedHnswVectorsFormat(16, 60, 2, builders, 0, 2)))
              .setMergeScheduler(new ConcurrentMergeScheduler())
              .setMaxBufferedDocs(50);
      try (IndexWriter writer = new IndexWriter(dir, config)) {
        AtomicBoolean failed = new AtomicBoolean();
        List<Future<?>> futures = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
          int first = t * perThread;
          futures.add(
              indexers.submit(
                  () -> {
                    for (int i = first; i < first + perThread && !failed.get(); i++) {
                      writer.addDocument(Indexes.document(i, vectors[i], EUCLIDEAN));
                    }
                    return null;
                  }));
        }
        int seen = 0;
        try {
          while (futures.stream().anyMatch(f -> !f.isDone())) {
            try (DirectoryReader reader = DirectoryReader.open(writer)) {
              int docs = reader.numDocs();
              assertTrue("documents vanished", docs >= seen);
              seen = docs;
              assertEquals(docs, Indexes.idsWithVectors(reader, FIELD, vectors).size());
              if (docs > 0) {
                assertTrue(Indexes.recall(reader, FIELD, queries, 10, null) >= 0.8);
              }
            }
          }
        } finally {
          failed.set(true);
        }
        for (Future<?> future : futures) {
          future.get();
        }
        writer.commit();
        try (DirectoryReader reader = DirectoryReader.open(writer)) {
          assertEquals(range(0, vectors.length), Indexes.idsWithVectors(reader, FIELD, vectors));
          assertRecall(reader, vectors);
        }
        writer.forceMerge(1);
      }
      Indexes.check(dir);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        assertEquals(vectors.length, Indexes.graph(getOnlyLeafReader(reader), FIELD).size());
        assertEquals(range(0, vectors.length), Indexes.idsWithVectors(reader, FIELD, vectors));
        assertRecall(reader, vectors);
      }
    } finally {
      TestUtil.shutdownExecutorService(indexers);
      TestUtil.shutdownExecutorService(builders);
    }
  }

  /** Workers without an executor of ours: the merge scheduler's threads. */
  public void testMergeSchedulersThreads() throws IOException {
    float[][] vectors = VectorData.uniform(random(), atLeast(600), 6);
    try (Directory dir = newDirectory()) {
      IndexWriterConfig config =
          new IndexWriterConfig()
              .setCodec(Indexes.codec(new BatchedHnswVectorsFormat(8, 40, 4, null, 0)))
              .setMergeScheduler(new ConcurrentMergeScheduler());
      try (IndexWriter writer = new IndexWriter(dir, config)) {
        for (int i = 0; i < vectors.length; i++) {
          writer.addDocument(Indexes.document(i, vectors[i], EUCLIDEAN));
          if (i % 100 == 50) {
            writer.flush();
          }
        }
        writer.forceMerge(1);
      }
      Indexes.check(dir);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        assertEquals(vectors.length, Indexes.graph(getOnlyLeafReader(reader), FIELD).size());
        assertRecall(reader, vectors);
      }
    }
  }

  /** Exact duplicates among others are all found. */
  public void testDuplicatesAreFound() throws IOException {
    int size = atLeast(600);
    float[][] vectors = VectorData.uniform(random(), size, 6);
    for (int i = 0; i < size; i++) {
      vectors[i] = vectors[i - i % 4];
    }
    try (Directory dir = newDirectory();
        IndexWriter writer = new IndexWriter(dir, config())) {
      for (int i = 0; i < size; i++) {
        writer.addDocument(Indexes.document(i, vectors[i], EUCLIDEAN));
      }
      try (DirectoryReader reader = DirectoryReader.open(writer)) {
        int found = 0;
        int queries = 50;
        for (int q = 0; q < queries; q++) {
          int i = random().nextInt(size / 4) * 4;
          for (ScoreDoc hit :
              new IndexSearcher(reader)
                  .search(new KnnFloatVectorQuery(FIELD, vectors[i], 8), 4)
                  .scoreDocs) {
            if (Arrays.equals(
                vectors[i],
                vectors[
                    Integer.parseInt(reader.storedFields().document(hit.doc).get(Indexes.ID))])) {
              found++;
            }
          }
        }
        assertTrue("found=" + found, found >= 0.9 * 4 * queries);
      }
    }
  }

  public void testRamIsCountedBeforeTheFlush() throws IOException {
    try (Directory dir = newDirectory();
        IndexWriter writer =
            new IndexWriter(dir, config().setMaxBufferedDocs(1_000_000).setRAMBufferSizeMB(1000))) {
      float[][] vectors = VectorData.uniform(random(), 2000, 8);
      long before = 0;
      for (int i = 0; i < vectors.length; i++) {
        writer.addDocument(Indexes.document(i, vectors[i], EUCLIDEAN));
        if (i == 0) {
          before = writer.ramBytesUsed();
        }
      }
      long vectorsAndLists = 2000L * (8 * Float.BYTES + 32 * (Integer.BYTES + Float.BYTES));
      assertTrue("ram=" + writer.ramBytesUsed(), writer.ramBytesUsed() - before >= vectorsAndLists);
    }
  }
}
