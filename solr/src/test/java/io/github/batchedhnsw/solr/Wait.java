// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.solr;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** For what other processes do in their own time. */
final class Wait {
  private static final long PAUSE_MILLIS = 100;

  private Wait() {}

  /**
   * Asks again and again; an answer that is an {@link IOException} is a no.
   *
   * @throws AssertionError if the answer is never yes
   */
  static void until(int seconds, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    IOException last = null;
    while (System.nanoTime() < deadline) {
      try {
        if (condition.call()) {
          return;
        }
        last = null;
      } catch (IOException e) {
        last = e;
      }
      Thread.sleep(PAUSE_MILLIS);
    }
    throw new AssertionError("not after " + seconds + " seconds", last);
  }
}
