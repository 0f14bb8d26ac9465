// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntFunction;

/**
 * Copies of the rows of a file that were read last: a direct-mapped cache by the low bits of the
 * ordinal. Near vectors have the same neighbours, and reading a row from a file takes longer than
 * comparing it.
 */
final class CachedRows<T> implements Rows<T> {
  /** Heap bytes of the copies, at most. */
  private static final int BYTES = 1 << 21;

  /** Number of later calls that do not overwrite the array that {@link #row} returned. */
  private static final int STABLE_CALLS = 8;

  private static final int MAX_ROWS = 1 << 11;

  private final Rows<T> file;
  private final IntFunction<T[]> places;
  private final IntFunction<T> newRow;
  private final int dimension;
  private final int[] ordinals;
  private T[] copies; // by place, then those that were replaced last
  private int oldest; // of the latter

  /**
   * @param file may overwrite the array that it returned with the next call
   * @param size number of rows in the file
   * @param places makes an array of rows
   * @param newRow makes a row of so many components
   * @param rowBytes heap bytes of a row
   */
  CachedRows(
      Rows<T> file,
      int size,
      int dimension,
      int rowBytes,
      IntFunction<T[]> places,
      IntFunction<T> newRow) {
    this.file = file;
    this.places = places;
    this.newRow = newRow;
    this.dimension = dimension;
    int most = Math.max(1, Math.min(MAX_ROWS, Math.min(size, BYTES / rowBytes)));
    this.ordinals = new int[Integer.highestOneBit(most)];
    Arrays.fill(ordinals, -1);
  }

  @Override
  public T row(int ordinal) throws IOException {
    int place = ordinal & ordinals.length - 1;
    if (ordinals[place] != ordinal) {
      read(place, ordinal);
    }
    return copies[place];
  }

  private void read(int place, int ordinal) throws IOException {
    if (copies == null) {
      copies = places.apply(ordinals.length + STABLE_CALLS);
    }
    // What was here stays as it is while others replace STABLE_CALLS rows.
    int spare = ordinals.length + oldest;
    T copy = copies[spare] == null ? newRow.apply(dimension) : copies[spare];
    file.copy(ordinal, copy, 0);
    copies[spare] = copies[place];
    copies[place] = copy;
    ordinals[place] = ordinal;
    oldest = (oldest + 1) % STABLE_CALLS;
  }
}
