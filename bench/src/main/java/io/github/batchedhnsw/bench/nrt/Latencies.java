// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.nrt;

import org.HdrHistogram.Histogram;

/**
 * Two latencies of each operation: how long it took once begun, and how long after it was due it
 * was done. Values keep three significant digits, up to an hour. Written by one thread.
 */
final class Latencies {
  private static final long MAX_NANOS = 3_600_000_000_000L;
  private static final int DIGITS = 3;

  private final Histogram service = new Histogram(MAX_NANOS, DIGITS);
  private final Histogram sinceDue = new Histogram(MAX_NANOS, DIGITS);

  void record(long serviceNanos, long sinceDueNanos) {
    service.recordValue(Math.min(MAX_NANOS, serviceNanos));
    sinceDue.recordValue(Math.min(MAX_NANOS, sinceDueNanos));
  }

  /** Takes over what another thread has recorded. */
  void add(Latencies other) {
    service.add(other.service);
    sinceDue.add(other.sinceDue);
  }

  /** Of the operations themselves. */
  Percentiles service() {
    return Percentiles.of(service);
  }

  /** From when they were due. */
  Percentiles sinceDue() {
    return Percentiles.of(sinceDue);
  }
}
