package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.build.ParallelRanges;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.MergeState;

/** The validated parameters of {@link BatchedHnswVectorsFormat}; see there. */
record FormatParams(
    int maxConn,
    int beamWidth,
    int numMergeWorkers,
    ExecutorService executor,
    int tinySegmentsThreshold,
    int flushWorkers) {

  FormatParams {
    checkRange("maxConn", maxConn, Lucene99HnswVectorsFormat.MAXIMUM_MAX_CONN);
    checkRange("beamWidth", beamWidth, Lucene99HnswVectorsFormat.MAXIMUM_BEAM_WIDTH);
    checkAtLeastOne("numMergeWorkers", numMergeWorkers);
    checkAtLeastOne("flushWorkers", flushWorkers);
    if (executor != null && numMergeWorkers == 1 && flushWorkers == 1) {
      throw new IllegalArgumentException(
          "No executor service is needed as we'll use single thread to merge;"
              + " numMergeWorkers=1, flushWorkers=1");
    }
    if (executor == null && flushWorkers > 1) {
      throw new IllegalArgumentException(
          "flushWorkers must be 1 when no executor service is given; flushWorkers=" + flushWorkers);
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

  private static void checkAtLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1; " + name + "=" + value);
    }
  }

  /** The loops of a merge: on our executor, else on the merge scheduler's, else serial. */
  ParallelRanges mergeRanges(MergeState mergeState) {
    Executor mergeExecutor = executor != null ? executor : mergeState.intraMergeTaskExecutor;
    return mergeExecutor == null
        ? ParallelRanges.serial(mergeState::checkAborted)
        : ParallelRanges.on(numMergeWorkers, mergeExecutor, mergeState::checkAborted);
  }
}
