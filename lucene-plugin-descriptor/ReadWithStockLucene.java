// SPDX-License-Identifier: Apache-2.0
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.store.FSDirectory;

/** Searches what {@code BatchedHnswExample} wrote; needs {@code lucene-core} only. */
public final class ReadWithStockLucene {
  public static void main(String[] args) throws Exception {
    try (DirectoryReader reader = DirectoryReader.open(FSDirectory.open(Path.of(args[0])))) {
      float[] vector = new float[64];
      Arrays.fill(vector, 0.5f);
      var hits = new IndexSearcher(reader).search(new KnnFloatVectorQuery("vector", vector, 3), 3);
      System.out.println(
          reader.maxDoc() + " documents, nearest " + Arrays.toString(hits.scoreDocs));
    }
  }
}
