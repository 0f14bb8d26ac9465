// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.stock;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.CheckIndex;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/**
 * Runs in a JVM of its own with nothing but Lucene's jars and this one class on the class path:
 * opens an index, checks it and searches each segment for its own first vector. Must not use any
 * other class of this project.
 */
public final class OpenWithStockLucene {
  private static final int K = 10;

  private OpenWithStockLucene() {}

  /**
   * Prints one line that starts with "ok" when all is well.
   *
   * @param args the index directory and the vector field
   * @throws IOException when the index cannot be read
   */
  public static void main(String[] args) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    try (Directory directory = FSDirectory.open(Path.of(args[0]));
        CheckIndex check = new CheckIndex(directory);
        DirectoryReader reader = DirectoryReader.open(directory)) {
      CheckIndex.Status status = check.checkIndex();
      if (!status.clean) {
        out.println("CheckIndex found errors");
        System.exit(1);
      }
      int found = 0;
      for (var leaf : reader.leaves()) {
        int hits = search(leaf.reader(), args[1]).scoreDocs.length;
        if (hits == 0) {
          out.println("a search found nothing in " + leaf.reader());
          System.exit(1);
        }
        found += hits;
      }
      out.println("ok: CheckIndex clean, " + reader.maxDoc() + " documents, " + found + " hits");
    }
  }

  private static TopDocs search(LeafReader segment, String field) throws IOException {
    AcceptDocs all = AcceptDocs.fromLiveDocs(segment.getLiveDocs(), segment.maxDoc());
    FloatVectorValues floats = segment.getFloatVectorValues(field);
    if (floats != null) {
      return segment.searchNearestVectors(field, floats.vectorValue(0), K, all, Integer.MAX_VALUE);
    }
    ByteVectorValues bytes = segment.getByteVectorValues(field);
    return segment.searchNearestVectors(field, bytes.vectorValue(0), K, all, Integer.MAX_VALUE);
  }
}
