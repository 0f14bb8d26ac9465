// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.construction.GraphBuilders;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.merge.MergeBuilders;
import io.github.batchedhnsw.merge.MergeSource;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.codecs.KnnFieldVectorsWriter;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.hnsw.FlatFieldVectorsWriter;
import org.apache.lucene.codecs.hnsw.FlatVectorsFormat;
import org.apache.lucene.codecs.hnsw.FlatVectorsReader;
import org.apache.lucene.codecs.hnsw.FlatVectorsWriter;
import org.apache.lucene.codecs.lucene99.Lucene99FlatVectorsFormat;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.Sorter;
import org.apache.lucene.util.IORunnable;
import org.apache.lucene.util.IOUtils;
import org.apache.lucene.util.RamUsageEstimator;
import org.apache.lucene.util.hnsw.HnswGraphSearcher;

/**
 * The life of a segment's vectors, as Lucene drives it: buffer, flush or merge, finish, close. Flat
 * vectors are written by Lucene's own writer; graphs are built once all vectors of a field are
 * known and written in the {@link HnswFileLayout}. What a merge calls is in the subclasses, one for
 * each {@link LuceneApi}.
 *
 * <p>Used by one thread, as every {@link KnnVectorsWriter}.
 */
abstract class BatchedHnswVectorsWriter extends KnnVectorsWriter {
  private static final long SHALLOW_BYTES =
      RamUsageEstimator.shallowSizeOfInstance(BatchedHnswVectorsWriter.class);

  /** For the subclasses, which call its method for merges. */
  final FlatVectorsWriter flatWriter;

  private final SegmentWriteState state;
  private final FormatParams params;
  private final FlatVectorsFormat flatFormat;
  private final MergedVectors mergedVectors;
  private final GraphWriter graphs;
  private final List<FieldBuffer<?>> fields = new ArrayList<>();
  private FlatVectorsReader mergedFlatReader;
  private boolean flatWriterClosed;
  private boolean finished;

  /** Takes ownership of the flat writer, even if it throws. */
  BatchedHnswVectorsWriter(
      SegmentWriteState state,
      FormatParams params,
      FlatVectorsFormat flatFormat,
      FlatVectorsWriter flatWriter,
      MergedVectors mergedVectors)
      throws IOException {
    this.state = state;
    this.params = params;
    this.flatFormat = flatFormat;
    this.flatWriter = flatWriter;
    this.mergedVectors = mergedVectors;
    try {
      graphs = new GraphWriter(state, params);
    } catch (Throwable t) {
      IOUtils.closeWhileHandlingException(flatWriter);
      throw t;
    }
  }

  @Override
  public KnnFieldVectorsWriter<?> addField(FieldInfo fieldInfo) throws IOException {
    FieldBuffer<?> field = newBuffer(fieldInfo, flatWriter.addField(fieldInfo));
    fields.add(field);
    return field;
  }

  private <T> FieldBuffer<T> newBuffer(FieldInfo fieldInfo, FlatFieldVectorsWriter<T> flat) {
    return new FieldBuffer<>(fieldInfo, flat, params.buildParams());
  }

  @Override
  public void flush(int maxDoc, Sorter.DocMap sortMap) throws IOException {
    if (flatFormat instanceof Lucene99FlatVectorsFormat) {
      // Its writer only reads the buffers, so both can run at the same time, given a second thread.
      params
          .flushRanges()
          .forEach(
              2,
              1,
              (worker, part, end) -> {
                if (part == 0) {
                  flushGraphs(sortMap);
                } else {
                  flatWriter.flush(maxDoc, sortMap);
                }
              });
    } else {
      // Graphs first, because a quantizing writer normalises and centres the buffered vectors in
      // place.
      flushGraphs(sortMap);
      flatWriter.flush(maxDoc, sortMap);
    }
  }

  private void flushGraphs(Sorter.DocMap sortMap) throws IOException {
    for (FieldBuffer<?> field : fields) {
      reportIfFails(field.fieldInfo(), field.size(), () -> flushGraph(field, sortMap));
    }
  }

  private void flushGraph(FieldBuffer<?> field, Sorter.DocMap sortMap) throws IOException {
    if (isGraphWorthIt(field.size()) && field.size() >= params.options().minFlushGraphSize()) {
      BuildReport report = graphs.begin("flush", field.fieldInfo());
      VectorSet vectors = field.vectors(sortMap);
      graphs.writeGraph(
          report,
          field.fieldInfo(),
          vectors,
          params.flushRanges(),
          (left, log) -> GraphBuilders.choose(left, vectors.size(), vectors.dimension(), log));
    } else {
      graphs.writeWithoutGraph(field.fieldInfo(), field.size());
    }
  }

  /** Merges the flat vectors of a field, which comes before all graphs. */
  final void mergeFlatVectors(FieldInfo fieldInfo, IORunnable merge) throws IOException {
    reportIfFails(fieldInfo, 0, merge);
  }

  /** Writes the graph of a merged field, after the flat vectors of all fields. */
  final void writeMergedGraph(FieldInfo fieldInfo, MergeState mergeState) throws IOException {
    KnnVectorValues[] values = new KnnVectorValues[1];
    reportIfFails(fieldInfo, 0, () -> values[0] = openMergedVectors(fieldInfo));
    int size = values[0] == null ? 0 : values[0].size();
    reportIfFails(fieldInfo, size, () -> writeMergedGraph(fieldInfo, mergeState, values[0], size));
  }

  private void writeMergedGraph(
      FieldInfo fieldInfo, MergeState mergeState, KnnVectorValues values, int size)
      throws IOException {
    if (isGraphWorthIt(size)) {
      BuildReport report = graphs.begin("merge", fieldInfo);
      ParallelRanges parallel = params.mergeRanges(mergeState);
      VectorSet vectors =
          VectorSets.of(values, fieldInfo.getVectorSimilarityFunction(), parallel::checkAborted);
      boolean anew = GraphRebuild.isAskedFor(state.segmentInfo);
      List<MergeSource> sources =
          anew ? List.of() : SegmentGraphs.of(fieldInfo, mergeState, parallel);
      graphs.writeGraph(
          report,
          fieldInfo,
          vectors,
          parallel,
          (left, log) -> {
            if (anew) {
              log.message("rebuild, because it was asked for");
              return GraphBuilders.choose(left, size, vectors.dimension(), log);
            }
            return MergeBuilders.choose(left, sources, size, vectors.dimension(), log);
          });
    } else {
      graphs.writeWithoutGraph(fieldInfo, size);
    }
  }

  /** Opens the flat file just written; all fields have been merged into it by now. */
  private KnnVectorValues openMergedVectors(FieldInfo fieldInfo) throws IOException {
    if (mergedFlatReader == null) {
      flatWriter.finish();
      flatWriter.close();
      flatWriterClosed = true;
      mergedFlatReader =
          flatFormat.fieldsReader(
              new SegmentReadState(
                  state.directory,
                  state.segmentInfo,
                  state.fieldInfos,
                  state.context,
                  state.segmentSuffix));
    }
    return switch (fieldInfo.getVectorEncoding()) {
      case BYTE -> mergedFlatReader.getByteVectorValues(fieldInfo.name);
      case FLOAT32 -> mergedVectors.open(mergedFlatReader, fieldInfo.name);
    };
  }

  /** Stock's rule: no graph if searching it would visit about as many vectors as a scan. */
  private boolean isGraphWorthIt(int size) {
    if (size == 0 || params.tinySegmentsThreshold() <= 0) {
      return size > 0;
    }
    int visited = HnswGraphSearcher.expectedVisitedNodes(params.tinySegmentsThreshold(), size);
    return visited > 0 && size > visited;
  }

  /** Works on a field, and reports a failure to the listener. */
  private void reportIfFails(FieldInfo fieldInfo, int vectors, IORunnable work) throws IOException {
    try {
      work.run();
    } catch (Throwable t) {
      params.options().listener().failed(fieldInfo.name, vectors, t);
      throw t;
    }
  }

  @Override
  public void finish() throws IOException {
    if (finished) {
      throw new IllegalStateException("already finished");
    }
    finished = true;
    if (!flatWriterClosed) {
      flatWriter.finish();
    }
    graphs.finish();
  }

  @Override
  public long ramBytesUsed() {
    long bytes = SHALLOW_BYTES;
    for (FieldBuffer<?> field : fields) {
      bytes += field.ramBytesUsed();
    }
    return bytes;
  }

  @Override
  public void close() throws IOException {
    IOUtils.close(graphs, flatWriterClosed ? null : flatWriter, mergedFlatReader);
  }
}
