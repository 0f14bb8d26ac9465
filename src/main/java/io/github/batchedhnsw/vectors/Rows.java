// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import java.io.IOException;

/**
 * Random access to the vectors of a set, {@code T} being {@code float[]} or {@code byte[]}. The
 * array returned by {@link #row} must not be modified; how long it stays valid depends on the
 * source.
 */
@FunctionalInterface
interface Rows<T> {
  T row(int ordinal) throws IOException;

  /** Creates a cursor. Cursors are independent of each other; each is for one thread. */
  @FunctionalInterface
  interface Source<T> {
    Rows<T> open() throws IOException;
  }
}
