package io.github.batchedhnsw.codec;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import io.github.batchedhnsw.build.ParallelRanges;
import io.github.batchedhnsw.merge.MergeSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.util.hnsw.HnswGraph;

/** The graphs of segments that are merged, and where their vectors go. */
final class SegmentGraphs {
  private static final int NO_ORDINAL = -1;

  private SegmentGraphs() {}

  /**
   * What the merged segments have of a field.
   *
   * @param merged the field's vectors in the merged segment
   * @param parallel is asked whether to go on
   */
  static List<MergeSource> of(
      FieldInfo fieldInfo, MergeState mergeState, KnnVectorValues merged, ParallelRanges parallel)
      throws IOException {
    int[] mergedOrdinals = ordinalsByDocument(mergeState.segmentInfo.maxDoc(), merged);
    List<MergeSource> sources = new ArrayList<>();
    for (int s = 0; s < mergeState.knnVectorsReaders.length; s++) {
      parallel.checkAborted();
      KnnVectorsReader reader = mergeState.knnVectorsReaders[s];
      FieldInfo segmentField = mergeState.fieldInfos[s].fieldInfo(fieldInfo.name);
      if (reader == null || segmentField == null || !segmentField.hasVectorValues()) {
        continue;
      }
      KnnVectorValues values =
          switch (fieldInfo.getVectorEncoding()) {
            case BYTE -> reader.getByteVectorValues(fieldInfo.name);
            case FLOAT32 -> reader.getFloatVectorValues(fieldInfo.name);
          };
      if (values != null) {
        int[] newOrdinals = newOrdinals(values, mergeState.docMaps[s], mergedOrdinals);
        sources.add(source(reader, segmentField, fieldInfo, newOrdinals));
      }
    }
    return sources;
  }

  private static MergeSource source(
      KnnVectorsReader reader, FieldInfo segmentField, FieldInfo fieldInfo, int[] newOrdinals)
      throws IOException {
    KnnVectorsReader fieldReader =
        reader instanceof PerFieldKnnVectorsFormat.FieldsReader fields
            ? fields.getFieldReader(fieldInfo.name)
            : reader;
    if (fieldReader instanceof HnswGraphProvider provider
        && segmentField.getVectorSimilarityFunction() == fieldInfo.getVectorSimilarityFunction()) {
      HnswGraph graph = provider.getGraph(fieldInfo.name);
      if (graph != null && graph.size() > 0 && graph.size() == newOrdinals.length) {
        return MergeSource.of(
            newOrdinals, graph.maxConn(), () -> provider.getGraph(fieldInfo.name));
      }
    }
    return MergeSource.withoutGraph(newOrdinals);
  }

  /** For every document of the merged segment the ordinal of its vector. */
  private static int[] ordinalsByDocument(int maxDoc, KnnVectorValues merged) throws IOException {
    int[] ordinals = new int[maxDoc];
    Arrays.fill(ordinals, NO_ORDINAL);
    KnnVectorValues.DocIndexIterator iterator = merged.iterator();
    for (int doc; (doc = iterator.nextDoc()) != NO_MORE_DOCS; ) {
      ordinals[doc] = iterator.index();
    }
    return ordinals;
  }

  private static int[] newOrdinals(
      KnnVectorValues values, MergeState.DocMap docMap, int[] mergedOrdinals) throws IOException {
    int[] newOrdinals = new int[values.size()];
    KnnVectorValues.DocIndexIterator iterator = values.iterator();
    for (int doc; (doc = iterator.nextDoc()) != NO_MORE_DOCS; ) {
      int mergedDoc = docMap.get(doc);
      newOrdinals[iterator.index()] = mergedDoc < 0 ? NO_ORDINAL : mergedOrdinals[mergedDoc];
    }
    return newOrdinals;
  }
}
