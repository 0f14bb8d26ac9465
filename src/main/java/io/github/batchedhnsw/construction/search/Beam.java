// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.search;

import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.DistanceKernels;
import java.util.Arrays;

/** The best candidates seen so far, best first, at most {@code capacity} of them. */
public final class Beam {
  private static final DistanceKernels KERNELS = DistanceKernels.best();

  private final long[] pairs;
  private int size;
  private int capacity;

  /** An empty beam that can be reset to any capacity up to {@code maxCapacity}. */
  public Beam(int maxCapacity) {
    this.pairs = new long[maxCapacity];
  }

  /** Drops all pairs and sets the number of best pairs to hold. */
  public void reset(int capacity) {
    assert capacity <= pairs.length;
    this.capacity = capacity;
    this.size = 0;
  }

  /** Number of pairs it holds. */
  public int size() {
    return size;
  }

  /** The score that a pair must reach to be inserted; negative infinity if there is room. */
  public float worst() {
    return size < capacity ? Float.NEGATIVE_INFINITY : ScoredOrdinal.score(pairs[size - 1]);
  }

  /** {@link ScoredOrdinal}s, best first, possibly marked; not a copy. */
  public long[] pairs() {
    return pairs;
  }

  /**
   * Inserts a pair unless the beam is full of better ones. The caller must not offer an ordinal
   * twice.
   *
   * @return the pair's position, or the beam's size if it was not inserted
   */
  public int offer(long pair) {
    if (size == capacity && pair < pairs[size - 1]) {
      return size;
    }
    int low = 0;
    for (int high = size; low < high; ) {
      int middle = (low + high) >>> 1;
      if (pairs[middle] > pair) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    int moved = Math.min(size, capacity - 1) - low;
    System.arraycopy(pairs, low, pairs, low + 1, moved);
    pairs[low] = pair;
    size = Math.min(size + 1, capacity);
    return low;
  }

  /** Sorts the first {@code count} pairs best first. */
  public static void sortBestFirst(long[] pairs, int count) {
    Arrays.sort(pairs, 0, count);
    for (int i = 0, j = count - 1; i < j; i++, j--) {
      long swapped = pairs[i];
      pairs[i] = pairs[j];
      pairs[j] = swapped;
    }
  }
}
