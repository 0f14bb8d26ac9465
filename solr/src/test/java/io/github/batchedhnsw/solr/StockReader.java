// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.solr;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsReader;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.CheckIndex;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FilterLeafReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.IOConsumer;
import org.apache.lucene.util.hnsw.HnswGraph;

/** What Lucene alone finds in the index of a core; our classes are not on the class path. */
final class StockReader {
  private static final Map<String, String> FORMATS =
      Map.of(
          "vector", "Lucene99HnswVectorsFormat",
          "byte_vector", "Lucene99HnswVectorsFormat",
          "long_vector", "Lucene99HnswVectorsFormat",
          "scalar_vector", "Lucene99HnswScalarQuantizedVectorsFormat",
          "binary_vector", "Lucene102HnswBinaryQuantizedVectorsFormat",
          "kept_vector", "Lucene102BinaryQuantizedVectorsFormat");

  private StockReader() {}

  /** The name that a field of the schema has its format recorded under. */
  static String format(String field) {
    return FORMATS.get(field.startsWith("vector_") ? "vector" : field);
  }

  /** The names recorded are the stock ones, and all checks that Lucene has find nothing. */
  static void check(Path index) throws IOException {
    try (Directory directory = FSDirectory.open(index);
        CheckIndex checker = new CheckIndex(directory)) {
      checker.setLevel(CheckIndex.Level.MIN_LEVEL_FOR_SLOW_CHECKS);
      assertTrue(checker.checkIndex().clean);
      for (SegmentCommitInfo segment : SegmentInfos.readLatestCommit(directory)) {
        assertEquals("Lucene103", segment.info.getCodec().getName());
      }
    }
    forEachLeaf(
        index,
        leaf -> {
          for (FieldInfo field : leaf.getFieldInfos()) {
            assertEquals(
                field.name,
                format(field.name),
                field.getAttribute(PerFieldKnnVectorsFormat.PER_FIELD_FORMAT_KEY));
          }
        });
  }

  /** M of the graphs of a field, which is in every segment, and every node is in its graph. */
  static int maxConn(Path index, String field) throws IOException {
    int[] maxConn = new int[1];
    forEachLeaf(
        index,
        leaf -> {
          var fields = (PerFieldKnnVectorsFormat.FieldsReader) leaf.getVectorReader();
          var reader = (Lucene99HnswVectorsReader) fields.getFieldReader(field);
          HnswGraph graph = reader.getGraph(field);
          assertTrue("vectors=" + graph.size(), graph.size() > 0);
          maxConn[0] = graph.maxConn();
        });
    return maxConn[0];
  }

  static int segments(Path index) throws IOException {
    try (IndexReader reader = DirectoryReader.open(FSDirectory.open(index))) {
      return reader.leaves().size();
    }
  }

  private static void forEachLeaf(Path index, IOConsumer<CodecReader> action) throws IOException {
    try (Directory directory = FSDirectory.open(index);
        IndexReader reader = DirectoryReader.open(directory)) {
      assertTrue("no segments", !reader.leaves().isEmpty());
      for (LeafReaderContext leaf : reader.leaves()) {
        action.accept((CodecReader) FilterLeafReader.unwrap(leaf.reader()));
      }
    }
  }
}
