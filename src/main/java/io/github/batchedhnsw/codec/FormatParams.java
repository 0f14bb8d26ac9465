// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.construction.BuildParams;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.util.IORunnable;
import org.apache.lucene.util.Version;

/** The validated parameters that all formats have; see {@link BatchedHnswVectorsFormat}. */
record FormatParams(int maxConn, int beamWidth, BuildOptions options, int tinySegmentsThreshold) {

  FormatParams {
    checkRange("maxConn", maxConn, Lucene99HnswVectorsFormat.MAXIMUM_MAX_CONN);
    checkRange("beamWidth", beamWidth, Lucene99HnswVectorsFormat.MAXIMUM_BEAM_WIDTH);
    Objects.requireNonNull(options, "options");
    if (!LuceneVersion.readsWithoutGraph(Version.LATEST)) {
      tinySegmentsThreshold = 0;
      options = options.withMinFlushGraphSize(0);
    }
  }

  private static void checkRange(String name, int value, int maximum) {
    if (value <= 0 || value > maximum) {
      throw new IllegalArgumentException(
          name
              + " must be positive and less than or equal to "
              + maximum
              + "; "
              + name
              + "="
              + value);
    }
  }

  /** The parameters that determine a graph. */
  BuildParams buildParams() {
    return new BuildParams(maxConn, beamWidth).withMemoryBudget(options.memoryBudgetBytes());
  }

  /** Parallel loops for a flush. */
  ParallelRanges flushRanges() {
    return ParallelRanges.on(options.flushWorkers(), options.executor());
  }

  /**
   * Parallel loops for a merge: on the executor of the options, else on the merge scheduler's, else
   * serial.
   */
  ParallelRanges mergeRanges(MergeState mergeState) {
    Executor mergeExecutor =
        options.executor() != null ? options.executor() : mergeState.intraMergeTaskExecutor;
    IORunnable abortCheck = () -> LuceneVersion.api().checkAborted(mergeState);
    return mergeExecutor == null
        ? ParallelRanges.serial(abortCheck)
        : ParallelRanges.on(options.numMergeWorkers(), mergeExecutor, abortCheck);
  }
}
