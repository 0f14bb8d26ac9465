// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsReader;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.CheckIndex;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FilterLeafReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.hnsw.HnswGraph;

/** What the tests of whole indexes have in common. */
final class Indexes {
  static final String FIELD = "v";
  static final String ID = "id";

  private Indexes() {}

  /** Our format; every segment gets a graph. */
  static BatchedHnswVectorsFormat ours() {
    return new BatchedHnswVectorsFormat(16, 100, 0);
  }

  static Codec codec(BatchedHnswVectorsFormat format) {
    return anyCodec(format);
  }

  /** The default codec, all fields in one given format. */
  static Codec anyCodec(KnnVectorsFormat format) {
    return perField(field -> format);
  }

  /** The default codec, each field in the format that the function has for it. */
  static Codec perField(Function<String, KnnVectorsFormat> formats) {
    Codec codec = TestUtil.getDefaultCodec();
    return new FilterCodec(codec.getName(), codec) {
      @Override
      public KnnVectorsFormat knnVectorsFormat() {
        return new PerFieldKnnVectorsFormat() {
          @Override
          public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
            return formats.apply(field);
          }
        };
      }
    };
  }

  static Codec stock() {
    return anyCodec(stockFormat(16, 100));
  }

  /** Stock's format; every segment gets a graph, as always in Lucene 10.3, which cannot be told. */
  static KnnVectorsFormat stockFormat(int maxConn, int beamWidth) {
    try {
      return Lucene99HnswVectorsFormat.class
          .getConstructor(int.class, int.class, int.class)
          .newInstance(maxConn, beamWidth, 0);
    } catch (NoSuchMethodException e) {
      return new Lucene99HnswVectorsFormat(maxConn, beamWidth);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  /** Nothing random, no threads, no compound files. */
  static IndexWriterConfig config(Codec codec) {
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(codec)
            .setMergeScheduler(new SerialMergeScheduler())
            .setUseCompoundFile(false);
    config.getMergePolicy().setNoCFSRatio(0);
    return config;
  }

  static Document document(int id, float[] vector, VectorSimilarityFunction similarity) {
    Document doc = document(id);
    doc.add(new KnnFloatVectorField(FIELD, vector, similarity));
    return doc;
  }

  static Document document(int id, byte[] vector, VectorSimilarityFunction similarity) {
    Document doc = document(id);
    doc.add(new KnnByteVectorField(FIELD, vector, similarity));
    return doc;
  }

  static Document document(int id) {
    Document doc = new Document();
    doc.add(new StringField(ID, Integer.toString(id), Field.Store.YES));
    return doc;
  }

  /** All checks that Lucene has, the slow ones included. */
  static void check(Directory directory) throws IOException {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    try (CheckIndex checker = new CheckIndex(directory);
        PrintStream printer = new PrintStream(log, true, StandardCharsets.UTF_8)) {
      checker.setLevel(CheckIndex.Level.MIN_LEVEL_FOR_SLOW_CHECKS);
      checker.setInfoStream(printer);
      assertTrue(log.toString(StandardCharsets.UTF_8), checker.checkIndex().clean);
    }
  }

  static Lucene99HnswVectorsReader vectorsReader(LeafReader leaf, String field) {
    CodecReader segment = (CodecReader) FilterLeafReader.unwrap(leaf);
    KnnVectorsReader reader = segment.getVectorReader();
    if (reader instanceof PerFieldKnnVectorsFormat.FieldsReader fields) {
      reader = fields.getFieldReader(field);
    }
    return (Lucene99HnswVectorsReader) reader;
  }

  /** The graph of a field of one segment, which must be there. */
  static HnswGraph graph(LeafReader leaf, String field) throws IOException {
    HnswGraph graph = vectorsReader(leaf, field).getGraph(field);
    assertTrue("no graph of " + field, graph.size() > 0);
    return graph;
  }

  /** The ids of all live documents that have a vector, whose values must be those given. */
  static Set<Integer> idsWithVectors(IndexReader reader, String field, float[][] byId)
      throws IOException {
    Set<Integer> ids = new TreeSet<>();
    for (LeafReaderContext context : reader.leaves()) {
      FloatVectorValues values = context.reader().getFloatVectorValues(field);
      if (values == null) {
        continue;
      }
      KnnVectorValues.DocIndexIterator iterator = values.iterator();
      Bits live = context.reader().getLiveDocs();
      for (int doc = iterator.nextDoc();
          doc != DocIdSetIterator.NO_MORE_DOCS;
          doc = iterator.nextDoc()) {
        if (live == null || live.get(doc)) {
          int id = id(context.reader().storedFields().document(doc).get(ID));
          assertTrue("twice: " + id, ids.add(id));
          assertArrayEquals("vector of " + id, byId[id], values.vectorValue(iterator.index()), 0f);
        }
      }
    }
    return ids;
  }

  private static int id(String stored) {
    assertNotNull(stored);
    return Integer.parseInt(stored);
  }

  /**
   * Share of the k exact nearest documents that queries find, in all segments together.
   *
   * @param filter restricts both, or null
   */
  static double recall(IndexReader reader, String field, float[][] queries, int k, Query filter)
      throws IOException {
    IndexSearcher searcher = new IndexSearcher(reader);
    Set<Integer> accepted = accepted(searcher, filter);
    double hits = 0;
    double all = 0;
    for (float[] query : queries) {
      List<Scored> exact = new ArrayList<>();
      for (LeafReaderContext context : reader.leaves()) {
        FieldInfo info = context.reader().getFieldInfos().fieldInfo(field);
        FloatVectorValues values = context.reader().getFloatVectorValues(field);
        if (values == null) {
          continue;
        }
        KnnVectorValues.DocIndexIterator iterator = values.iterator();
        for (int doc = iterator.nextDoc();
            doc != DocIdSetIterator.NO_MORE_DOCS;
            doc = iterator.nextDoc()) {
          float score =
              info.getVectorSimilarityFunction()
                  .compare(query, values.vectorValue(iterator.index()));
          exact.add(new Scored(context.docBase + doc, score));
        }
      }
      Query knn = new KnnFloatVectorQuery(field, query, k, filter);
      hits += hits(searcher, knn, exact, accepted, k);
      all += Math.min(k, exact.stream().filter(s -> accepted.contains(s.doc)).count());
    }
    assertTrue("nothing to find", all > 0);
    return hits / all;
  }

  /** As {@link #recall(IndexReader, String, float[][], int, Query)} for bytes. */
  static double recall(IndexReader reader, String field, byte[][] queries, int k)
      throws IOException {
    IndexSearcher searcher = new IndexSearcher(reader);
    Set<Integer> accepted = accepted(searcher, null);
    double hits = 0;
    double all = 0;
    for (byte[] query : queries) {
      List<Scored> exact = new ArrayList<>();
      for (LeafReaderContext context : reader.leaves()) {
        FieldInfo info = context.reader().getFieldInfos().fieldInfo(field);
        ByteVectorValues values = context.reader().getByteVectorValues(field);
        if (values == null) {
          continue;
        }
        KnnVectorValues.DocIndexIterator iterator = values.iterator();
        for (int doc = iterator.nextDoc();
            doc != DocIdSetIterator.NO_MORE_DOCS;
            doc = iterator.nextDoc()) {
          float score =
              info.getVectorSimilarityFunction()
                  .compare(query, values.vectorValue(iterator.index()));
          exact.add(new Scored(context.docBase + doc, score));
        }
      }
      hits += hits(searcher, new KnnByteVectorQuery(field, query, k), exact, accepted, k);
      all += Math.min(k, exact.stream().filter(s -> accepted.contains(s.doc)).count());
    }
    assertTrue("nothing to find", all > 0);
    return hits / all;
  }

  private record Scored(int doc, float score) {}

  private static Set<Integer> accepted(IndexSearcher searcher, Query filter) throws IOException {
    Set<Integer> accepted = new HashSet<>();
    Query query = filter == null ? new MatchAllDocsQuery() : filter;
    for (ScoreDoc hit :
        searcher.search(query, Math.max(1, searcher.getIndexReader().maxDoc())).scoreDocs) {
      accepted.add(hit.doc);
    }
    return accepted;
  }

  /** Documents as close as the k-th nearest count as found: equal scores have no order. */
  private static int hits(
      IndexSearcher searcher, Query knn, List<Scored> all, Set<Integer> accepted, int k)
      throws IOException {
    List<Scored> exact =
        new ArrayList<>(all.stream().filter(s -> accepted.contains(s.doc)).toList());
    exact.sort((a, b) -> Float.compare(b.score, a.score));
    ScoreDoc[] found = searcher.search(knn, k).scoreDocs;
    assertTrue("found=" + found.length, found.length <= Math.min(k, exact.size()));
    if (exact.isEmpty()) {
      return 0;
    }
    float bound = exact.get(Math.min(k, exact.size()) - 1).score;
    Set<Integer> nearest = new HashSet<>();
    for (Scored s : exact) {
      if (s.score >= bound) {
        nearest.add(s.doc);
      }
    }
    Set<Integer> distinct = new HashSet<>();
    int hits = 0;
    for (ScoreDoc hit : found) {
      assertTrue("found twice: " + hit.doc, distinct.add(hit.doc));
      assertTrue("not accepted: " + hit.doc, accepted.contains(hit.doc));
      if (nearest.contains(hit.doc)) {
        hits++;
      }
    }
    assertEquals(found.length, distinct.size());
    return hits;
  }
}
