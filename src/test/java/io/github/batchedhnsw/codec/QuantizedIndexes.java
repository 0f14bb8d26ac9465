// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import java.io.IOException;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.hnsw.FlatVectorScorerUtil;
import org.apache.lucene.codecs.hnsw.FlatVectorsWriter;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99FlatVectorsFormat;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SegmentInfo;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.util.InfoStream;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;

/** What the tests of quantized fields have in common. */
final class QuantizedIndexes {
  private QuantizedIndexes() {}

  /** Our format; every segment gets a graph. */
  static BatchedHnswScalarQuantizedVectorsFormat ours(
      ScalarEncoding encoding, GraphVectors graphVectors) {
    return new BatchedHnswScalarQuantizedVectorsFormat(
        encoding, 16, 100, BuildOptions.DEFAULT, 0, graphVectors);
  }

  static KnnVectorsFormat stock(ScalarEncoding encoding) {
    return new Lucene104HnswScalarQuantizedVectorsFormat(encoding, 16, 100, 1, null, 0);
  }

  /**
   * Replaces the raw vectors of every segment by none, which Lucene's quantized reader takes for
   * vectors that were dropped.
   */
  static void dropRawVectors(Directory directory) throws IOException {
    Directory files = FilterDirectory.unwrap(directory);
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      for (LeafReaderContext context : reader.leaves()) {
        SegmentReader segment = (SegmentReader) context.reader();
        for (FieldInfo field : segment.getFieldInfos()) {
          if (field.hasVectorValues()) {
            dropRawVectors(files, segment.getSegmentInfo().info, segment.getFieldInfos(), field);
          }
        }
      }
    }
  }

  private static void dropRawVectors(
      Directory files, SegmentInfo segment, FieldInfos fields, FieldInfo field) throws IOException {
    String suffix = suffix(field);
    for (String extension : new String[] {"vec", "vemf"}) {
      files.deleteFile(IndexFileNames.segmentFileName(segment.name, suffix, extension));
    }
    SegmentWriteState state =
        new SegmentWriteState(
            InfoStream.NO_OUTPUT, files, segment, fields, null, IOContext.DEFAULT, suffix);
    try (FlatVectorsWriter writer =
        new Lucene99FlatVectorsFormat(FlatVectorScorerUtil.getLucene99FlatVectorsScorer())
            .fieldsWriter(state)) {
      writer.addField(field);
      writer.flush(segment.maxDoc(), null);
      writer.finish();
    }
  }

  /** What the names of a field's files have behind the name of the segment. */
  static String suffix(FieldInfo field) {
    return field.getAttribute(PerFieldKnnVectorsFormat.PER_FIELD_FORMAT_KEY)
        + "_"
        + field.getAttribute(PerFieldKnnVectorsFormat.PER_FIELD_SUFFIX_KEY);
  }
}
