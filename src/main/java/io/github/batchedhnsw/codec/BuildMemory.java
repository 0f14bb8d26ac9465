// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.construction.BuildParams;
import io.github.batchedhnsw.construction.GraphBuilders;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The heap that a build has reserved from its beginning until its graph is written. All builds of
 * the process count, because the heap is one: those with and those without a budget, of whichever
 * index. A budget bounds their sum. Nothing waits for others to give back: a merge that holds heap
 * may be paused by Lucene's scheduler until the one that waits for it is done.
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
   * Estimated heap bytes that all builds going on in this process take together, besides the
   * vectors. More than a budget where a build exceeds it, as {@link BuildOptions} tells. For any
   * thread.
   */
  public static long reservedBytes() {
    return RESERVED.get();
  }

  /**
   * Reserves what a build of a graph from vectors alone takes, within what others have left.
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

  /** Reserves more or less, now that the builder is known; it may keep maps besides. */
  void resize(long newBytes) {
    RESERVED.addAndGet(newBytes - bytes);
    bytes = newBytes;
  }

  /** Gives back everything. */
  @Override
  public void close() {
    resize(0);
  }
}
