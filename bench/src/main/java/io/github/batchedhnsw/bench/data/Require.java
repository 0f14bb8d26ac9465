// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

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
}
