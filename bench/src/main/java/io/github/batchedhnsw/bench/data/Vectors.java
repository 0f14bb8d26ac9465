// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.io.IOException;
import java.security.MessageDigest;
import java.util.function.LongConsumer;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.document.Field;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.Query;

/**
 * An immutable table of vectors on the heap, {@link #count()} rows of {@link #dimension()}
 * components. The only place where the benchmark distinguishes float from byte vectors. Safe for
 * concurrent reading.
 */
public sealed interface Vectors permits FloatVectors, ByteVectors {

  /** Number of rows. */
  int count();

  /** Components of each row. */
  int dimension();

  /** How Lucene stores these rows. */
  VectorEncoding encoding();

  /** Rows {@code [from, to)}, sharing the components. */
  Vectors slice(int from, int to);

  /**
   * Lucene's score of one row against a row of another table of the same encoding; larger is
   * nearer.
   *
   * @param similarity the metric
   * @param row a row of this table
   * @param queries another table, same encoding and dimension
   * @param query a row of {@code queries}
   */
  float score(VectorSimilarityFunction similarity, int row, Vectors queries, int query);

  /** A reusable indexed field holding row 0. */
  Field newField(String name, VectorSimilarityFunction similarity);

  /** Points a field made by {@link #newField} at another row. */
  void setField(Field field, int row);

  /** Searches with one row as the query, through a segment's vector reader. */
  void search(
      KnnVectorsReader reader, String field, int row, KnnCollector collector, AcceptDocs accepted)
      throws IOException;

  /**
   * The query that a user of Lucene makes for the nearest documents among those that pass a filter,
   * with the search strategy that is its default.
   *
   * @param row of this table, the target
   * @param k nearest documents wanted
   * @param filter which documents pass
   * @param visited is told, for every search of a segment, how many vectors it scored: also for one
   *     that gave up and for the exact search that followed it
   */
  Query filteredQuery(String field, int row, int k, Query filter, LongConsumer visited);

  /**
   * The query that applications give to an {@code IndexSearcher}.
   *
   * @param row the query's vector
   * @param width how many are collected
   */
  Query query(String field, int row, int width);

  /**
   * Scores documents against one row as the query, with the vectors as they were indexed.
   *
   * @param docs in ascending order
   * @return one score per document
   */
  float[] rescore(KnnVectorsReader reader, String field, int row, int[] docs) throws IOException;

  /** Feeds shape, encoding and all components into a digest. */
  void digest(MessageDigest digest);
}
