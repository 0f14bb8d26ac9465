// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import static org.apache.lucene.index.VectorSimilarityFunction.EUCLIDEAN;

import io.github.batchedhnsw.VectorData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SlowCodecReaderWrapper;
import org.apache.lucene.index.SortingCodecReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.hnsw.HnswGraph;

/**
 * Merges that extend a graph, and merges that cannot: what is in the result, and how good it is.
 */
public class TestMergePlans extends LuceneTestCase {
  private static final String FIELD = Indexes.FIELD;
  private static final double RECALL = 0.93;
  private static final Sort BY_ORDER = new Sort(new SortField("order", SortField.Type.LONG));

  private static final Codec WITHOUT_GRAPHS =
      Indexes.anyCodec(new Lucene99HnswVectorsFormat(16, 100, 1_000_000));

  private final Messages messages = new Messages();

  private IndexWriterConfig config(Codec codec) {
    return Indexes.config(codec).setInfoStream(messages).setMergePolicy(NoMergePolicy.INSTANCE);
  }

  private static Document document(int id, float[] vector) {
    Document doc = Indexes.document(id, vector, EUCLIDEAN);
    doc.add(new NumericDocValuesField("order", id * 7919L % 10_007));
    return doc;
  }

  private void add(
      Directory dir,
      Codec codec,
      UnaryOperator<IndexWriterConfig> settings,
      float[][] vectors,
      int from,
      int to)
      throws IOException {
    try (IndexWriter writer = new IndexWriter(dir, settings.apply(config(codec)))) {
      for (int i = from; i < to; i++) {
        writer.addDocument(document(i, vectors[i]));
      }
    }
  }

  /** Merges to one segment with our format. */
  private void merge(Directory dir, UnaryOperator<IndexWriterConfig> settings) throws IOException {
    messages.clear();
    IndexWriterConfig config =
        settings
            .apply(config(Indexes.codec(Indexes.ours())))
            .setMergePolicy(newTieredMergePolicy());
    try (IndexWriter writer = new IndexWriter(dir, config)) {
      writer.forceMerge(1);
    }
  }

  private static void assertComplete(Directory dir, float[][] vectors, Set<Integer> expected)
      throws IOException {
    Indexes.check(dir);
    try (DirectoryReader reader = DirectoryReader.open(dir)) {
      assertEquals(expected.size(), Indexes.graph(getOnlyLeafReader(reader), FIELD).size());
      assertEquals(expected, Indexes.idsWithVectors(reader, FIELD, vectors));
      float[][] queries = VectorData.uniform(random(), 40, vectors[0].length);
      double recall = Indexes.recall(reader, FIELD, queries, 10, null);
      assertTrue("recall=" + recall, recall >= RECALL);
    }
  }

  private void assertPlan(String plan) {
    assertEquals(
        messages.toString(), 1, messages.with("merge: built a graph", "by " + plan).size());
  }

  private static Set<Integer> range(int to) {
    Set<Integer> ids = new TreeSet<>();
    for (int i = 0; i < to; i++) {
      ids.add(i);
    }
    return ids;
  }

  /** A large segment of one codec and two small ones of another, sorted or not, with deletes. */
  private void assertExtends(Codec large, Codec small) throws IOException {
    UnaryOperator<IndexWriterConfig> settings =
        random().nextBoolean() ? c -> c : c -> c.setIndexSort(BY_ORDER);
    int size = atLeast(1200);
    float[][] vectors = VectorData.uniform(random(), size, 8);
    Set<Integer> expected = range(size);
    try (Directory dir = newDirectory()) {
      add(dir, large, settings, vectors, 0, size * 9 / 10);
      add(dir, small, settings, vectors, size * 9 / 10, size * 95 / 100);
      add(dir, small, settings, vectors, size * 95 / 100, size);
      if (random().nextBoolean()) {
        try (IndexWriter writer = new IndexWriter(dir, settings.apply(config(small)))) {
          for (int i = 0; i < size / 50; i++) {
            int id = random().nextInt(size);
            writer.deleteDocuments(new Term(Indexes.ID, Integer.toString(id)));
            expected.remove(id);
          }
        }
      }
      merge(dir, settings);
      assertPlan("extension");
      assertFalse(messages.toString(), messages.with("extending it is estimated at").isEmpty());
      assertComplete(dir, vectors, expected);
      merge(dir, settings); // one segment without deletes: nothing to do
      assertEquals("", messages.toString());
    }
  }

  public void testOurGraphs() throws IOException {
    assertExtends(Indexes.codec(Indexes.ours()), Indexes.codec(Indexes.ours()));
  }

  public void testStockGraphs() throws IOException {
    assertExtends(Indexes.stock(), Indexes.stock());
  }

  public void testOtherParameters() throws IOException {
    assertExtends(
        Indexes.codec(new BatchedHnswVectorsFormat(24, 150, 0)),
        Indexes.anyCodec(new Lucene99HnswVectorsFormat(8, 40, 0)));
    assertExtends(
        Indexes.anyCodec(new Lucene99HnswVectorsFormat(40, 60, 0)),
        Indexes.codec(new BatchedHnswVectorsFormat(4, 30, 0)));
  }

  public void testSmallSegmentsWithoutGraphs() throws IOException {
    assertExtends(Indexes.codec(Indexes.ours()), WITHOUT_GRAPHS);
    assertExtends(Indexes.stock(), WITHOUT_GRAPHS);
  }

  private void assertRebuilds(Codec large) throws IOException {
    int size = atLeast(1000);
    float[][] vectors = VectorData.uniform(random(), size, 8);
    try (Directory dir = newDirectory()) {
      add(dir, large, c -> c, vectors, 0, size * 9 / 10);
      add(dir, Indexes.stock(), c -> c, vectors, size * 9 / 10, size);
      merge(dir, c -> c);
      assertPlan("bulk");
      assertComplete(dir, vectors, range(size));
    }
  }

  public void testNoGraphsAndShortLists() throws IOException {
    assertRebuilds(WITHOUT_GRAPHS);
    assertRebuilds(Indexes.anyCodec(new Lucene99HnswVectorsFormat(8, 100, 0)));
  }

  public void testManyDeletes() throws IOException {
    int size = atLeast(1000);
    float[][] vectors = VectorData.uniform(random(), size, 8);
    try (Directory dir = newDirectory()) {
      add(dir, Indexes.stock(), c -> c, vectors, 0, size);
      Set<Integer> expected = range(size);
      try (IndexWriter writer = new IndexWriter(dir, config(Indexes.stock()))) {
        for (int id = 0; id < size; id += 3) {
          writer.deleteDocuments(new Term(Indexes.ID, Integer.toString(id)));
          expected.remove(id);
        }
      }
      merge(dir, c -> c);
      assertPlan("bulk");
      assertComplete(dir, vectors, expected);
    }
  }

  public void testAddIndexes() throws IOException {
    int size = atLeast(1200);
    float[][] vectors = VectorData.uniform(random(), size, 8);
    try (Directory large = newDirectory();
        Directory small = newDirectory();
        Directory dir = newDirectory()) {
      add(large, Indexes.stock(), c -> c, vectors, 0, size * 9 / 10);
      add(small, Indexes.codec(Indexes.ours()), c -> c, vectors, size * 9 / 10, size);
      try (IndexWriter writer = new IndexWriter(dir, config(Indexes.stock()))) {
        writer.addIndexes(large, small);
      }
      merge(dir, c -> c);
      assertPlan("extension");
      assertComplete(dir, vectors, range(size));
    }
  }

  /** A merge of readers: plain ones are extended, reordered ones have no graph to offer. */
  public void testAddIndexesOfReaders() throws IOException {
    int size = atLeast(1200);
    float[][] vectors = VectorData.uniform(random(), size, 8);
    for (boolean reordered : new boolean[] {false, true}) {
      try (Directory large = newDirectory();
          Directory small = newDirectory();
          Directory dir = newDirectory()) {
        add(large, Indexes.stock(), c -> c, vectors, 0, size * 9 / 10);
        add(small, Indexes.codec(Indexes.ours()), c -> c, vectors, size * 9 / 10, size);
        messages.clear();
        try (DirectoryReader largeReader = DirectoryReader.open(large);
            DirectoryReader smallReader = DirectoryReader.open(small);
            IndexWriter writer = new IndexWriter(dir, config(Indexes.codec(Indexes.ours())))) {
          List<CodecReader> readers = new ArrayList<>();
          for (DirectoryReader reader : List.of(largeReader, smallReader)) {
            for (LeafReaderContext leaf : reader.leaves()) {
              CodecReader codecReader = SlowCodecReaderWrapper.wrap(leaf.reader());
              readers.add(reordered ? SortingCodecReader.wrap(codecReader, BY_ORDER) : codecReader);
            }
          }
          writer.addIndexes(readers.toArray(CodecReader[]::new));
        }
        assertPlan(reordered ? "bulk" : "extension");
        assertComplete(dir, vectors, range(size));
      }
    }
  }

  /**
   * Extending again and again, with deletes and updates, is as good as building anew: recall@10,
   * the mean over searches of width 10, 20 and 40, stays within 0.005. Always with the same
   * vectors, of which there are so few that others may differ by more.
   */
  public void testNoDecay() throws IOException {
    Random random = new Random(42);
    int size = 3000;
    int rounds = 20;
    int churn = size / 50; // of more, most lists would lose a neighbour, and merges rebuild
    float[][] vectors = VectorData.uniform(random, size + rounds * churn, 16);
    List<Integer> live = new ArrayList<>(range(size));
    float[][] queries = VectorData.uniform(random, 2000, 16);
    int[][] nearest;
    double recall;
    try (Directory dir = newDirectory()) {
      IndexWriterConfig config =
          config(Indexes.codec(Indexes.ours())).setMergePolicy(new TieredMergePolicy());
      int extended = 0;
      try (IndexWriter writer = new IndexWriter(dir, config)) {
        for (int id : live) {
          writer.addDocument(document(id, vectors[id]));
        }
        writer.commit();
        for (int round = 0; round < rounds; round++) {
          for (int i = 0; i < churn; i++) {
            int victim = live.remove(random.nextInt(live.size()));
            Term term = new Term(Indexes.ID, Integer.toString(victim));
            int id = size + round * churn + i;
            if (i % 2 == 0) {
              writer.updateDocument(term, document(id, vectors[id]));
            } else {
              writer.deleteDocuments(term);
              writer.addDocument(document(id, vectors[id]));
            }
            live.add(id);
          }
          writer.commit();
          messages.clear();
          writer.forceMerge(1);
          extended += messages.with("merge: built", "by extension").size();
        }
      }
      assertTrue("extended " + extended + " of " + rounds + " times", extended >= rounds / 2);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        assertEquals(Set.copyOf(live), Indexes.idsWithVectors(reader, FIELD, vectors));
      }
      nearest = nearest(vectors, live, queries);
      recall = recall(dir, queries, nearest);
    }
    try (Directory dir = newDirectory()) {
      try (IndexWriter writer = new IndexWriter(dir, config(Indexes.codec(Indexes.ours())))) {
        for (int id : live) {
          writer.addDocument(document(id, vectors[id]));
        }
      }
      double fresh = recall(dir, queries, nearest);
      assertTrue(recall + " after merges, fresh " + fresh, recall >= fresh - 0.005);
    }
  }

  /** The ids of the ten nearest of the given vectors, for each query. */
  private static int[][] nearest(float[][] vectors, List<Integer> ids, float[][] queries) {
    int[][] nearest = new int[queries.length][];
    for (int q = 0; q < queries.length; q++) {
      float[] query = queries[q];
      nearest[q] =
          ids.stream()
              .map(id -> new ScoreDoc(id, EUCLIDEAN.compare(query, vectors[id])))
              .sorted(Comparator.comparingDouble(hit -> -hit.score))
              .limit(10)
              .mapToInt(hit -> hit.doc)
              .sorted()
              .toArray();
    }
    return nearest;
  }

  private static double recall(Directory dir, float[][] queries, int[][] nearest)
      throws IOException {
    int[] widths = {10, 20, 40};
    int found = 0;
    try (DirectoryReader reader = DirectoryReader.open(dir)) {
      LeafReader leaf = getOnlyLeafReader(reader);
      int[] ids = new int[leaf.maxDoc()];
      for (int doc = 0; doc < ids.length; doc++) {
        ids[doc] = Integer.parseInt(leaf.storedFields().document(doc).get(Indexes.ID));
      }
      for (int width : widths) {
        for (int q = 0; q < queries.length; q++) {
          TopKnnCollector collector = new TopKnnCollector(width, Integer.MAX_VALUE);
          leaf.searchNearestVectors(
              FIELD, queries[q], collector, AcceptDocs.fromLiveDocs(null, leaf.maxDoc()));
          for (ScoreDoc hit : collector.topDocs().scoreDocs) {
            found += Arrays.binarySearch(nearest[q], ids[hit.doc]) >= 0 ? 1 : 0;
          }
        }
      }
    }
    return found / (10.0 * widths.length * queries.length);
  }

  /** Small flushed segments are searched without a graph; a merge makes one. */
  public void testMinFlushGraphSize() throws IOException {
    float[][] vectors = VectorData.uniform(random(), 1000, 8);
    BuildOptions options = BuildOptions.DEFAULT.withMinFlushGraphSize(500);
    Codec codec = Indexes.codec(new BatchedHnswVectorsFormat(16, 100, options, 0));
    try (Directory dir = newDirectory()) {
      add(dir, codec, settings -> settings, vectors, 0, 499);
      add(dir, codec, settings -> settings, vectors, 499, 1000);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        LeafReader small = reader.leaves().get(0).reader();
        HnswGraph graph = Indexes.vectorsReader(small, FIELD).getGraph(FIELD);
        assertTrue(graph == null || graph.size() == 0);
        assertEquals(501, Indexes.graph(reader.leaves().get(1).reader(), FIELD).size());
        assertTrue(
            Indexes.recall(reader, FIELD, VectorData.uniform(random(), 40, 8), 10, null) >= RECALL);
      }
      merge(dir, settings -> settings);
      assertPlan("extension");
      assertComplete(dir, vectors, range(1000));
    }
    IllegalArgumentException thrown =
        expectThrows(
            IllegalArgumentException.class, () -> BuildOptions.DEFAULT.withMinFlushGraphSize(-1));
    assertEquals("minFlushGraphSize must be at least 0; minFlushGraphSize=-1", thrown.getMessage());
  }
}
