// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import io.github.batchedhnsw.VectorData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.hnsw.HnswGraph;

/** The files byte by byte, against what the stock reader makes of them and what stock writes. */
public class TestHnswFileLayout extends LuceneTestCase {

  /** What a test index holds. */
  private record Data(List<Document> docs) {}

  private static Data randomData(int size) {
    float[][] dense = VectorData.normalized(random(), size, random().nextInt(1, 20));
    byte[][] sparse = VectorData.bytes(random(), size, random().nextInt(1, 20));
    float[][] few = VectorData.uniform(random(), 3, 5);
    VectorSimilarityFunction[] similarities = VectorSimilarityFunction.values();
    VectorSimilarityFunction first = similarities[random().nextInt(4)];
    VectorSimilarityFunction second = similarities[random().nextInt(4)];
    List<Document> docs = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      Document doc = new Document();
      doc.add(new KnnFloatVectorField("dense", dense[i], first));
      if (i % 3 != 1) {
        doc.add(new KnnByteVectorField("sparse", sparse[i], second));
      }
      if (i < 3) {
        doc.add(new KnnFloatVectorField("few", few[i], similarities[0]));
      }
      docs.add(doc);
    }
    return new Data(docs);
  }

  private static void index(Directory dir, Codec codec, Data data, boolean merge)
      throws IOException {
    try (IndexWriter writer = new IndexWriter(dir, Indexes.config(codec))) {
      for (int i = 0; i < data.docs.size(); i++) {
        writer.addDocument(data.docs.get(i));
        if (merge && i == data.docs.size() / 3) {
          writer.commit();
        }
      }
      if (merge) {
        writer.commit();
        writer.forceMerge(1);
      }
    }
  }

  private static List<LayoutParser.Field> parse(Directory dir, int maxConn) throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(dir)) {
      SegmentReader leaf = (SegmentReader) getOnlyLeafReader(reader);
      List<LayoutParser.Field> fields = LayoutParser.parse(dir, leaf.getSegmentInfo().info.getId());
      for (LayoutParser.Field field : fields) {
        FieldInfo info = leaf.getFieldInfos().fieldInfo(field.number());
        assertNotNull(info);
        assertEquals(info.getVectorEncoding().ordinal(), field.encoding());
        List<VectorSimilarityFunction> codes =
            List.of(
                VectorSimilarityFunction.EUCLIDEAN,
                VectorSimilarityFunction.DOT_PRODUCT,
                VectorSimilarityFunction.COSINE,
                VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT);
        assertEquals(info.getVectorSimilarityFunction(), codes.get(field.similarity()));
        assertEquals(info.getVectorDimension(), field.dimension());
        assertEquals(maxConn, field.maxConn());
        assertEquals(vectors(leaf, info), field.size());
        assertSameAsReader(leaf, info, field);
      }
      assertEquals(withVectors(leaf.getFieldInfos()), fields.size());
      return fields;
    }
  }

  private static int withVectors(FieldInfos infos) {
    int count = 0;
    for (FieldInfo info : infos) {
      count += info.hasVectorValues() ? 1 : 0;
    }
    return count;
  }

  private static int vectors(LeafReader leaf, FieldInfo info) throws IOException {
    return switch (info.getVectorEncoding()) {
      case BYTE -> leaf.getByteVectorValues(info.name).size();
      case FLOAT32 -> leaf.getFloatVectorValues(info.name).size();
    };
  }

  private static void assertSameAsReader(LeafReader leaf, FieldInfo info, LayoutParser.Field field)
      throws IOException {
    HnswGraph graph = Indexes.vectorsReader(leaf, info.name).getGraph(info.name);
    if (field.neighbors().length == 0) {
      assertEquals(0, graph.size());
      return;
    }
    assertEquals(field.size(), graph.size());
    assertEquals(field.neighbors().length, graph.numLevels());
    assertEquals(field.maxConn(), graph.maxConn());
    int top = graph.numLevels() - 1;
    assertEquals(top == 0 ? 0 : field.nodes()[top][0], graph.entryNode());
    for (int level = 0; level < graph.numLevels(); level++) {
      int[][] lists = field.neighbors()[level];
      for (int slot = 0; slot < lists.length; slot++) {
        int node = level == 0 ? slot : field.nodes()[level][slot];
        graph.seek(level, node);
        int count = 0;
        int[] list = new int[lists[slot].length];
        for (int n = graph.nextNeighbor(); n != NO_MORE_DOCS; n = graph.nextNeighbor()) {
          list[count++] = n;
        }
        assertEquals(list.length, count);
        assertArrayEquals(lists[slot], list);
        assertTrue(count <= (level == 0 ? 2 : 1) * field.maxConn());
        for (int n : list) {
          assertTrue(n != node && n >= 0 && n < field.size());
          assertTrue(level == 0 || Arrays.binarySearch(field.nodes()[level], n) >= 0);
        }
      }
    }
  }

  public void testEveryByte() throws IOException {
    for (boolean merge : new boolean[] {false, true}) {
      int maxConn = random().nextInt(2, 20);
      int threshold = random().nextBoolean() ? 0 : 20;
      Data data = randomData(atLeast(300));
      try (Directory dir = newDirectory()) {
        index(
            dir,
            Indexes.codec(
                new BatchedHnswVectorsFormat(maxConn, random().nextInt(5, 60), threshold)),
            data,
            merge);
        List<LayoutParser.Field> fields = parse(dir, maxConn);
        assertEquals(3, fields.size());
        assertTrue("a graph of the dense field", fields.get(0).neighbors().length > 0);
        LayoutParser.Field few =
            fields.stream().filter(f -> f.size() == 3).findFirst().orElseThrow();
        assertEquals(threshold == 0, few.neighbors().length > 0);
        Indexes.check(dir);
      }
    }
  }

  /** Ordinals of all byte lengths: deltas of more than 16 bits take a very large segment. */
  public void testLongDeltas() throws IOException {
    int size = TEST_NIGHTLY ? 70_000 : 3000;
    float[][] vectors = VectorData.uniform(random(), size, 2);
    List<Document> docs = new ArrayList<>();
    for (float[] vector : vectors) {
      Document doc = new Document();
      doc.add(new KnnFloatVectorField("v", vector));
      docs.add(doc);
    }
    try (Directory dir = newDirectory()) {
      index(dir, Indexes.codec(new BatchedHnswVectorsFormat(3, 10, 0)), new Data(docs), false);
      assertEquals(1, parse(dir, 3).size());
    }
  }

  /** The same documents in stock's files: other lists, everything else alike. */
  public void testSameStructureAsStock() throws IOException {
    for (boolean merge : new boolean[] {false, true}) {
      Data data = randomData(atLeast(200));
      int threshold = random().nextBoolean() ? 0 : 20;
      try (Directory oursDir = newDirectory();
          Directory stockDir = newDirectory()) {
        index(oursDir, Indexes.codec(new BatchedHnswVectorsFormat(8, 30, threshold)), data, merge);
        index(
            stockDir,
            Indexes.anyCodec(new Lucene99HnswVectorsFormat(8, 30, threshold)),
            data,
            merge);
        assertEquals(indexFiles(stockDir), indexFiles(oursDir));
        List<LayoutParser.Field> ours = parse(oursDir, 8);
        List<LayoutParser.Field> stock = parse(stockDir, 8);
        assertEquals(stock.size(), ours.size());
        for (int i = 0; i < ours.size(); i++) {
          LayoutParser.Field a = ours.get(i);
          LayoutParser.Field b = stock.get(i);
          assertEquals(b.number(), a.number());
          assertEquals(b.encoding(), a.encoding());
          assertEquals(b.similarity(), a.similarity());
          assertEquals(b.dimension(), a.dimension());
          assertEquals(b.size(), a.size());
          assertEquals(b.maxConn(), a.maxConn());
          assertEquals(b.neighbors().length > 0, a.neighbors().length > 0);
        }
      }
    }
  }

  /** Without locks and what the test framework strews in. */
  private static List<String> indexFiles(Directory dir) throws IOException {
    return Arrays.stream(dir.listAll())
        .filter(f -> f.startsWith("_") || f.startsWith("segments"))
        .toList();
  }

  public void testConstants() {
    assertEquals("Lucene99HnswVectorsFormat", HnswFileLayout.FORMAT_NAME);
    assertEquals(Lucene99HnswVectorsFormat.VERSION_CURRENT, HnswFileLayout.VERSION);
  }
}
