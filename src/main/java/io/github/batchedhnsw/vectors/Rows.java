// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import java.io.IOException;
import java.lang.reflect.Array;

/**
 * Random access to the vectors of a set, {@code T} being {@code float[]} or {@code byte[]}. The
 * array returned by {@link #row} must not be modified; how long it stays valid depends on the
 * source. Instances are independent of each other; each is for one thread.
 */
@FunctionalInterface
interface Rows<T> {
  /** Returns a vector. */
  T row(int ordinal) throws IOException;

  /** Copies a row to an array, from {@code offset} on. */
  default void copy(int ordinal, T destination, int offset) throws IOException {
    T row = row(ordinal);
    System.arraycopy(row, 0, destination, offset, Array.getLength(row));
  }
}
