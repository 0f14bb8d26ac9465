// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.construction.BuildLog;
import io.github.batchedhnsw.construction.BuildParams;
import io.github.batchedhnsw.construction.BuildPhase;
import io.github.batchedhnsw.construction.BuildResult;
import io.github.batchedhnsw.construction.GraphBuilder;
import io.github.batchedhnsw.construction.GraphBuilders;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.graph.FlatHnswGraph;
import io.github.batchedhnsw.merge.MergeBuilders;
import io.github.batchedhnsw.merge.MergeSource;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.codecs.KnnFieldVectorsWriter;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.hnsw.FlatFieldVectorsWriter;
import org.apache.lucene.codecs.hnsw.FlatVectorsFormat;
import org.apache.lucene.codecs.hnsw.FlatVectorsReader;
import org.apache.lucene.codecs.hnsw.FlatVectorsWriter;
import org.apache.lucene.codecs.lucene99.Lucene99FlatVectorsFormat;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.Sorter;
import org.apache.lucene.store.IndexOutput;
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

  /** The subclasses call its merge, which Lucene has renamed. */
  final FlatVectorsWriter flatWriter;

  private final SegmentWriteState state;
  private final FormatParams params;
  private final BuildParams buildParams;
  private final FlatVectorsFormat flatFormat;
  private final MergedVectors mergedVectors;
  private final List<FieldBuffer<?>> fields = new ArrayList<>();
  private IndexOutput meta;
  private IndexOutput vectorIndex;
  private MetaEncoder metaEncoder;
  private FlatVectorsReader mergedFlatReader;
  private boolean flatWriterClosed;
  private boolean finished;

  /** Takes ownership of the flat writer, also where it throws. */
  BatchedHnswVectorsWriter(
      SegmentWriteState state,
      FormatParams params,
      FlatVectorsFormat flatFormat,
      FlatVectorsWriter flatWriter,
      MergedVectors mergedVectors)
      throws IOException {
    this.state = state;
    this.params = params;
    this.buildParams = params.buildParams();
    this.flatFormat = flatFormat;
    this.flatWriter = flatWriter;
    this.mergedVectors = mergedVectors;
    try {
      meta = createOutput(HnswFileLayout.META_EXTENSION, HnswFileLayout.META_CODEC);
      vectorIndex = createOutput(HnswFileLayout.INDEX_EXTENSION, HnswFileLayout.INDEX_CODEC);
      metaEncoder = new MetaEncoder(meta, vectorIndex, params.maxConn());
    } catch (Throwable t) {
      IOUtils.closeWhileHandlingException(this);
      throw t;
    }
  }

  private IndexOutput createOutput(String extension, String codec) throws IOException {
    IndexOutput output =
        state.directory.createOutput(
            IndexFileNames.segmentFileName(state.segmentInfo.name, state.segmentSuffix, extension),
            state.context);
    try {
      CodecUtil.writeIndexHeader(
          output, codec, HnswFileLayout.VERSION, state.segmentInfo.getId(), state.segmentSuffix);
      return output;
    } catch (Throwable t) {
      IOUtils.closeWhileHandlingException(output);
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
    return new FieldBuffer<>(fieldInfo, flat, buildParams);
  }

  @Override
  public void flush(int maxDoc, Sorter.DocMap sortMap) throws IOException {
    if (flatFormat instanceof Lucene99FlatVectorsFormat) {
      // Its writer only reads the buffers: side by side, or one after the other on one thread.
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
      // Graphs first: a quantizing writer normalises and centres the buffered vectors in place.
      flushGraphs(sortMap);
      flatWriter.flush(maxDoc, sortMap);
    }
  }

  private void flushGraphs(Sorter.DocMap sortMap) throws IOException {
    for (FieldBuffer<?> field : fields) {
      tellIfFails(field.fieldInfo(), field.size(), () -> flushGraph(field, sortMap));
    }
  }

  private void flushGraph(FieldBuffer<?> field, Sorter.DocMap sortMap) throws IOException {
    if (isGraphWorthIt(field.size()) && field.size() >= params.options().minFlushGraphSize()) {
      VectorSet vectors = field.vectors(sortMap);
      writeGraph(
          "flush",
          field.fieldInfo(),
          vectors,
          params.flushRanges(),
          (left, log) -> GraphBuilders.choose(left, vectors.size(), vectors.dimension(), log));
    } else {
      metaEncoder.writeWithoutGraph(field.fieldInfo(), field.size());
    }
  }

  /** Merges the flat vectors of a field, which comes before all graphs. */
  final void mergeFlatVectors(FieldInfo fieldInfo, IORunnable merge) throws IOException {
    tellIfFails(fieldInfo, 0, merge);
  }

  /** Writes the graph of a merged field, after the flat vectors of all fields. */
  final void writeMergedGraph(FieldInfo fieldInfo, MergeState mergeState) throws IOException {
    KnnVectorValues[] values = new KnnVectorValues[1];
    tellIfFails(fieldInfo, 0, () -> values[0] = openMergedVectors(fieldInfo));
    int size = values[0] == null ? 0 : values[0].size();
    tellIfFails(fieldInfo, size, () -> writeMergedGraph(fieldInfo, mergeState, values[0], size));
  }

  private void writeMergedGraph(
      FieldInfo fieldInfo, MergeState mergeState, KnnVectorValues values, int size)
      throws IOException {
    if (isGraphWorthIt(size)) {
      ParallelRanges parallel = params.mergeRanges(mergeState);
      VectorSet vectors =
          VectorSets.of(values, fieldInfo.getVectorSimilarityFunction(), parallel::checkAborted);
      boolean anew = GraphRebuild.isAskedFor(state.segmentInfo);
      List<MergeSource> sources =
          anew ? List.of() : SegmentGraphs.of(fieldInfo, mergeState, parallel);
      writeGraph(
          "merge",
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
      metaEncoder.writeWithoutGraph(fieldInfo, size);
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

  /** Stock's rule: no graph where searching it would visit about as much as scanning. */
  private boolean isGraphWorthIt(int size) {
    if (size == 0 || params.tinySegmentsThreshold() <= 0) {
      return size > 0;
    }
    int visited = HnswGraphSearcher.expectedVisitedNodes(params.tinySegmentsThreshold(), size);
    return visited > 0 && size > visited;
  }

  /** Does some of the work on a field, and tells the listener where it fails. */
  private void tellIfFails(FieldInfo fieldInfo, int vectors, IORunnable work) throws IOException {
    try {
      work.run();
    } catch (Throwable t) {
      params.options().listener().failed(fieldInfo.name, vectors, t);
      throw t;
    }
  }

  /** Chooses how to build a graph with what is left of the memory budget. */
  @FunctionalInterface
  private interface BuilderChoice {
    GraphBuilder choose(BuildParams left, BuildLog log) throws IOException;
  }

  /** Builds and writes the graph of a field, and tells the listener of it. */
  private void writeGraph(
      String operation,
      FieldInfo fieldInfo,
      VectorSet vectors,
      ParallelRanges ranges,
      BuilderChoice choice)
      throws IOException {
    try (BuildMemory memory =
        BuildMemory.reserve(buildParams, vectors.size(), vectors.dimension())) {
      writeGraph(operation, fieldInfo, vectors, ranges, choice, memory);
    }
  }

  private void writeGraph(
      String operation,
      FieldInfo fieldInfo,
      VectorSet vectors,
      ParallelRanges ranges,
      BuilderChoice choice,
      BuildMemory memory)
      throws IOException {
    long startNanos = System.nanoTime();
    FlightRecorder recorder = FlightRecorder.begin();
    BuildLog log = new BuildLog(state.infoStream, fieldInfo.name);
    GraphBuilder builder = choice.choose(memory.params(), log);
    long heapEstimate = builder.estimateBytes(vectors.size(), vectors.dimension());
    memory.resize(heapEstimate);
    log.message(
        "%s: building a graph of %d vectors with %d dimensions by %s; at most %.1f MB of heap"
            + " besides them",
        operation, vectors.size(), vectors.dimension(), builder.name(), heapEstimate / 1e6);
    ParallelRanges parallel = log.isEnabled() ? ranges.withProgress(log::progress) : ranges;
    BuildResult result = builder.build(vectors, parallel);
    FlatHnswGraph graph = result.graph();
    log.begin(BuildPhase.WRITE);
    long offsetBytes = vectorIndex.getFilePointer();
    int[][] listLengthsBytes = GraphEncoder.write(graph, vectorIndex, parallel);
    metaEncoder.writeWithGraph(fieldInfo, graph, offsetBytes, listLengthsBytes);
    Map<BuildPhase, Long> nanosByPhase = log.nanosByPhase();
    String phases = BuildLog.describe(nanosByPhase);
    long nanos = System.nanoTime() - startNanos;
    log.message(
        "%s: built a graph of %d vectors on %d levels by %s in %.1f ms with %d worker(s): %s; %s",
        operation,
        graph.size(),
        graph.numLevels(),
        result.plan(),
        nanos / 1e6,
        parallel.workers(),
        phases,
        result.estimate());
    BuiltGraph built =
        new BuiltGraph(
            state.segmentInfo.name,
            fieldInfo.name,
            result.plan(),
            graph.size(),
            vectors.dimension(),
            parallel.workers(),
            nanos,
            result.estimate().recall());
    long graphBytes = vectorIndex.getFilePointer() - offsetBytes;
    recorder.end(
        built, operation, graph.numLevels(), graphBytes, heapEstimate, nanosByPhase, phases);
    params.options().listener().built(built);
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
    meta.writeInt(HnswFileLayout.END_OF_FIELDS);
    CodecUtil.writeFooter(meta);
    CodecUtil.writeFooter(vectorIndex);
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
    IOUtils.close(meta, vectorIndex, flatWriterClosed ? null : flatWriter, mergedFlatReader);
  }
}
