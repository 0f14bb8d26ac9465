// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.hnsw.FlatVectorsFormat;
import org.apache.lucene.codecs.hnsw.FlatVectorsWriter;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.util.IORunnable;

/**
 * Lucene 10.3 and 10.4. A merge calls {@code mergeOneField} for every field and then {@code
 * finish}, where the graphs are built: all flat vectors are written by then. A writer cannot check
 * whether the merge has been aborted; its next output throws if so.
 */
final class Lucene103Api implements LuceneApi {

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
    return Lucene103QuantizedFormat.replacementOf(stock, options);
  }

  @Override
  public void checkAborted(MergeState mergeState) {}

  private static final class Writer extends BatchedHnswVectorsWriter {
    private final List<IORunnable> mergedGraphs = new ArrayList<>();

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
    public void mergeOneField(FieldInfo fieldInfo, MergeState mergeState) throws IOException {
      mergeFlatVectors(fieldInfo, () -> flatWriter.mergeOneField(fieldInfo, mergeState));
      mergedGraphs.add(() -> writeMergedGraph(fieldInfo, mergeState));
    }

    @Override
    public void finish() throws IOException {
      for (IORunnable graph : mergedGraphs) {
        graph.run();
      }
      super.finish();
    }
  }
}
