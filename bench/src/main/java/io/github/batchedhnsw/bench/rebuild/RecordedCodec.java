// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.rebuild;

import io.github.batchedhnsw.bench.graph.VectorReaders;
import io.github.batchedhnsw.codec.BatchedHnswScalarQuantizedVectorsFormat;
import io.github.batchedhnsw.codec.BatchedHnswVectorsFormat;
import io.github.batchedhnsw.codec.BuildOptions;
import io.github.batchedhnsw.codec.GraphVectors;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.DocValuesFormat;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.PostingsFormat;
import org.apache.lucene.codecs.StoredFieldsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene90.Lucene90StoredFieldsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.codecs.perfield.PerFieldDocValuesFormat;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.codecs.perfield.PerFieldPostingsFormat;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.apache.lucene.util.hnsw.HnswGraphSearcher;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues;
import org.apache.lucene.util.quantization.QuantizedVectorsReader;

/**
 * Writes as the segments of an index were written, as far as they record it: the format of each
 * field's postings and doc values, the compression of stored fields, the encoding of quantized
 * vectors and M. The beam width is recorded nowhere.
 */
final class RecordedCodec extends FilterCodec {
  private final Map<String, KnnVectorsFormat> vectors = new HashMap<>();
  private final Map<String, PostingsFormat> postings = new HashMap<>();
  private final Map<String, DocValuesFormat> docValues = new HashMap<>();
  private final StoredFieldsFormat storedFields;

  /**
   * What is given instead of what is recorded, and what is not recorded.
   *
   * @param maxConn M; null for that of a field's graphs, or the default where it has none
   */
  record GraphSettings(Integer maxConn, int beamWidth, BuildOptions options) {}

  /**
   * Reads what segments record.
   *
   * @param segments of the index, one or more
   * @throws IOException if they cannot be read, or were written by a codec, or a field's vectors in
   *     a format, that cannot be written
   */
  RecordedCodec(List<SegmentReader> segments, GraphSettings settings) throws IOException {
    super(Codec.getDefault().getName(), Codec.getDefault());
    Lucene90StoredFieldsFormat.Mode mode = Lucene90StoredFieldsFormat.Mode.BEST_SPEED;
    Map<String, Integer> maxConns = new HashMap<>();
    Map<String, Boolean> smallGraphs = new HashMap<>();
    for (SegmentReader segment : segments) {
      checkCodec(segment);
      String recorded =
          segment.getSegmentInfo().info.getAttribute(Lucene90StoredFieldsFormat.MODE_KEY);
      mode = recorded == null ? mode : Lucene90StoredFieldsFormat.Mode.valueOf(recorded);
      for (FieldInfo field : segment.getFieldInfos()) {
        recordFormats(field);
        if (hasVectors(field)) {
          HnswGraph graph = VectorReaders.graph(segment, field.name);
          if (graph != null && graph.size() > 0) {
            maxConns.merge(field.name, graph.maxConn(), Math::max);
            smallGraphs.merge(field.name, isSmall(graph.size()), Boolean::logicalOr);
          }
        }
      }
    }
    storedFields = new Lucene90StoredFieldsFormat(mode);
    for (SegmentReader segment : segments) {
      for (FieldInfo field : segment.getFieldInfos()) {
        if (hasVectors(field)) {
          Integer recorded = maxConns.get(field.name);
          int maxConn =
              settings.maxConn != null
                  ? settings.maxConn
                  : recorded != null ? recorded : Lucene99HnswVectorsFormat.DEFAULT_MAX_CONN;
          int threshold =
              smallGraphs.getOrDefault(field.name, false)
                  ? 0
                  : BatchedHnswVectorsFormat.DEFAULT_TINY_SEGMENTS_THRESHOLD;
          vectors.put(field.name, format(segment, field, maxConn, threshold, settings));
        }
      }
    }
  }

  private void checkCodec(SegmentReader segment) throws IOException {
    String codec = segment.getSegmentInfo().info.getCodec().getName();
    if (!codec.equals(getName())) {
      throw new IOException(
          "segment %s was written by the codec %s, and this Lucene writes %s"
              .formatted(segment.getSegmentName(), codec, getName()));
    }
  }

  /** Takes over the formats of a field's postings and doc values. */
  private void recordFormats(FieldInfo field) {
    String format = field.getAttribute(PerFieldPostingsFormat.PER_FIELD_FORMAT_KEY);
    if (format != null) {
      postings.put(field.name, PostingsFormat.forName(format));
    }
    format = field.getAttribute(PerFieldDocValuesFormat.PER_FIELD_FORMAT_KEY);
    if (format != null) {
      docValues.put(field.name, DocValuesFormat.forName(format));
    }
  }

  /** Whether the segment that a field belongs to has vectors of it, and not only other segments. */
  static boolean hasVectors(FieldInfo field) {
    return field.hasVectorValues()
        && field.getAttribute(PerFieldKnnVectorsFormat.PER_FIELD_FORMAT_KEY) != null;
  }

  /** Whether the formats' default is to leave so few vectors without a graph. */
  private static boolean isSmall(int size) {
    int threshold = BatchedHnswVectorsFormat.DEFAULT_TINY_SEGMENTS_THRESHOLD;
    return HnswGraphSearcher.expectedVisitedNodes(threshold, size) >= size;
  }

  private static KnnVectorsFormat format(
      SegmentReader segment, FieldInfo field, int maxConn, int threshold, GraphSettings settings)
      throws IOException {
    String name = field.getAttribute(PerFieldKnnVectorsFormat.PER_FIELD_FORMAT_KEY);
    switch (name) {
      case "Lucene99HnswVectorsFormat" -> {
        return new BatchedHnswVectorsFormat(
            maxConn, settings.beamWidth, settings.options, threshold);
      }
      case Lucene104HnswScalarQuantizedVectorsFormat.NAME -> {
        var reader = (QuantizedVectorsReader) VectorReaders.vectors(segment, field.name);
        var encoding =
            reader.getQuantizedVectorValues(field.name) instanceof QuantizedByteVectorValues values
                ? values.getScalarEncoding()
                : QuantizedByteVectorValues.ScalarEncoding.UNSIGNED_BYTE; // of byte vectors
        return new BatchedHnswScalarQuantizedVectorsFormat(
            encoding, maxConn, settings.beamWidth, settings.options, threshold, GraphVectors.RAW);
      }
      default ->
          throw new IOException(
              "the vectors of field %s are in a format that is not rebuilt; format=%s"
                  .formatted(field.name, name));
    }
  }

  @Override
  public StoredFieldsFormat storedFieldsFormat() {
    return storedFields;
  }

  @Override
  public PostingsFormat postingsFormat() {
    return new PerFieldPostingsFormat() {
      @Override
      public PostingsFormat getPostingsFormatForField(String field) {
        return postings.get(field);
      }
    };
  }

  @Override
  public DocValuesFormat docValuesFormat() {
    return new PerFieldDocValuesFormat() {
      @Override
      public DocValuesFormat getDocValuesFormatForField(String field) {
        return docValues.get(field);
      }
    };
  }

  @Override
  public KnnVectorsFormat knnVectorsFormat() {
    return new PerFieldKnnVectorsFormat() {
      @Override
      public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
        return vectors.get(field);
      }
    };
  }
}
