// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.stockonly;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.CheckIndex;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/**
 * A program that knows nothing but Lucene. {@code TestStockInterop} runs it in a JVM that has this
 * one class and lucene-core, on an index that our format wrote. Any failure is an exit status.
 */
public final class StockOnly {
  private StockOnly() {}

  /**
   * Arguments: the index, number of vectors in it, dimension, seed, number of vectors to add, and
   * names of classes that must not be there.
   */
  public static void main(String[] args) throws Exception {
    for (String name : Arrays.copyOfRange(args, 5, args.length)) {
      try {
        Class.forName(name);
        throw new IllegalStateException("on the class path: " + name);
      } catch (ClassNotFoundException expected) {
        System.out.println("absent: " + expected.getMessage());
      }
    }
    int size = Integer.parseInt(args[1]);
    int dimension = Integer.parseInt(args[2]);
    long seed = Long.parseLong(args[3]);
    int added = Integer.parseInt(args[4]);
    try (Directory directory = FSDirectory.open(Path.of(args[0]))) {
      check(directory);
      System.out.println("recall before: " + recall(directory, size, dimension, seed));
      try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig())) {
        float[][] vectors = vectors(seed + 1, added, dimension);
        for (int i = 0; i < added; i++) {
          Document doc = new Document();
          doc.add(new StringField("id", Integer.toString(size + i), Field.Store.YES));
          doc.add(new KnnFloatVectorField("v", vectors[i], VectorSimilarityFunction.EUCLIDEAN));
          writer.addDocument(doc);
        }
        writer.commit();
        writer.forceMerge(1);
      }
      check(directory);
      System.out.println("recall after: " + recall(directory, size + added, dimension, seed));
    }
    System.out.println("opened by stock Lucene: yes");
  }

  /** The data of the index, which both sides can make. */
  public static float[][] vectors(long seed, int size, int dimension) {
    Random random = new Random(seed);
    float[][] vectors = new float[size][dimension];
    for (float[] vector : vectors) {
      for (int i = 0; i < dimension; i++) {
        vector[i] = random.nextFloat();
      }
    }
    return vectors;
  }

  private static void check(Directory directory) throws Exception {
    try (CheckIndex checker = new CheckIndex(directory)) {
      checker.setLevel(3);
      if (!checker.checkIndex().clean) {
        throw new IllegalStateException("CheckIndex found errors");
      }
    }
  }

  private static double recall(Directory directory, int size, int dimension, long seed)
      throws Exception {
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      if (reader.numDocs() != size) {
        throw new IllegalStateException("documents: " + reader.numDocs() + ", expected " + size);
      }
      for (LeafReaderContext context : reader.leaves()) {
        KnnVectorsReader vectors = ((CodecReader) context.reader()).getVectorReader();
        KnnVectorsReader fieldReader =
            ((PerFieldKnnVectorsFormat.FieldsReader) vectors).getFieldReader("v");
        int nodes = ((HnswGraphProvider) fieldReader).getGraph("v").size();
        if (nodes != context.reader().maxDoc()) {
          throw new IllegalStateException("no graph: " + nodes);
        }
      }
      IndexSearcher searcher = new IndexSearcher(reader);
      int hits = 0;
      float[][] queries = vectors(seed + 2, 30, dimension);
      for (float[] query : queries) {
        Set<Integer> exact = new HashSet<>(exact(reader, query));
        for (ScoreDoc hit :
            searcher.search(new KnnFloatVectorQuery("v", query, 10), 10).scoreDocs) {
          hits += exact.contains(hit.doc) ? 1 : 0;
        }
      }
      double recall = hits / (10.0 * queries.length);
      if (recall < 0.9) {
        throw new IllegalStateException("recall: " + recall);
      }
      return recall;
    }
  }

  private static List<Integer> exact(DirectoryReader reader, float[] query) throws Exception {
    List<double[]> scored = new ArrayList<>();
    for (LeafReaderContext context : reader.leaves()) {
      FloatVectorValues values = context.reader().getFloatVectorValues("v");
      for (int ord = 0; ord < values.size(); ord++) {
        double score = VectorSimilarityFunction.EUCLIDEAN.compare(query, values.vectorValue(ord));
        scored.add(new double[] {context.docBase + values.ordToDoc(ord), score});
      }
    }
    scored.sort(Comparator.comparingDouble(s -> -s[1]));
    return scored.subList(0, 10).stream().map(s -> (int) s[0]).toList();
  }
}
