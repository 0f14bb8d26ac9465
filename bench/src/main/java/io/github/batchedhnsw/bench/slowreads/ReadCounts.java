// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.slowreads;

/**
 * Reads through a {@link PageCache}.
 *
 * @param accesses pages that were asked for, cached or not
 * @param reads pages that were not cached and came from the device
 * @param sequentialReads of those, pages after the one last read of the same file
 */
public record ReadCounts(long accesses, long reads, long sequentialReads) {

  /** What came from the device. */
  public long bytes() {
    return reads * PageCache.PAGE_BYTES;
  }

  /** Reads that are not sequential. */
  public long randomReads() {
    return reads - sequentialReads;
  }

  /** Sequential reads as a fraction of all, 0 without any. */
  public double sequentialShare() {
    return reads == 0 ? 0 : (double) sequentialReads / reads;
  }
}
