// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import com.carrotsearch.randomizedtesting.generators.RandomPicks;
import io.github.batchedhnsw.VectorData;
import java.io.IOException;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.NamedThreadFactory;

/**
 * The same random operations on random fields, written by us and by stock Lucene: the documents are
 * those of the operations, in both, and searches find as many of the nearest in ours as in stock's.
 * Meanwhile another thread searches.
 */
public class TestRandomEquivalence extends LuceneTestCase {
  private static final int TOP = 10;

  /** Of one field, by 40 queries: of some hundred, one is 0.05 below stock's and 20 are above. */
  private static final double LARGEST_GAP = 0.15;

  private static final double MEAN_GAP = 0.02;

  private ExecutorService executor;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    executor = Executors.newFixedThreadPool(3, new NamedThreadFactory("equivalence"));
  }

  @Override
  public void tearDown() throws Exception {
    TestUtil.shutdownExecutorService(executor);
    super.tearDown();
  }

  /** A field that all, or some, documents have. */
  private record VectorField(
      String name, Object[] vectors, VectorSimilarityFunction similarity, int percent) {

    boolean has(int id) {
      return (id * 31 + name.hashCode() & 0xFF) % 100 < percent;
    }

    void addTo(Document document, int id, int value) {
      if (!has(id)) {
        return;
      }
      switch (vectors[value]) {
        case float[] floats -> document.add(new KnnFloatVectorField(name, floats, similarity));
        case byte[] bytes -> document.add(new KnnByteVectorField(name, bytes, similarity));
        default -> throw new AssertionError();
      }
    }

    Query query(int value) {
      return switch (vectors[value]) {
        case float[] floats -> new KnnFloatVectorQuery(name, floats, TOP);
        case byte[] bytes -> new KnnByteVectorQuery(name, bytes, TOP);
        default -> throw new AssertionError();
      };
    }

    @Override
    public String toString() {
      int distinct =
          (int)
              Arrays.stream(vectors)
                  .map(
                      v ->
                          v instanceof float[] f ? Arrays.toString(f) : Arrays.toString((byte[]) v))
                  .distinct()
                  .count();
      return name
          + ": "
          + vectors.getClass().componentType().getSimpleName()
          + ", "
          + similarity
          + ", "
          + vectors.length
          + " values, "
          + distinct
          + " of them distinct, dimension "
          + Array.getLength(vectors[0])
          + ", in "
          + percent
          + " % of the documents";
    }

    float score(int query, int value) {
      return vectors[query] instanceof float[] floats
          ? similarity.compare(floats, (float[]) vectors[value])
          : similarity.compare((byte[]) vectors[query], (byte[]) vectors[value]);
    }
  }

  private static VectorField randomField(String name, int values) {
    int dimension = random().nextInt(2, 20);
    VectorSimilarityFunction similarity =
        RandomPicks.randomFrom(random(), VectorSimilarityFunction.values());
    Object[] vectors =
        switch (random().nextInt(4)) {
          case 0 -> VectorData.bytes(random(), values, dimension);
          case 1 -> VectorData.normalized(random(), values, dimension);
          case 2 ->
              VectorData.withDuplicates(
                  random(), VectorData.normalized(random(), values, dimension), 60);
          default ->
              similarity == VectorSimilarityFunction.DOT_PRODUCT
                  ? VectorData.normalized(random(), values, dimension)
                  : VectorData.sortedByCluster(random(), values, dimension, 10);
        };
    return new VectorField(name, vectors, similarity, random().nextBoolean() ? 100 : 60);
  }

  /** What is done to both indexes: {@code value < 0} deletes the document. */
  private record Operation(int id, int value, boolean flush, boolean commit) {}

  public void testSameDocumentsAndRecall() throws Exception {
    double ourSum = 0;
    double stockSum = 0;
    int measured = 0;
    for (int round = 0; round < atLeast(6); round++) {
      int values = random().nextInt(300, 1500);
      List<VectorField> fields = new ArrayList<>();
      for (int f = 0; f < random().nextInt(1, 4); f++) {
        fields.add(randomField("field" + f, values));
      }
      List<Operation> operations = new ArrayList<>();
      Map<Integer, Integer> expected = new HashMap<>();
      for (int value = 0; value < values; value++) {
        boolean update = value > 0 && random().nextInt(8) == 0;
        boolean delete = value > 0 && random().nextInt(8) == 0;
        int id = update || delete ? random().nextInt(value) : value;
        operations.add(
            new Operation(
                id, delete ? -1 : value, random().nextInt(200) == 0, random().nextInt(400) == 0));
        if (delete) {
          expected.remove(id);
        } else {
          expected.put(id, value);
        }
      }
      int maxConn = random().nextInt(8, 24);
      int beamWidth = random().nextInt(50, 120);
      int workers = random().nextInt(1, 4);
      BuildOptions options = BuildOptions.DEFAULT;
      if (workers > 1) {
        options = options.withWorkers(workers, workers, executor);
      }
      if (random().nextInt(3) == 0) {
        options = options.withMemoryBudget(1);
      }
      int threshold = random().nextBoolean() ? 0 : 100;
      boolean sorted = random().nextInt(3) == 0;
      boolean oneSegment = random().nextBoolean();
      long seed = random().nextLong();
      KnnVectorsFormat ours = new BatchedHnswVectorsFormat(maxConn, beamWidth, options, threshold);
      String message =
          ours + (sorted ? ", sorted" : "") + (oneSegment ? ", merged to one segment" : "");
      double[] ourRecall = run(ours, fields, operations, expected, sorted, oneSegment, seed);
      KnnVectorsFormat stock = new Lucene99HnswVectorsFormat(maxConn, beamWidth, threshold);
      double[] stockRecall = run(stock, fields, operations, expected, sorted, oneSegment, seed);
      for (int f = 0; f < fields.size(); f++) {
        ourSum += ourRecall[f];
        stockSum += stockRecall[f];
        measured++;
        assertTrue(
            "recall %s, stock's %s; %s; %s"
                .formatted(ourRecall[f], stockRecall[f], fields.get(f), message),
            ourRecall[f] >= stockRecall[f] - LARGEST_GAP);
      }
    }
    assertTrue(
        "mean recall %s, stock's %s, of %s fields"
            .formatted(ourSum / measured, stockSum / measured, measured),
        ourSum >= stockSum - MEAN_GAP * measured);
  }

  /** Makes the operations; returns the recall of each field. */
  private double[] run(
      KnnVectorsFormat format,
      List<VectorField> fields,
      List<Operation> operations,
      Map<Integer, Integer> expected,
      boolean sorted,
      boolean oneSegment,
      long seed)
      throws Exception {
    Codec codec = Indexes.anyCodec(format);
    try (Directory dir = newDirectory()) {
      IndexWriterConfig config =
          Indexes.config(codec)
              .setMaxBufferedDocs(300)
              .setMergeScheduler(new ConcurrentMergeScheduler());
      if (sorted) {
        config.setIndexSort(new Sort(new SortField("order", SortField.Type.LONG)));
      }
      try (IndexWriter writer = new IndexWriter(dir, config)) {
        AtomicBoolean done = new AtomicBoolean();
        Future<Void> searching =
            executor.submit(
                () -> {
                  while (!done.get()) {
                    searchNow(writer, fields);
                  }
                  return null;
                });
        try {
          for (Operation operation : operations) {
            apply(writer, operation, fields);
          }
        } finally {
          done.set(true);
          searching.get();
        }
        if (oneSegment) {
          writer.forceMerge(1);
        }
      }
      Indexes.check(dir);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        assertEquals(expected, documents(reader));
        double[] recall = new double[fields.size()];
        for (int f = 0; f < recall.length; f++) {
          recall[f] = recall(reader, fields.get(f), expected, seed);
        }
        return recall;
      }
    }
  }

  private static void apply(IndexWriter writer, Operation operation, List<VectorField> fields)
      throws IOException {
    Term term = new Term(Indexes.ID, Integer.toString(operation.id));
    if (operation.value < 0) {
      writer.deleteDocuments(term);
    } else {
      Document document = Indexes.document(operation.id);
      document.add(new NumericDocValuesField("value", operation.value));
      document.add(new NumericDocValuesField("order", operation.value * 7919L % 1009));
      for (VectorField field : fields) {
        field.addTo(document, operation.id, operation.value);
      }
      writer.updateDocument(term, document);
    }
    if (operation.flush) {
      writer.flush();
    }
    if (operation.commit) {
      writer.commit();
    }
  }

  /** Whatever is there at the moment: hits are distinct documents that have the field. */
  private static void searchNow(IndexWriter writer, List<VectorField> fields) throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(writer)) {
      IndexSearcher searcher = new IndexSearcher(reader);
      for (VectorField field : fields) {
        Set<Integer> found = new TreeSet<>();
        for (ScoreDoc hit : searcher.search(field.query(0), TOP).scoreDocs) {
          int id = Integer.parseInt(reader.storedFields().document(hit.doc).get(Indexes.ID));
          assertTrue("twice: " + id, found.add(id));
          assertTrue(field.has(id));
        }
      }
    }
  }

  /** The value of each document. */
  private static Map<Integer, Integer> documents(DirectoryReader reader) throws IOException {
    Map<Integer, Integer> documents = new HashMap<>();
    IndexSearcher searcher = new IndexSearcher(reader);
    int most = Math.max(1, reader.maxDoc());
    for (ScoreDoc hit : searcher.search(new MatchAllDocsQuery(), most).scoreDocs) {
      int id = Integer.parseInt(reader.storedFields().document(hit.doc).get(Indexes.ID));
      assertNull("twice: " + id, documents.put(id, value(reader, hit.doc)));
    }
    return documents;
  }

  private static int value(DirectoryReader reader, int doc) throws IOException {
    for (LeafReaderContext leaf : reader.leaves()) {
      if (doc < leaf.docBase + leaf.reader().maxDoc()) {
        var values = leaf.reader().getNumericDocValues("value");
        assertTrue(values.advanceExact(doc - leaf.docBase));
        return (int) values.longValue();
      }
    }
    throw new AssertionError();
  }

  /** Share of the nearest that are found; whatever is as near as the last of them counts. */
  private static double recall(
      DirectoryReader reader, VectorField field, Map<Integer, Integer> expected, long seed)
      throws IOException {
    IndexSearcher searcher = new IndexSearcher(reader);
    Random queries = new Random(seed);
    double hits = 0;
    double wanted = 0;
    for (int q = 0; q < 40; q++) {
      int query = queries.nextInt(field.vectors.length);
      float[] scores =
          toSorted(
              expected.entrySet().stream()
                  .filter(each -> field.has(each.getKey()))
                  .map(each -> field.score(query, each.getValue()))
                  .toList());
      int top = Math.min(TOP, scores.length);
      float bound = scores[scores.length - top];
      ScoreDoc[] found = searcher.search(field.query(query), TOP).scoreDocs;
      assertTrue("found=" + found.length, found.length <= top);
      for (ScoreDoc hit : found) {
        // scores of the index may be rounded otherwise
        hits += hit.score >= bound - 1e-5f * Math.abs(bound) ? 1 : 0;
      }
      wanted += top;
    }
    return hits / wanted;
  }

  private static float[] toSorted(List<Float> scores) {
    float[] sorted = new float[scores.size()];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = scores.get(i);
    }
    Arrays.sort(sorted);
    return sorted;
  }
}
