// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.systems;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.data.RowFile;
import java.io.IOException;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;

/**
 * The document of a row: its vector and its number, with a key if it is to be deleted or updated
 * later. One document is reused for all rows, so each thread needs its own. Not thread-safe.
 */
public final class RowDocument {
  /** The field of the vector. */
  public static final String VECTOR_FIELD = "vector";

  /** The numeric doc values with the number of the row. */
  public static final String ROW_FIELD = "row";

  private static final String KEY_FIELD = "row-key";

  @FunctionalInterface
  private interface Vectors {
    void setField(Field vector, int row) throws IOException;
  }

  private final Vectors vectors;
  private final Field vector;
  private final NumericDocValuesField number = new NumericDocValuesField(ROW_FIELD, 0);
  private final Document document = new Document();

  /** Null without {@link #withKey}. */
  private StringField key;

  private RowDocument(Vectors vectors, Field vector) {
    this.vectors = vectors;
    this.vector = vector;
    document.add(vector);
    document.add(number);
  }

  /** Documents of a data set. */
  public static RowDocument of(Dataset data) {
    return new RowDocument(
        data.base()::setField, data.base().newField(VECTOR_FIELD, data.similarity()));
  }

  /** Documents of vectors in a file, which stays open. */
  public static RowDocument of(RowFile rows, VectorSimilarityFunction similarity) {
    return new RowDocument(rows::setField, rows.newField(VECTOR_FIELD, similarity));
  }

  /** Adds the key by which {@link #keyOf} finds a document again. */
  RowDocument withKey() {
    key = new StringField(KEY_FIELD, "", Field.Store.NO);
    document.add(key);
    return this;
  }

  /** The term that finds the document of a row. */
  static Term keyOf(int row) {
    return new Term(KEY_FIELD, Integer.toString(row));
  }

  /**
   * The document of a row, until the next call.
   *
   * @throws IOException when the vector cannot be read
   */
  public Document at(int row) throws IOException {
    vectors.setField(vector, row);
    number.setLongValue(row);
    if (key != null) {
      key.setStringValue(Integer.toString(row));
    }
    return document;
  }
}
