// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import static org.apache.lucene.index.VectorSimilarityFunction.COSINE;
import static org.apache.lucene.index.VectorSimilarityFunction.DOT_PRODUCT;
import static org.apache.lucene.index.VectorSimilarityFunction.EUCLIDEAN;
import static org.apache.lucene.index.VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;

import io.github.batchedhnsw.VectorData;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.Directory;

/** Vectors and fields of many kinds: what is in the segments, and how well it is found. */
public class TestBatchedHnswVectorsWriter extends SegmentTestCase {

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
      assertMerged(dir, vectors);
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
