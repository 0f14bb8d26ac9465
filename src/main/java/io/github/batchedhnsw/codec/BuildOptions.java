package io.github.batchedhnsw.codec;

import java.util.Objects;
import java.util.concurrent.ExecutorService;

/**
 * What builds may use and whom they tell: a matter of the machine and the host, not of a field, and
 * without influence on the graphs. Immutable.
 *
 * @param numMergeWorkers most threads that build the graph of a merged segment; 1 or more
 * @param flushWorkers most threads that build the graph of a flushed segment; 1 or more, 1 where
 *     there is no executor
 * @param executor runs those threads, and is never shut down by this library; null for the merge
 *     scheduler's executor, and where both numbers of workers are 1
 * @param listener is told of every graph
 */
public record BuildOptions(
    int numMergeWorkers, int flushWorkers, ExecutorService executor, BuildListener listener) {
  /** One thread; nobody listens. */
  public static final BuildOptions DEFAULT = new BuildOptions(1, 1, null, BuildListener.NONE);

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if a number is out of bounds, an executor is given though
   *     nothing uses more than one worker, or none is given though flushes use several
   */
  public BuildOptions {
    Objects.requireNonNull(listener, "listener");
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

  private static void checkAtLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1; " + name + "=" + value);
    }
  }

  /**
   * These options with other workers; see the parameters of the record.
   *
   * @throws IllegalArgumentException as the constructor
   */
  public BuildOptions withWorkers(int merge, int flush, ExecutorService workersExecutor) {
    return new BuildOptions(merge, flush, workersExecutor, listener);
  }

  /** These options with another listener. */
  public BuildOptions withListener(BuildListener other) {
    return new BuildOptions(numMergeWorkers, flushWorkers, executor, other);
  }
}
