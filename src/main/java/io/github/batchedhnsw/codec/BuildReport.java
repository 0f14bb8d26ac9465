// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.construction.BuildLog;
import io.github.batchedhnsw.construction.BuildPhase;
import io.github.batchedhnsw.construction.BuildResult;
import io.github.batchedhnsw.construction.GraphBuilder;
import io.github.batchedhnsw.graph.FlatHnswGraph;
import io.github.batchedhnsw.vectors.VectorSet;
import java.util.Map;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.SegmentWriteState;

/**
 * Reports the build of one graph to everyone who listens: messages to Lucene's {@code InfoStream},
 * an event to JDK Flight Recorder, and the graph to the {@link BuildListener}. Times are counted
 * from the creation of the report. Used by the building thread only.
 */
final class BuildReport {
  private final long startNanos = System.nanoTime();
  private final FlightRecorder recorder = FlightRecorder.begin();
  private final String segment;
  private final String field;
  private final String operation;
  private final BuildListener listener;
  private final BuildLog log;
  private int dimension;
  private long heapEstimate;

  /**
   * Begins the report of a build.
   *
   * @param operation {@code flush} or {@code merge}
   */
  BuildReport(
      SegmentWriteState state, FieldInfo fieldInfo, String operation, BuildListener listener) {
    this.segment = state.segmentInfo.name;
    this.field = fieldInfo.name;
    this.operation = operation;
    this.listener = listener;
    this.log = new BuildLog(state.infoStream, field);
  }

  /** The log of the build's steps. */
  BuildLog log() {
    return log;
  }

  /**
   * Reports what is about to be built.
   *
   * @param heapBytes estimate of the most heap that the build takes besides the vectors
   */
  void building(GraphBuilder builder, VectorSet vectors, long heapBytes) {
    dimension = vectors.dimension();
    heapEstimate = heapBytes;
    log.message(
        "%s: building a graph of %d vectors with %d dimensions by %s; at most %.1f MB of heap"
            + " besides them",
        operation, vectors.size(), dimension, builder.name(), heapEstimate / 1e6);
  }

  /**
   * Reports the finished graph.
   *
   * @param graphBytes of the graph in the index file
   */
  void built(BuildResult result, int workers, long graphBytes) {
    FlatHnswGraph graph = result.graph();
    Map<BuildPhase, Long> nanosByPhase = log.nanosByPhase();
    String phases = BuildLog.describe(nanosByPhase);
    BuiltGraph built =
        new BuiltGraph(
            segment,
            field,
            result.plan(),
            graph.size(),
            dimension,
            workers,
            System.nanoTime() - startNanos,
            result.estimate().recall());
    log.message(
        "%s: built a graph of %d vectors on %d levels by %s in %.1f ms with %d worker(s): %s; %s",
        operation,
        built.vectors(),
        graph.numLevels(),
        built.plan(),
        built.nanos() / 1e6,
        workers,
        phases,
        result.estimate());
    recorder.end(
        built, operation, graph.numLevels(), graphBytes, heapEstimate, nanosByPhase, phases);
    listener.built(built);
  }
}
