// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.Version;

/** What depends on the version of Lucene; the property {@code tests.lucene} is the one meant. */
public class TestOtherLucene extends LuceneTestCase {

  public void testIsTheOneMeant() {
    assertEquals(System.getProperty("tests.lucene"), Version.LATEST.toString());
    String side = Version.LATEST.onOrAfter(Version.fromBits(10, 5, 0)) ? "105" : "103";
    assertEquals("Lucene" + side + "Api", LuceneVersion.api().getClass().getSimpleName());
  }

  /** M and beam width are told by the stock format, in each version in its own words. */
  public void testParametersOfTheDefaultCodec() throws Exception {
    try (Directory directory = newDirectory()) {
      var codec = BatchedHnswCodec.wrap(TestUtil.getDefaultCodec());
      try (IndexWriter writer = new IndexWriter(directory, Indexes.config(codec))) {
        for (int part = 0; part < 3; part++) {
          for (int i = 0; i < 1000; i++) {
            writer.addDocument(document(part * 1000 + i));
          }
          writer.flush();
        }
        writer.deleteDocuments(new Term(Indexes.ID, "0"));
        writer.forceMerge(1);
      }
      Indexes.check(directory);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        LeafReader leaf = getOnlyLeafReader(reader);
        assertEquals(TestUtil.getDefaultCodec().getName(), codec.getName());
        assertEquals(2999, leaf.numDocs());
        assertEquals(2999, leaf.getFloatVectorValues("float").size());
        assertEquals(2999, leaf.getByteVectorValues("byte").size());
        assertEquals(16, Indexes.graph(leaf, "float").maxConn());
        assertEquals(16, Indexes.graph(leaf, "byte").maxConn());
        IndexSearcher searcher = new IndexSearcher(reader);
        assertNearest(1234, searcher, new KnnFloatVectorQuery("float", vector(1234), 1));
        assertNearest(1234, searcher, new KnnByteVectorQuery("byte", bytes(1234), 1));
      }
    }
  }

  private static void assertNearest(int id, IndexSearcher searcher, Query query) throws Exception {
    int doc = searcher.search(query, 1).scoreDocs[0].doc;
    assertEquals(Integer.toString(id), searcher.storedFields().document(doc).get(Indexes.ID));
  }

  private static Document document(int id) {
    Document document = Indexes.document(id);
    document.add(new KnnFloatVectorField("float", vector(id)));
    document.add(new KnnByteVectorField("byte", bytes(id)));
    return document;
  }

  /** Points of a lattice, no two of them alike. */
  private static float[] vector(int id) {
    return new float[] {id % 16, id / 16 % 16, id / 256, 1};
  }

  private static byte[] bytes(int id) {
    return new byte[] {(byte) (id % 16), (byte) (id / 16 % 16), (byte) (id / 256), 1};
  }

  /** Lucene 10.3 fails where it searches a segment without graph, so there has to be one. */
  public void testTinySegment() throws Exception {
    try (Directory directory = newDirectory()) {
      var codec = Indexes.codec(new BatchedHnswVectorsFormat(16, 100, 1000));
      try (IndexWriter writer = new IndexWriter(directory, Indexes.config(codec))) {
        for (int id = 0; id < 10; id++) {
          writer.addDocument(document(id));
        }
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        boolean graph =
            Indexes.vectorsReader(getOnlyLeafReader(reader), "float").getGraph("float").size() > 0;
        assertEquals(!Version.LATEST.onOrAfter(Version.fromBits(10, 4, 0)), graph);
        IndexSearcher searcher = new IndexSearcher(reader);
        assertNearest(7, searcher, new KnnFloatVectorQuery("float", vector(7), 3));
      }
    }
  }
}
