// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.construction.BuildParams;
import io.github.batchedhnsw.construction.GraphBuilders;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The heap that a build has reserved from its beginning until its graph is written. All builds of
 * the process count, because they share the heap: those with and those without a budget, of all
 * indexes. A budget bounds their sum. No build waits for another one to give back memory: Lucene's
 * scheduler may pause a merge until a smaller one is done, which would then wait for the paused
 * one.
 */
public final class BuildMemory implements AutoCloseable {
  private static final AtomicLong RESERVED = new AtomicLong();

  private final BuildParams params;
  private long bytes;

  private BuildMemory(BuildParams params, long bytes) {
    this.params = params;
    this.bytes = bytes;
  }

  /**
   * Estimated heap bytes that all builds in progress in this process take together, besides the
   * vectors. May exceed a budget, see {@link BuildOptions}. Safe to call from any thread.
   */
  public static long reservedBytes() {
    return RESERVED.get();
  }

  /**
   * Reserves the estimate for building a graph from vectors alone, within what others have left.
   *
   * @param params with the budget of all builds
   * @param size number of vectors
   * @param dimension of the vectors
   */
  static BuildMemory reserve(BuildParams params, int size, int dimension) {
    while (true) {
      long others = RESERVED.get();
      BuildParams left = params.withOthersReserved(others);
      long bytes = GraphBuilders.estimateBytes(left, size, dimension);
      if (RESERVED.compareAndSet(others, others + bytes)) {
        return new BuildMemory(left, bytes);
      }
    }
  }

  /** The parameters of the build, with what others have left of the budget. */
  BuildParams params() {
    return params;
  }

  /** Changes the reservation, once the builder and its estimate are known. */
  void resize(long newBytes) {
    RESERVED.addAndGet(newBytes - bytes);
    bytes = newBytes;
  }

  /** Releases the reservation. */
  @Override
  public void close() {
    resize(0);
  }
}
