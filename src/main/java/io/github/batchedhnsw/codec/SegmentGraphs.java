// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.merge.MergeSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.util.hnsw.HnswGraph;

/** Finds the graphs of segments that are merged, and the new ordinals of their vectors. */
final class SegmentGraphs {
  private static final int NO_ORDINAL = -1;

  /** Documents that are looked up between two abort checks. */
  private static final int CHECK_INTERVAL = 1 << 14;

  private SegmentGraphs() {}

  /**
   * Returns the merged segments' vectors and graphs of a field. A merge leaves out deleted
   * documents and keeps all others, so the ordinal of a vector is the number of vectors in
   * documents before its own.
   *
   * @param parallel runs the abort check
   */
  static List<MergeSource> of(FieldInfo fieldInfo, MergeState mergeState, ParallelRanges parallel)
      throws IOException {
    int segments = mergeState.knnVectorsReaders.length;
    int[][] mergedDocs = new int[segments][]; // documents first, and then merged ordinals
    int[] ordinalsByDoc = new int[mergeState.segmentInfo.maxDoc() + 1];
    for (int s = 0; s < segments; s++) {
      KnnVectorValues values = values(fieldInfo, mergeState, s);
      if (values != null) {
        mergedDocs[s] = mergedDocs(values, mergeState.docMaps[s], parallel);
        for (int doc : mergedDocs[s]) {
          if (doc >= 0) {
            ordinalsByDoc[doc + 1] = 1;
          }
        }
      }
    }
    for (int doc = 0; doc + 1 < ordinalsByDoc.length; doc++) {
      ordinalsByDoc[doc + 1] += ordinalsByDoc[doc];
    }
    List<MergeSource> sources = new ArrayList<>();
    for (int s = 0; s < segments; s++) {
      if (mergedDocs[s] != null) {
        int[] newOrdinals = mergedDocs[s];
        for (int i = 0; i < newOrdinals.length; i++) {
          newOrdinals[i] = newOrdinals[i] < 0 ? NO_ORDINAL : ordinalsByDoc[newOrdinals[i]];
        }
        FieldInfo segmentField = mergeState.fieldInfos[s].fieldInfo(fieldInfo.name);
        sources.add(source(mergeState.knnVectorsReaders[s], segmentField, fieldInfo, newOrdinals));
      }
    }
    return sources;
  }

  /** The field's vectors in one of the segments, or null. */
  private static KnnVectorValues values(FieldInfo fieldInfo, MergeState mergeState, int segment)
      throws IOException {
    KnnVectorsReader reader = mergeState.knnVectorsReaders[segment];
    FieldInfo segmentField = mergeState.fieldInfos[segment].fieldInfo(fieldInfo.name);
    if (reader == null || segmentField == null || !segmentField.hasVectorValues()) {
      return null;
    }
    return switch (fieldInfo.getVectorEncoding()) {
      case BYTE -> reader.getByteVectorValues(fieldInfo.name);
      case FLOAT32 -> reader.getFloatVectorValues(fieldInfo.name);
    };
  }

  /** The document of each vector in the merged segment, -1 if it is deleted. */
  private static int[] mergedDocs(
      KnnVectorValues values, MergeState.DocMap docMap, ParallelRanges parallel)
      throws IOException {
    int[] mergedDocs = new int[values.size()];
    KnnVectorValues.DocIndexIterator iterator = values.iterator();
    for (int doc; (doc = iterator.nextDoc()) != NO_MORE_DOCS; ) {
      if (iterator.index() % CHECK_INTERVAL == 0) {
        parallel.checkAborted();
      }
      mergedDocs[iterator.index()] = docMap.get(doc);
    }
    return mergedDocs;
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
}
