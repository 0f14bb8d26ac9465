// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.nrt;

import java.io.IOException;
import java.util.function.LongPredicate;

/**
 * Load that arrives by a timetable, whether or not the work before it is done: what arrives while
 * an earlier operation takes long has to wait, and that wait is part of its latency. Measuring only
 * the operations themselves, as a caller that waits for each answer does, leaves it out
 * (coordinated omission).
 *
 * @param clock what tells the time
 * @param startNanos when operation 0 is due
 * @param intervalNanos between operations
 */
record OpenLoop(LoadClock clock, long startNanos, double intervalNanos) {

  /** One operation. */
  @FunctionalInterface
  interface Operation {
    void run(long number) throws IOException;
  }

  /** Checks the interval. */
  OpenLoop {
    if (!(intervalNanos > 0)) {
      throw new IllegalArgumentException(
          "intervalNanos must be > 0; intervalNanos=" + intervalNanos);
    }
  }

  /**
   * Runs operations {@code first}, {@code first + step} and so on, each when it is due or, if the
   * one before is not done by then, right after that.
   *
   * @param wanted asked before and after waiting for an operation; the first false ends the loop
   * @return latencies of all operations that were run
   */
  Latencies run(long first, int step, LongPredicate wanted, Operation operation)
      throws IOException, InterruptedException {
    Latencies latencies = new Latencies();
    for (long number = first; wanted.test(number); number += step) {
      long due = startNanos + (long) (number * intervalNanos);
      clock.sleepUntil(due);
      if (!wanted.test(number)) {
        break;
      }
      long begun = clock.nanos();
      operation.run(number);
      long done = clock.nanos();
      latencies.record(done - begun, done - due);
    }
    return latencies;
  }
}
