// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.VectorData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.join.BitSetProducer;
import org.apache.lucene.search.join.DiversifyingChildrenByteKnnVectorQuery;
import org.apache.lucene.search.join.DiversifyingChildrenFloatKnnVectorQuery;
import org.apache.lucene.search.join.QueryBitSetProducer;
import org.apache.lucene.search.join.ScoreMode;
import org.apache.lucene.search.join.ToParentBlockJoinQuery;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Vectors on the children of blocks, searched with the queries of lucene-join. */
public class TestNestedDocuments extends LuceneTestCase {
  private static final int DIMENSION = 8;
  private static final int K = 10;
  private static final BitSetProducer PARENTS =
      new QueryBitSetProducer(new TermQuery(new Term("kind", "parent")));

  /** Children of a parent are neighbours of each other, as the passages of a document. */
  private static List<float[][]> randomFamilies(int parents) {
    List<float[][]> families = new ArrayList<>();
    for (float[] center : VectorData.uniform(random(), parents, DIMENSION)) {
      float[][] children = new float[random().nextInt(1, 7)][DIMENSION];
      for (float[] child : children) {
        for (int k = 0; k < DIMENSION; k++) {
          child[k] = center[k] + 0.05f * (float) random().nextGaussian();
        }
      }
      families.add(children);
    }
    return families;
  }

  private static byte[] bytes(float[] vector) {
    byte[] bytes = new byte[vector.length];
    for (int k = 0; k < vector.length; k++) {
      bytes[k] = (byte) Math.clamp(Math.round(50 * vector[k]), -128, 127);
    }
    return bytes;
  }

  private static void index(
      Directory dir, KnnVectorsFormat format, List<float[][]> families, int deleted)
      throws IOException {
    IndexWriterConfig config = new IndexWriterConfig().setCodec(Indexes.anyCodec(format));
    config.setMergeScheduler(new SerialMergeScheduler()); // the same segments on both sides
    try (IndexWriter writer = new IndexWriter(dir, config)) {
      for (int p = 0; p < families.size(); p++) {
        List<Document> block = new ArrayList<>();
        for (float[] vector : families.get(p)) {
          Document child = new Document();
          child.add(new StringField("family", "" + p, Field.Store.NO));
          child.add(new KnnFloatVectorField("float", vector, VectorSimilarityFunction.EUCLIDEAN));
          child.add(
              new KnnByteVectorField("byte", bytes(vector), VectorSimilarityFunction.EUCLIDEAN));
          block.add(child);
        }
        Document parent = new Document();
        parent.add(new StringField("kind", "parent", Field.Store.NO));
        parent.add(new StringField("family", "" + p, Field.Store.NO));
        parent.add(new StringField("id", "" + p, Field.Store.YES));
        block.add(parent);
        writer.addDocuments(block);
        if (p == families.size() / 2) {
          writer.flush();
        }
      }
      for (int p = 0; p < deleted; p++) {
        writer.deleteDocuments(new Term("family", "" + p));
      }
      writer.forceMerge(1);
    }
  }

  /** Identifiers of the nearest parents, by their nearest child. */
  private static List<String> search(IndexReader reader, Query children) throws IOException {
    IndexSearcher searcher = newSearcher(reader);
    List<String> ids = new ArrayList<>();
    for (ScoreDoc hit :
        searcher.search(new ToParentBlockJoinQuery(children, PARENTS, ScoreMode.Max), K)
            .scoreDocs) {
      ids.add(searcher.storedFields().document(hit.doc).get("id"));
    }
    return ids;
  }

  /** The nearest families, compared one by one. */
  private static List<String> exact(List<float[][]> families, int from, float[] query) {
    List<Integer> all = new ArrayList<>();
    for (int p = from; p < families.size(); p++) {
      all.add(p);
    }
    all.sort(
        (a, b) ->
            Float.compare(distance(families.get(a), query), distance(families.get(b), query)));
    return all.subList(0, K).stream().map(String::valueOf).toList();
  }

  private static float distance(float[][] family, float[] query) {
    float least = Float.POSITIVE_INFINITY;
    for (float[] child : family) {
      least = Math.min(least, -VectorSimilarityFunction.EUCLIDEAN.compare(child, query));
    }
    return least;
  }

  public void testChildrenOfDifferentParents() throws IOException {
    List<float[][]> families = randomFamilies(atLeast(400));
    int deleted = random().nextInt(40);
    try (Directory ours = newDirectory();
        Directory stock = newDirectory()) {
      index(ours, Indexes.ours(), families, deleted);
      index(stock, new Lucene99HnswVectorsFormat(16, 100, 0), families, deleted);
      try (DirectoryReader ourReader = DirectoryReader.open(ours);
          DirectoryReader stockReader = DirectoryReader.open(stock)) {
        assertEquals(
            families.size() - deleted,
            PARENTS.getBitSet(getOnlyLeafReader(ourReader).getContext()).cardinality());
        int queries = 50;
        int[] found = new int[4];
        for (float[] query : VectorData.uniform(random(), queries, DIMENSION)) {
          Query floats =
              new DiversifyingChildrenFloatKnnVectorQuery("float", query, null, 40, PARENTS);
          Query bytes =
              new DiversifyingChildrenByteKnnVectorQuery("byte", bytes(query), null, 40, PARENTS);
          List<String> expected = exact(families, deleted, query);
          List<List<String>> results =
              List.of(
                  search(ourReader, floats), search(stockReader, floats),
                  search(ourReader, bytes), search(stockReader, bytes));
          for (int i = 0; i < found.length; i++) {
            assertEquals(K, results.get(i).size());
            assertEquals("each parent once", K, results.get(i).stream().distinct().count());
            found[i] += (int) results.get(i).stream().filter(expected::contains).count();
          }
        }
        double most = queries * K;
        String counts = Arrays.toString(found);
        assertTrue(counts, found[0] >= 0.95 * most && found[0] >= found[1] - 0.03 * most);
        assertTrue(counts, found[2] >= found[3] - 0.03 * most);
      }
    }
  }
}
