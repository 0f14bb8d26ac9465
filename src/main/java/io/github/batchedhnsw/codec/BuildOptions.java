// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.construction.BuildParams;
import java.util.Objects;
import java.util.concurrent.ExecutorService;

/**
 * The resources that builds may use and the listener that they report to: properties of the machine
 * and the host, not of a field. They have no influence on the graphs, with two exceptions: a memory
 * budget that is too small for bulk construction, and the smallest flushed segment that gets a
 * graph. Immutable.
 *
 * @param numMergeWorkers most threads that build the graph of a merged segment; 1 or more
 * @param flushWorkers most threads that build the graph of a flushed segment; 1 or more, 1 if there
 *     is no executor. If there are several and vectors are not quantized, one of them writes the
 *     flat vectors at the same time
 * @param executor runs those threads, and is never shut down by this library; null for the merge
 *     scheduler's executor, and if both numbers of workers are 1
 * @param memoryBudgetBytes most heap that all builds of the process should take together, see
 *     {@link BuildMemory}, besides the vectors, some MB for each worker, 8 MB for each build and 4
 *     bytes for each vector; 1 or more. If the estimate for a graph is higher than what concurrent
 *     builds have left of it, the graph is built by batched insertion, which takes about half as
 *     much memory and more time; if that also exceeds the budget, the graph is built anyway. Both
 *     are logged to the {@code InfoStream}. {@link #UNLIMITED_MEMORY} is the default, because with
 *     a budget graphs depend on what else is being built
 * @param minFlushGraphSize fewest vectors of a flushed segment for it to get a graph; 0 or more, 0
 *     by default. A segment with fewer is searched by comparing the query with all its vectors
 *     until a merge builds a graph. Ignored with Lucene 10.3, which cannot search such segments
 * @param listener receives every graph
 */
public record BuildOptions(
    int numMergeWorkers,
    int flushWorkers,
    ExecutorService executor,
    long memoryBudgetBytes,
    int minFlushGraphSize,
    BuildListener listener) {
  /** No budget: graphs are always built in bulk. */
  public static final long UNLIMITED_MEMORY = BuildParams.UNLIMITED_MEMORY;

  /** One thread, no memory budget, and the default listener. */
  public static final BuildOptions DEFAULT =
      new BuildOptions(1, 1, null, UNLIMITED_MEMORY, 0, BuildListener.NONE);

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if a number is out of bounds, an executor is given although
   *     nothing uses more than one worker, or none is given although flushes use several
   */
  public BuildOptions {
    Objects.requireNonNull(listener, "listener");
    checkAtLeastOne("numMergeWorkers", numMergeWorkers);
    checkAtLeastOne("flushWorkers", flushWorkers);
    checkAtLeastOne("memoryBudgetBytes", memoryBudgetBytes);
    if (minFlushGraphSize < 0) {
      throw new IllegalArgumentException(
          "minFlushGraphSize must be at least 0; minFlushGraphSize=" + minFlushGraphSize);
    }
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

  private static void checkAtLeastOne(String name, long value) {
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
    return new BuildOptions(
        merge, flush, workersExecutor, memoryBudgetBytes, minFlushGraphSize, listener);
  }

  /** These options with another listener. */
  public BuildOptions withListener(BuildListener other) {
    return new BuildOptions(
        numMergeWorkers, flushWorkers, executor, memoryBudgetBytes, minFlushGraphSize, other);
  }

  /**
   * These options with another budget; see the parameters of the record.
   *
   * @throws IllegalArgumentException if {@code bytes} is less than 1
   */
  public BuildOptions withMemoryBudget(long bytes) {
    return new BuildOptions(
        numMergeWorkers, flushWorkers, executor, bytes, minFlushGraphSize, listener);
  }

  /**
   * These options with another smallest size of a flushed segment that gets a graph; see the
   * parameters of the record.
   *
   * @throws IllegalArgumentException if {@code vectors} is negative
   */
  public BuildOptions withMinFlushGraphSize(int vectors) {
    return new BuildOptions(
        numMergeWorkers, flushWorkers, executor, memoryBudgetBytes, vectors, listener);
  }
}
