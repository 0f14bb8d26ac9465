// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import static org.apache.lucene.index.VectorSimilarityFunction.DOT_PRODUCT;
import static org.apache.lucene.index.VectorSimilarityFunction.EUCLIDEAN;

import io.github.batchedhnsw.VectorData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SoftDeletesRetentionMergePolicy;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.Directory;

/** What is done with documents: each time all that are left have their vectors, and are found. */
public class TestIndexOperations extends SegmentTestCase {

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
}
