// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.construction.BuildLog;
import io.github.batchedhnsw.construction.BuildParams;
import io.github.batchedhnsw.construction.BuildPhase;
import io.github.batchedhnsw.construction.BuildResult;
import io.github.batchedhnsw.construction.GraphBuilder;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.Closeable;
import java.io.IOException;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.SegmentWriteState;

/**
 * Builds and writes the graphs of a segment, field by field: reserves the heap that a build takes,
 * writes the result to the {@link GraphFiles}, and reports it. Not thread-safe.
 */
final class GraphWriter implements Closeable {
  private final SegmentWriteState state;
  private final BuildParams buildParams;
  private final BuildListener listener;
  private final GraphFiles files;

  /** Creates the files of a segment. */
  GraphWriter(SegmentWriteState state, FormatParams params) throws IOException {
    this.state = state;
    this.buildParams = params.buildParams();
    this.listener = params.options().listener();
    this.files = new GraphFiles(state, params.maxConn());
  }

  /** Chooses the builder of a graph. */
  @FunctionalInterface
  interface BuilderChoice {
    /**
     * Returns a builder.
     *
     * @param params with what concurrent builds have left of the memory budget
     * @param log receives a message about the choice
     */
    GraphBuilder choose(BuildParams params, BuildLog log) throws IOException;
  }

  /** Writes a field without a graph. */
  void writeWithoutGraph(FieldInfo fieldInfo, int vectorCount) throws IOException {
    files.writeWithoutGraph(fieldInfo, vectorCount);
  }

  /**
   * Begins the report of a build, before anything is read for it.
   *
   * @param operation {@code flush} or {@code merge}
   */
  BuildReport begin(String operation, FieldInfo fieldInfo) {
    return new BuildReport(state, fieldInfo, operation, listener);
  }

  /**
   * Builds and writes the graph of a field.
   *
   * @param report of this build
   * @param vectors at least one
   */
  void writeGraph(
      BuildReport report,
      FieldInfo fieldInfo,
      VectorSet vectors,
      ParallelRanges parallel,
      BuilderChoice choice)
      throws IOException {
    try (BuildMemory memory =
        BuildMemory.reserve(buildParams, vectors.size(), vectors.dimension())) {
      BuildLog log = report.log();
      GraphBuilder builder = choice.choose(memory.params(), log);
      long heapEstimate = builder.estimateBytes(vectors.size(), vectors.dimension());
      memory.resize(heapEstimate);
      report.building(builder, vectors, heapEstimate);
      ParallelRanges loops = log.isEnabled() ? parallel.withProgress(log::progress) : parallel;
      BuildResult result = builder.build(vectors, loops);
      log.begin(BuildPhase.WRITE);
      long graphBytes = files.write(fieldInfo, result.graph(), loops);
      report.built(result, loops.workers(), graphBytes);
    }
  }

  /** Completes the files, after all fields. */
  void finish() throws IOException {
    files.finish();
  }

  @Override
  public void close() throws IOException {
    files.close();
  }
}
