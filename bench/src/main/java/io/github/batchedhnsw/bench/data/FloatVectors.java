// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.QueryTimeout;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.search.knn.KnnCollectorManager;

/**
 * Float vectors.
 *
 * @param rows at least one row, all of one length; not copied, not to be changed afterwards
 */
public record FloatVectors(float[][] rows) implements Vectors {

  /** Checks that there is a row and that all rows have the same length. */
  public FloatVectors {
    Require.table(rows.length, row -> rows[row].length);
  }

  @Override
  public int count() {
    return rows.length;
  }

  @Override
  public int dimension() {
    return rows[0].length;
  }

  @Override
  public VectorEncoding encoding() {
    return VectorEncoding.FLOAT32;
  }

  @Override
  public FloatVectors slice(int from, int to) {
    return new FloatVectors(Arrays.copyOfRange(rows, from, to));
  }

  @Override
  public float score(VectorSimilarityFunction similarity, int row, Vectors queries, int query) {
    return similarity.compare(((FloatVectors) queries).rows[query], rows[row]);
  }

  @Override
  public Field newField(String name, VectorSimilarityFunction similarity) {
    return new KnnFloatVectorField(name, rows[0], similarity);
  }

  @Override
  public void setField(Field field, int row) {
    ((KnnFloatVectorField) field).setVectorValue(rows[row]);
  }

  @Override
  public void search(
      KnnVectorsReader reader, String field, int row, KnnCollector collector, AcceptDocs accepted)
      throws IOException {
    reader.search(field, rows[row], collector, accepted);
  }

  @Override
  public Query filteredQuery(String field, int row, int k, Query filter, LongConsumer visited) {
    return new KnnFloatVectorQuery(field, rows[row], k, filter) {
      @Override
      protected TopDocs approximateSearch(
          LeafReaderContext segment, AcceptDocs accepted, int limit, KnnCollectorManager manager)
          throws IOException {
        TopDocs found = super.approximateSearch(segment, accepted, limit, manager);
        visited.accept(found.totalHits.value());
        return found;
      }

      @Override
      protected TopDocs exactSearch(
          LeafReaderContext segment, DocIdSetIterator accepted, QueryTimeout timeout)
          throws IOException {
        TopDocs found = super.exactSearch(segment, accepted, timeout);
        visited.accept(found.totalHits.value());
        return found;
      }
    };
  }

  @Override
  public Query query(String field, int row, int width) {
    return new KnnFloatVectorQuery(field, rows[row], width);
  }

  @Override
  public float[] rescore(KnnVectorsReader reader, String field, int row, int[] docs)
      throws IOException {
    return scores(reader.getFloatVectorValues(field).rescorer(rows[row]), docs);
  }

  /** Lucene's scores of documents, which are in ascending order. */
  static float[] scores(VectorScorer scorer, int[] docs) throws IOException {
    float[] scores = new float[docs.length];
    for (int i = 0; i < docs.length; i++) {
      scorer.iterator().advance(docs[i]);
      scores[i] = scorer.score();
    }
    return scores;
  }

  @Override
  public void digest(MessageDigest digest) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.max(8, Float.BYTES * dimension()));
    digest.update(bytes.putInt(count()).putInt(-dimension()).flip());
    for (float[] row : rows) {
      bytes.clear();
      bytes.asFloatBuffer().put(row);
      digest.update(bytes.limit(Float.BYTES * row.length));
    }
  }
}
