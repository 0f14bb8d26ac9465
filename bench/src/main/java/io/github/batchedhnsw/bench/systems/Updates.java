// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.systems;

import io.github.batchedhnsw.bench.data.Dataset;
import java.io.Closeable;
import java.io.IOException;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.Term;

/** An index that changes, merged when asked to. Made by {@link LuceneSystem#updates}. */
public final class Updates implements Closeable {
  private final Dataset data;
  private final IndexWriter writer;
  private final Closeable resources;

  Updates(Dataset data, IndexWriter writer, Closeable resources) {
    this.data = data;
    this.writer = writer;
    this.resources = resources;
  }

  static Term keyOf(int row) {
    return new Term(LuceneIndex.ROW_FIELD + "-key", Integer.toString(row));
  }

  /**
   * Adds rows {@code from} (inclusive) to {@code to} (exclusive).
   *
   * @throws IOException when the index cannot be written
   */
  public void add(int from, int to) throws IOException {
    Field vector = data.base().newField(LuceneIndex.VECTOR_FIELD, data.similarity());
    NumericDocValuesField row = new NumericDocValuesField(LuceneIndex.ROW_FIELD, 0);
    StringField key = new StringField(keyOf(0).field(), "", Field.Store.NO);
    Document document = new Document();
    document.add(vector);
    document.add(row);
    document.add(key);
    for (int i = from; i < to; i++) {
      data.base().setField(vector, i);
      row.setLongValue(i);
      key.setStringValue(keyOf(i).text());
      writer.addDocument(document);
    }
  }

  /**
   * Deletes a row.
   *
   * @throws IOException when the index cannot be written
   */
  public void delete(int row) throws IOException {
    writer.deleteDocuments(keyOf(row));
  }

  /**
   * Flushes and merges everything to one segment.
   *
   * @return seconds
   * @throws IOException when the index cannot be written
   */
  public double merge() throws IOException {
    long start = System.nanoTime();
    writer.commit();
    writer.forceMerge(1);
    writer.commit();
    return (System.nanoTime() - start) / 1e9;
  }

  @Override
  public void close() throws IOException {
    writer.close();
    resources.close();
  }
}
