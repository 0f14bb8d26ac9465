// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.util.function.IntUnaryOperator;

/** Checks of parameters; the message names parameter, bound and value. */
final class Require {
  private Require() {}

  /**
   * Fails unless a parameter is within its bound.
   *
   * @throws IllegalArgumentException when it is not
   */
  static void that(boolean valid, String name, Object value, String bound) {
    if (!valid) {
      throw new IllegalArgumentException(name + " must be " + bound + "; " + name + "=" + value);
    }
  }

  /**
   * Fails unless there is a row and all rows have as many components as row 0.
   *
   * @throws IllegalArgumentException otherwise
   */
  static void table(int rows, IntUnaryOperator components) {
    if (rows == 0) {
      throw new IllegalArgumentException("a table of vectors needs at least one row");
    }
    int expected = components.applyAsInt(0);
    for (int row = 0; row < rows; row++) {
      if (components.applyAsInt(row) != expected) {
        throw new IllegalArgumentException(
            "row %d has %d components, row 0 has %d"
                .formatted(row, components.applyAsInt(row), expected));
      }
    }
  }
}
