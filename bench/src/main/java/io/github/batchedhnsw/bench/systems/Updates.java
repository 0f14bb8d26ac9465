// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.systems;

import io.github.batchedhnsw.bench.data.Dataset;
import java.io.Closeable;
import java.io.IOException;
import org.apache.lucene.index.IndexWriter;

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

  /**
   * Adds rows {@code from} (inclusive) to {@code to} (exclusive).
   *
   * @throws IOException when the index cannot be written
   */
  public void add(int from, int to) throws IOException {
    RowDocument document = RowDocument.of(data).withKey();
    for (int row = from; row < to; row++) {
      writer.addDocument(document.at(row));
    }
  }

  /**
   * Deletes a row.
   *
   * @throws IOException when the index cannot be written
   */
  public void delete(int row) throws IOException {
    writer.deleteDocuments(RowDocument.keyOf(row));
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
