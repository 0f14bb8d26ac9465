// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.construction.BuildParams;
import io.github.batchedhnsw.construction.GraphBuilders;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import org.apache.lucene.codecs.KnnFieldVectorsWriter;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.hnsw.FlatFieldVectorsWriter;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.Sorter;
import org.apache.lucene.util.RamUsageEstimator;

/**
 * The vectors of one field until the flush; Lucene's flat writer holds them. {@code T} is {@code
 * float[]} or {@code byte[]}.
 */
final class FieldBuffer<T> extends KnnFieldVectorsWriter<T> {
  private static final long SHALLOW_BYTES =
      RamUsageEstimator.shallowSizeOfInstance(FieldBuffer.class);

  private final FieldInfo fieldInfo;
  private final FlatFieldVectorsWriter<T> flat;
  private final BuildParams params;
  private int lastDocId = -1;

  FieldBuffer(FieldInfo fieldInfo, FlatFieldVectorsWriter<T> flat, BuildParams params) {
    this.fieldInfo = fieldInfo;
    this.flat = flat;
    this.params = params;
  }

  FieldInfo fieldInfo() {
    return fieldInfo;
  }

  int size() {
    return flat.getVectors().size();
  }

  @Override
  public void addValue(int docId, T vector) throws IOException {
    if (docId == lastDocId) {
      throw new IllegalArgumentException(
          "VectorValuesField \""
              + fieldInfo.name
              + "\" appears more than once in this document (only one value is allowed per field)");
    }
    flat.addValue(docId, vector);
    lastDocId = docId;
  }

  @Override
  public T copyValue(T vector) {
    throw new UnsupportedOperationException("the flat writer copies");
  }

  /**
   * The buffered vectors in the order in which they are flushed.
   *
   * @param sortMap the index sort's document map, or null
   */
  VectorSet vectors(Sorter.DocMap sortMap) throws IOException {
    int[] newToOld = null;
    if (sortMap != null) {
      newToOld = new int[size()];
      KnnVectorsWriter.mapOldOrdToNewOrd(flat.getDocsWithFieldSet(), sortMap, null, newToOld, null);
    }
    return VectorSets.ofHeap(
        flat.getVectors(),
        newToOld,
        fieldInfo.getVectorDimension(),
        fieldInfo.getVectorSimilarityFunction());
  }

  /** Bytes of the buffered vectors, plus the estimate for building their graph. */
  @Override
  public long ramBytesUsed() {
    return SHALLOW_BYTES
        + flat.ramBytesUsed()
        + GraphBuilders.estimateBytes(params, size(), fieldInfo.getVectorDimension());
  }
}
