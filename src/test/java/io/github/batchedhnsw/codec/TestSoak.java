// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import com.carrotsearch.randomizedtesting.annotations.TimeoutSuite;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexCommit;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.KeepOnlyLastCommitDeletionPolicy;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SnapshotDeletionPolicy;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.LuceneTestCase.SuppressSysoutChecks;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.tests.util.TimeUnits;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.NamedThreadFactory;

/**
 * Indexes, updates, deletes, merges, searches and takes snapshots with several threads at a time,
 * for as long as {@code -Dtests.soak.seconds} says. From time to time all stop, and every document
 * must be there in the state in which it was left, and be found.
 */
@TimeoutSuite(millis = 4 * TimeUnits.HOUR)
@SuppressSysoutChecks(bugUrl = "tells how it goes in long runs")
public class TestSoak extends LuceneTestCase {
  private static final int SECONDS = Integer.getInteger("tests.soak.seconds", 5);
  private static final int WRITERS = 2;
  private static final int OPERATIONS = 1500;
  private static final int MAX_IDS = 9_000;
  private static final int DIMENSION = 8;

  /** State of a document: how often it has been written; negative while deleted. */
  private final Map<Integer, Integer> expected = new HashMap<>();

  private ExecutorService threads;
  private ExecutorService builders;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    threads = Executors.newFixedThreadPool(WRITERS + 2, new NamedThreadFactory("soak"));
    builders = Executors.newFixedThreadPool(2, new NamedThreadFactory("builders"));
  }

  @Override
  public void tearDown() throws Exception {
    TestUtil.shutdownExecutorService(threads);
    TestUtil.shutdownExecutorService(builders);
    super.tearDown();
  }

  /** Follows from id and version, so that a vector of another document or version is noticed. */
  private static float[] vector(int id, int version) {
    // a tenth have a duplicate
    Random random = new Random((id % 10 == 0 ? 0 : id) * 31L + version % 50);
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return vector;
  }

  private static Document document(int id, int version) {
    Document document = Indexes.document(id);
    document.add(new StoredField("version", version));
    document.add(
        new KnnFloatVectorField(
            Indexes.FIELD, vector(id, version), VectorSimilarityFunction.EUCLIDEAN));
    return document;
  }

  public void test() throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    BuildOptions options = BuildOptions.DEFAULT.withWorkers(3, 2, builders);
    SnapshotDeletionPolicy snapshots =
        new SnapshotDeletionPolicy(new KeepOnlyLastCommitDeletionPolicy());
    IndexWriterConfig config =
        Indexes.config(Indexes.codec(new BatchedHnswVectorsFormat(12, 60, options, 0)))
            .setMergeScheduler(new ConcurrentMergeScheduler())
            .setMaxBufferedDocs(400)
            .setIndexDeletionPolicy(snapshots);
    int rounds = 0;
    try (Directory dir = new MMapDirectory(createTempDir("soak"))) {
      try (IndexWriter writer = new IndexWriter(dir, config)) {
        do {
          round(writer, snapshots);
          checkpoint(writer, rounds);
          rounds++;
        } while (System.nanoTime() < end);
        writer.forceMerge(1);
      }
      Indexes.check(dir);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        assertEquals(live(), documents(reader));
        assertRecall(reader);
      }
    }
    assertTrue("rounds=" + rounds, rounds > 0);
  }

  /** All threads at work, until the writers have made their operations. */
  private void round(IndexWriter writer, SnapshotDeletionPolicy snapshots) throws Exception {
    AtomicBoolean written = new AtomicBoolean();
    List<Future<Map<Integer, Integer>>> writers = new ArrayList<>();
    for (int w = 0; w < WRITERS; w++) {
      int remainder = w;
      long seed = random().nextLong();
      writers.add(threads.submit(() -> write(writer, remainder, new Random(seed))));
    }
    long seed = random().nextLong();
    Callable<Void> searching =
        () -> {
          Random random = new Random(seed);
          do {
            try (DirectoryReader reader = DirectoryReader.open(writer)) {
              search(reader, random);
            }
          } while (!written.get());
          return null;
        };
    Callable<Void> snapshotting =
        () -> {
          do {
            writer.commit();
            IndexCommit commit = snapshots.snapshot();
            try (DirectoryReader reader = DirectoryReader.open(commit)) {
              int before = documents(reader).size();
              Thread.sleep(20); // merges go on, the snapshot must not
              assertEquals(before, documents(reader).size());
            } finally {
              snapshots.release(commit);
            }
          } while (!written.get());
          return null;
        };
    Future<Void> searcher = threads.submit(searching);
    Future<Void> snapshotter = threads.submit(snapshotting);
    try {
      for (Future<Map<Integer, Integer>> each : writers) {
        expected.putAll(get(each));
      }
    } finally {
      written.set(true);
      get(searcher);
      get(snapshotter);
    }
  }

  private static <T> T get(Future<T> future) throws Exception {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }

  /** Adds, updates and deletes documents whose id has a remainder; returns their new states. */
  private Map<Integer, Integer> write(IndexWriter writer, int remainder, Random random)
      throws IOException {
    Map<Integer, Integer> changed = new HashMap<>();
    for (int i = 0; i < OPERATIONS; i++) {
      int id = random.nextInt(MAX_IDS / WRITERS) * WRITERS + remainder;
      int state = changed.getOrDefault(id, expected.getOrDefault(id, 0));
      Term term = new Term(Indexes.ID, Integer.toString(id));
      if (state > 0 && random.nextInt(3) == 0) {
        writer.deleteDocuments(term);
        changed.put(id, -state);
      } else {
        int version = Math.abs(state) + 1;
        writer.updateDocument(term, document(id, version));
        changed.put(id, version);
      }
    }
    return changed;
  }

  /** Hits are distinct documents with their own vectors. */
  private static void search(IndexReader reader, Random random) throws IOException {
    if (reader.numDocs() == 0) {
      return;
    }
    IndexSearcher searcher = new IndexSearcher(reader);
    for (int i = 0; i < 20; i++) {
      float[] query = vector(random.nextInt(MAX_IDS), random.nextInt(5));
      ScoreDoc[] hits =
          searcher.search(new KnnFloatVectorQuery(Indexes.FIELD, query, 10), 10).scoreDocs;
      assertEquals(Math.min(10, reader.numDocs()), hits.length);
      for (ScoreDoc hit : hits) {
        Document document = reader.storedFields().document(hit.doc);
        float[] vector =
            vector(
                Integer.parseInt(document.get(Indexes.ID)),
                document.getField("version").numericValue().intValue());
        float score = VectorSimilarityFunction.EUCLIDEAN.compare(query, vector);
        assertEquals("another document's vector", score, hit.score, 1e-4f);
      }
    }
  }

  private void checkpoint(IndexWriter writer, int round) throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(writer)) {
      assertEquals(live(), documents(reader));
      double recall = assertRecall(reader);
      if (SECONDS > 120) {
        System.out.printf(
            Locale.ROOT,
            "round %d: %d documents in %d segments, %d deleted, recall %.3f%n",
            round,
            reader.numDocs(),
            reader.leaves().size(),
            reader.numDeletedDocs(),
            recall);
      }
    }
  }

  /**
   * Of many queries, because now and then a search ends among more duplicates than it has hits, and
   * finds nothing at all; with stock's graphs up to one in twenty does.
   */
  private static double assertRecall(DirectoryReader reader) throws IOException {
    float[][] queries = new float[200][];
    for (int i = 0; i < queries.length; i++) {
      queries[i] = vector(random().nextInt(MAX_IDS), 50 + random().nextInt(5));
    }
    double recall = Indexes.recall(reader, Indexes.FIELD, queries, 30, null);
    assertTrue("recall=" + recall, recall >= 0.9);
    return recall;
  }

  private Map<Integer, Integer> live() {
    Map<Integer, Integer> live = new HashMap<>(expected);
    live.values().removeIf(version -> version < 0);
    return live;
  }

  /** All live documents with their version; checks their vectors. */
  private static Map<Integer, Integer> documents(IndexReader reader) throws IOException {
    Map<Integer, Integer> documents = new HashMap<>();
    for (LeafReaderContext context : reader.leaves()) {
      FloatVectorValues values = context.reader().getFloatVectorValues(Indexes.FIELD);
      if (values == null) {
        continue;
      }
      Bits live = context.reader().getLiveDocs();
      KnnVectorValues.DocIndexIterator iterator = values.iterator();
      for (int doc = iterator.nextDoc();
          doc != DocIdSetIterator.NO_MORE_DOCS;
          doc = iterator.nextDoc()) {
        if (live != null && !live.get(doc)) {
          continue;
        }
        Document document = context.reader().storedFields().document(doc);
        int id = Integer.parseInt(document.get(Indexes.ID));
        int version = document.getField("version").numericValue().intValue();
        assertArrayEquals(vector(id, version), values.vectorValue(iterator.index()), 0f);
        assertNull("twice: " + id, documents.put(id, version));
      }
    }
    assertEquals(reader.numDocs(), documents.size());
    return documents;
  }
}
