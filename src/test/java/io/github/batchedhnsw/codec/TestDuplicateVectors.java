// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.VectorData;
import java.io.IOException;
import org.apache.lucene.codecs.hnsw.DefaultFlatVectorScorer;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.hnsw.HnswGraphSearcher;
import org.apache.lucene.util.hnsw.RandomVectorScorer;

/** However many vectors are the same, Lucene's search of the graph gets to each document. */
public class TestDuplicateVectors extends LuceneTestCase {

  public void testHalfOfThemDuplicates() throws IOException {
    int size = TEST_NIGHTLY ? 100_000 : 20_000;
    float[][] vectors = VectorData.uniform(random(), size, 8);
    assertEveryDocumentIsRetrieved(VectorData.withDuplicates(random(), vectors, 50));
  }

  public void testAFewGroups() throws IOException {
    int size = TEST_NIGHTLY ? 100_000 : 20_000;
    float[][] vectors = VectorData.uniform(random(), size, 8);
    for (int i = 0; i < size; i += 2) {
      vectors[i] = vectors[random().nextInt(100)];
    }
    assertEveryDocumentIsRetrieved(vectors);
  }

  public void testIdentical() throws IOException {
    assertEveryDocumentIsRetrieved(VectorData.identical(random(), 10_000, 8));
  }

  private static void assertEveryDocumentIsRetrieved(float[][] vectors) throws IOException {
    VectorSimilarityFunction similarity = VectorSimilarityFunction.values()[random().nextInt(4)];
    try (Directory dir = newDirectory()) {
      IndexWriterConfig config =
          Indexes.config(Indexes.codec(Indexes.ours()))
              .setMaxBufferedDocs(vectors.length + 1)
              .setRAMBufferSizeMB(1024); // one segment
      try (IndexWriter writer = new IndexWriter(dir, config)) {
        for (int i = 0; i < vectors.length; i++) {
          writer.addDocument(Indexes.document(i, vectors[i], similarity));
        }
        writer.commit();
        assertAllFound(writer, vectors);
        writer.addDocument(Indexes.document(vectors.length, vectors[0], similarity));
        writer.forceMerge(1);
        assertAllFound(writer, vectors);
      }
    }
  }

  private static void assertAllFound(IndexWriter writer, float[][] vectors) throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(writer)) {
      LeafReader leaf = getOnlyLeafReader(reader);
      // of the graph itself: a query for all documents would be answered by a scan
      TopKnnCollector collector = new TopKnnCollector(leaf.maxDoc(), Integer.MAX_VALUE);
      RandomVectorScorer scorer =
          DefaultFlatVectorScorer.INSTANCE.getRandomVectorScorer(
              leaf.getFieldInfos().fieldInfo(Indexes.FIELD).getVectorSimilarityFunction(),
              leaf.getFloatVectorValues(Indexes.FIELD),
              vectors[random().nextInt(vectors.length)]);
      HnswGraphSearcher.search(scorer, collector, Indexes.graph(leaf, Indexes.FIELD), null);
      FixedBitSet found = new FixedBitSet(leaf.maxDoc());
      for (ScoreDoc hit : collector.topDocs().scoreDocs) {
        found.set(hit.doc);
      }
      assertEquals(leaf.maxDoc(), found.cardinality());
    }
  }
}
