// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.nrt;

import java.io.Serializable;
import org.HdrHistogram.Histogram;

/**
 * A distribution of latencies, in milliseconds; zeros where nothing was recorded.
 *
 * @param count how many
 * @param p50 the median
 * @param p99 99 % are at most this
 * @param p999 99.9 % are at most this
 * @param max the longest
 */
public record Percentiles(long count, double p50, double p99, double p999, double max)
    implements Serializable {

  static Percentiles of(Histogram nanos) {
    return new Percentiles(
        nanos.getTotalCount(),
        nanos.getValueAtPercentile(50) / 1e6,
        nanos.getValueAtPercentile(99) / 1e6,
        nanos.getValueAtPercentile(99.9) / 1e6,
        nanos.getMaxValue() / 1e6);
  }
}
