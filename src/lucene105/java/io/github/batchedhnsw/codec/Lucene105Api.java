// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import java.io.IOException;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.hnsw.FlatVectorsFormat;
import org.apache.lucene.codecs.hnsw.FlatVectorsWriter;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.util.IORunnable;

/**
 * Lucene 10.5 and newer. A merge calls {@code mergeOneField} for every field and then runs what
 * those calls returned: all flat vectors are written by then.
 */
final class Lucene105Api implements LuceneApi {

  @Override
  public BatchedHnswVectorsWriter newWriter(
      SegmentWriteState state,
      FormatParams params,
      FlatVectorsFormat flatFormat,
      FlatVectorsWriter flatWriter,
      MergedVectors mergedVectors)
      throws IOException {
    return new Writer(state, params, flatFormat, flatWriter, mergedVectors);
  }

  @Override
  public KnnVectorsFormat replacementOf(KnnVectorsFormat stock, BuildOptions options) {
    return stock.getName().equals(Lucene104HnswScalarQuantizedVectorsFormat.NAME)
        ? BatchedHnswScalarQuantizedVectorsFormat.withParametersOf(stock, options)
        : stock;
  }

  @Override
  public void checkAborted(MergeState mergeState) throws IOException {
    mergeState.checkAborted();
  }

  private static final class Writer extends BatchedHnswVectorsWriter {
    Writer(
        SegmentWriteState state,
        FormatParams params,
        FlatVectorsFormat flatFormat,
        FlatVectorsWriter flatWriter,
        MergedVectors mergedVectors)
        throws IOException {
      super(state, params, flatFormat, flatWriter, mergedVectors);
    }

    @Override
    public IORunnable mergeOneField(FieldInfo fieldInfo, MergeState mergeState) throws IOException {
      mergeFlatVectors(fieldInfo, () -> flatWriter.mergeOneFlatVectorField(fieldInfo, mergeState));
      return () -> writeMergedGraph(fieldInfo, mergeState);
    }
  }
}
