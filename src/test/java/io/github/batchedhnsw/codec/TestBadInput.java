// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import static org.apache.lucene.index.VectorSimilarityFunction.COSINE;
import static org.apache.lucene.index.VectorSimilarityFunction.EUCLIDEAN;

import io.github.batchedhnsw.VectorData;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;

/** What stock refuses we refuse in the same way, and the index lives on. */
public class TestBadInput extends LuceneTestCase {
  private static final int DIMENSION = 6;

  @FunctionalInterface
  private interface Mistake {
    void make(IndexWriter writer) throws IOException;
  }

  private record Named(String name, Mistake mistake) {}

  private static float[] with(float bad) {
    float[] vector = VectorData.uniform(random(), 1, DIMENSION)[0];
    vector[random().nextInt(DIMENSION)] = bad;
    return vector;
  }

  private static Mistake add(float[] vector, VectorSimilarityFunction similarity) {
    return writer -> writer.addDocument(Indexes.document(-1, vector, similarity));
  }

  private static List<Named> mistakes() {
    return List.of(
        new Named("NaN", add(with(Float.NaN), EUCLIDEAN)),
        new Named("infinite", add(with(Float.POSITIVE_INFINITY), EUCLIDEAN)),
        new Named("minus infinite", add(with(Float.NEGATIVE_INFINITY), EUCLIDEAN)),
        new Named("dimension", add(new float[DIMENSION + 1], EUCLIDEAN)),
        new Named("fewer dimensions", add(new float[DIMENSION - 1], EUCLIDEAN)),
        new Named("no dimension", add(new float[0], EUCLIDEAN)),
        new Named("too many dimensions", add(new float[1025], EUCLIDEAN)),
        new Named("similarity", add(with(1), COSINE)),
        new Named(
            "zero with cosine",
            writer -> {
              Document doc = Indexes.document(-1);
              doc.add(new KnnFloatVectorField("cosine", new float[DIMENSION], COSINE));
              writer.addDocument(doc);
            }),
        new Named(
            "zero bytes with cosine",
            writer -> {
              Document doc = Indexes.document(-1);
              doc.add(new KnnByteVectorField("cosine", new byte[DIMENSION], COSINE));
              writer.addDocument(doc);
            }),
        new Named(
            "encoding",
            writer -> writer.addDocument(Indexes.document(-1, new byte[DIMENSION], EUCLIDEAN))),
        new Named(
            "two values",
            writer -> {
              Document doc = Indexes.document(-1, with(1), EUCLIDEAN);
              doc.add(new KnnFloatVectorField(Indexes.FIELD, with(1), EUCLIDEAN));
              writer.addDocument(doc);
            }),
        new Named(
            "two encodings in a document",
            writer -> {
              Document doc = Indexes.document(-1, with(1), EUCLIDEAN);
              doc.add(new KnnByteVectorField(Indexes.FIELD, new byte[DIMENSION], EUCLIDEAN));
              writer.addDocument(doc);
            }),
        new Named(
            "too many dimensions of a new field",
            writer -> {
              Document doc = new Document();
              doc.add(new KnnFloatVectorField("new", new float[1025], EUCLIDEAN));
              writer.addDocument(doc);
            }));
  }

  public void testAsStockAndTheIndexLivesOn() throws IOException {
    for (Named named : mistakes()) {
      for (boolean pending : new boolean[] {false, true}) {
        Throwable stock = failure(Indexes.stock(), named, pending);
        Throwable ours = failure(Indexes.codec(Indexes.ours()), named, pending);
        assertNotNull(named.name + " is no mistake to stock", stock);
        assertNotNull(named.name + " is no mistake to us", ours);
        assertEquals(named.name, stock.getClass(), ours.getClass());
        assertEquals(named.name, stock.getMessage(), ours.getMessage());
      }
    }
  }

  /**
   * Makes a mistake amid good documents; what was there before and what comes after must be found.
   *
   * @param pending whether documents of the same segment are buffered
   */
  private static Throwable failure(Codec codec, Named named, boolean pending) throws IOException {
    int size = 300;
    float[][] vectors = VectorData.uniform(random(), size, DIMENSION);
    Throwable failure = null;
    Set<Integer> expected = new TreeSet<>();
    try (Directory dir = newDirectory()) {
      try (IndexWriter writer = new IndexWriter(dir, Indexes.config(codec))) {
        for (int i = 0; i < size; i++) {
          writer.addDocument(Indexes.document(i, vectors[i], EUCLIDEAN));
          expected.add(i);
          if (i == size / 2 && !pending) {
            writer.commit();
          }
          if (i == size / 2 || i == size / 2 + 1) {
            try {
              named.mistake.make(writer);
            } catch (Exception | AssertionError e) {
              failure = e;
            }
            assertTrue(named.name, writer.isOpen());
            assertNull(named.name, writer.getTragicException());
          }
        }
        writer.forceMerge(1);
      }
      Indexes.check(dir);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        assertEquals(named.name, expected, Indexes.idsWithVectors(reader, Indexes.FIELD, vectors));
        float[][] queries = VectorData.uniform(random(), 10, DIMENSION);
        double recall = Indexes.recall(reader, Indexes.FIELD, queries, 10, null);
        assertTrue(named.name + ": recall=" + recall, recall >= 0.9);
      }
    }
    return failure;
  }

  /** A second writer meets what the first one fixed. */
  public void testChangesAcrossWriters() throws IOException {
    for (Codec codec : List.of(Indexes.stock(), Indexes.codec(Indexes.ours()))) {
      float[][] vectors = VectorData.uniform(random(), 20, DIMENSION);
      try (Directory dir = newDirectory()) {
        try (IndexWriter writer = new IndexWriter(dir, Indexes.config(codec))) {
          for (int i = 0; i < 10; i++) {
            writer.addDocument(Indexes.document(i, vectors[i], EUCLIDEAN));
          }
        }
        try (IndexWriter writer = new IndexWriter(dir, Indexes.config(codec))) {
          for (Mistake mistake :
              List.of(
                  add(new float[DIMENSION + 2], EUCLIDEAN),
                  add(with(1), COSINE),
                  (Mistake)
                      w -> w.addDocument(Indexes.document(-1, new byte[DIMENSION], EUCLIDEAN)))) {
            expectThrows(IllegalArgumentException.class, () -> mistake.make(writer));
          }
          for (int i = 10; i < 20; i++) {
            writer.addDocument(Indexes.document(i, vectors[i], EUCLIDEAN));
          }
          writer.forceMerge(1);
        }
        Indexes.check(dir);
        try (DirectoryReader reader = DirectoryReader.open(dir)) {
          assertEquals(20, Indexes.idsWithVectors(reader, Indexes.FIELD, vectors).size());
        }
      }
    }
  }

  /** Zero with COSINE that gets past Lucene's check, which is in the field's constructor. */
  public void testZeroVectorsBehindTheCheck() throws IOException {
    int size = 400;
    float[][] vectors = VectorData.uniform(random(), size, DIMENSION);
    byte[][] bytes = VectorData.bytes(random(), size, DIMENSION);
    // Lucene's own assertions refuse to search such an index: no CheckIndex at the end
    try (Directory dir = new ByteBuffersDirectory()) {
      try (IndexWriter writer =
          new IndexWriter(dir, Indexes.config(Indexes.codec(Indexes.ours())))) {
        for (int i = 0; i < size; i++) {
          bytes[i][0] |= 1;
          Document doc = Indexes.document(i, vectors[i], COSINE);
          doc.add(new KnnByteVectorField("bytes", bytes[i], COSINE));
          if (i % 5 == 0) {
            Arrays.fill(vectors[i], 0);
            Arrays.fill(bytes[i], (byte) 0);
          }
          writer.addDocument(doc);
          if (i == size / 2) {
            writer.commit();
          }
        }
        writer.forceMerge(1);
      }
      assertComplete(dir, vectors);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        assertEquals(size, Indexes.graph(getOnlyLeafReader(reader), "bytes").size());
      }
    }
  }

  /** NaN and infinity, likewise. */
  public void testNanBehindTheCheck() throws IOException {
    int size = 400;
    float[][] vectors = VectorData.uniform(random(), size, DIMENSION);
    try (Directory dir = new ByteBuffersDirectory()) {
      try (IndexWriter writer =
          new IndexWriter(dir, Indexes.config(Indexes.codec(Indexes.ours())))) {
        for (int i = 0; i < size; i++) {
          Document doc = Indexes.document(i, vectors[i], EUCLIDEAN);
          if (i % 10 == 0) {
            vectors[i][i % DIMENSION] = i % 20 == 0 ? Float.NaN : Float.POSITIVE_INFINITY;
          }
          writer.addDocument(doc);
          if (i == size / 2) {
            writer.commit();
          }
        }
        writer.forceMerge(1);
      }
      assertComplete(dir, vectors);
    }
  }

  private static void assertComplete(Directory dir, float[][] vectors) throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(dir)) {
      assertEquals(vectors.length, Indexes.idsWithVectors(reader, Indexes.FIELD, vectors).size());
      assertEquals(vectors.length, Indexes.graph(getOnlyLeafReader(reader), Indexes.FIELD).size());
    }
  }
}
