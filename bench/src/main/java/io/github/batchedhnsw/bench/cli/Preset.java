// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.cli;

import io.github.batchedhnsw.bench.systems.GraphParams;
import io.github.batchedhnsw.bench.systems.IndexJob;
import java.util.Optional;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;

/** What the options of graph and job default to. */
enum Preset {
  /** Lucene's own defaults of M and beam, one flush. */
  NONE(new GraphParams(16, 100), "1", IndexJob.MAX_RAM_BUFFER_MIB),

  /**
   * Those of luceneutil's {@code knnPerfTest.py} and {@code KnnIndexer} at its commit 9d4f05ae: its
   * top 100 with a fanout of 100 is the recall@100 at width 200 that is always measured. Its 8
   * indexing threads and 24 merge workers belong to its machine and are not part of this.
   */
  LUCENEUTIL(
      new GraphParams(64, 250, Optional.of(ScalarEncoding.fromNumBits(8))),
      JobOptions.BY_RAM_BUFFER,
      128);

  private final GraphParams params;
  private final String segments;
  private final double ramBufferMib;

  Preset(GraphParams params, String segments, double ramBufferMib) {
    this.params = params;
    this.segments = segments;
    this.ramBufferMib = ramBufferMib;
  }

  GraphParams params() {
    return params;
  }

  /** The value of option {@code --segments}; where the RAM buffer decides, merges are tiered. */
  String segments() {
    return segments;
  }

  double ramBufferMib() {
    return ramBufferMib;
  }
}
