// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.heap;

import java.io.IOException;

/**
 * The smallest heap with which a job passes, between two bounds.
 *
 * @param failsMib the largest heap known to fail, or known to be too small for another reason
 * @param passesMib the smallest heap that passed
 * @param trials how many heaps were tried
 */
public record SmallestHeap(int failsMib, int passesMib, int trials) {
  /** The virtual machine rounds the size of a heap to this. */
  static final int STEP_MIB = 2;

  private static final int MAX_MIB = 1 << 16;

  /** One try. */
  @FunctionalInterface
  interface Trial {
    boolean passes(int heapMib) throws IOException;
  }

  /** In the middle between the bounds. */
  double mib() {
    return (failsMib + passesMib) / 2.0;
  }

  /** How far the true value may be from {@link #mib}. */
  double uncertaintyMib() {
    return (passesMib - failsMib) / 2.0;
  }

  /**
   * Bisects.
   *
   * @param failsMib a heap that is too small for certain; it is not tried
   * @param guessMib where to begin; doubled until it passes
   * @param baseMib what is subtracted later: the bounds come as near as {@code precision} of what
   *     is left, or {@value #STEP_MIB} MiB
   * @param precision a fraction
   * @throws IOException when a trial fails for another reason than memory, or none passes
   */
  static SmallestHeap search(
      int failsMib, int guessMib, double baseMib, double precision, Trial trial)
      throws IOException {
    int trials = 1;
    int fails = failsMib;
    int passes = Math.max(up(guessMib), up(failsMib + STEP_MIB));
    while (!trial.passes(passes)) {
      fails = passes;
      passes *= 2;
      trials++;
      if (passes > MAX_MIB) {
        throw new IOException("heap must be <= %d MiB; heap=%d".formatted(MAX_MIB, passes));
      }
    }
    while (passes - fails > Math.max(STEP_MIB, precision * (passes - baseMib))) {
      int middle = up((fails + passes) / 2);
      if (middle >= passes) {
        middle -= STEP_MIB;
      }
      if (middle <= fails) {
        break;
      }
      trials++;
      if (trial.passes(middle)) {
        passes = middle;
      } else {
        fails = middle;
      }
    }
    return new SmallestHeap(fails, passes, trials);
  }

  private static int up(int mib) {
    return (mib + STEP_MIB - 1) / STEP_MIB * STEP_MIB;
  }
}
