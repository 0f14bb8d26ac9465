// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.QueryTimeout;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.knn.KnnCollectorManager;

/**
 * Signed byte vectors.
 *
 * @param rows at least one row, all of one length; not copied, not to be changed afterwards
 */
public record ByteVectors(byte[][] rows) implements Vectors {

  /** Checks that there is a row and that all rows have the same length. */
  public ByteVectors {
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
    return VectorEncoding.BYTE;
  }

  @Override
  public ByteVectors slice(int from, int to) {
    return new ByteVectors(Arrays.copyOfRange(rows, from, to));
  }

  @Override
  public float score(VectorSimilarityFunction similarity, int row, Vectors queries, int query) {
    return similarity.compare(((ByteVectors) queries).rows[query], rows[row]);
  }

  @Override
  public Field newField(String name, VectorSimilarityFunction similarity) {
    return new KnnByteVectorField(name, rows[0], similarity);
  }

  @Override
  public void setField(Field field, int row) {
    ((KnnByteVectorField) field).setVectorValue(rows[row]);
  }

  @Override
  public void search(
      KnnVectorsReader reader, String field, int row, KnnCollector collector, AcceptDocs accepted)
      throws IOException {
    reader.search(field, rows[row], collector, accepted);
  }

  @Override
  public Query filteredQuery(String field, int row, int k, Query filter, LongConsumer visited) {
    return new KnnByteVectorQuery(field, rows[row], k, filter) {
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
    return new KnnByteVectorQuery(field, rows[row], width);
  }

  @Override
  public float[] rescore(KnnVectorsReader reader, String field, int row, int[] docs)
      throws IOException {
    return FloatVectors.scores(reader.getByteVectorValues(field).rescorer(rows[row]), docs);
  }

  @Override
  public void digest(MessageDigest digest) {
    digest.update(ByteBuffer.allocate(8).putInt(count()).putInt(dimension()).flip());
    for (byte[] row : rows) {
      digest.update(row);
    }
  }
}
