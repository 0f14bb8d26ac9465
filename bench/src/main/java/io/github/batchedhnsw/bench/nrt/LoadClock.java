// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.nrt;

import java.util.concurrent.locks.LockSupport;

/** Time, and waiting for it. Tests have a clock of their own. */
interface LoadClock {
  /** The system's clock. */
  LoadClock SYSTEM =
      new LoadClock() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public void sleepUntil(long nanos) throws InterruptedException {
          for (long left = nanos - nanos(); left > 0; left = nanos - nanos()) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
              throw new InterruptedException();
            }
          }
        }
      };

  /** Nanoseconds since some moment, as {@link System#nanoTime}. */
  long nanos();

  /** Returns when {@link #nanos} has reached a value, at once where it has. */
  void sleepUntil(long nanos) throws InterruptedException;
}
