// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.nrt;

import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * What one run showed.
 *
 * @param system its name
 * @param ramBufferMib of the writer
 * @param round from 1
 * @param wantedRate vectors per second that arrived
 * @param achievedRate vectors per second that were added, from the first's arrival to the end of
 *     the last's addition
 * @param drainSeconds after that: a last reopen, a commit and all merges
 * @param cpuSeconds of the whole process, from opening the writer to the end of all merges
 * @param flushes segments that flushes wrote
 * @param merges segments that merges wrote
 * @param mergedDocuments documents in those
 * @param segments in the end
 * @param latencies of each operation
 * @param reopens in order
 */
public record NrtResult(
    String system,
    double ramBufferMib,
    int round,
    double wantedRate,
    double achievedRate,
    double drainSeconds,
    double cpuSeconds,
    long flushes,
    long merges,
    long mergedDocuments,
    int segments,
    Map<Operation, Latency> latencies,
    List<Reopen> reopens)
    implements Serializable {

  /** Below this share of the wanted rate, a system has not kept up. */
  private static final double KEPT_UP = 0.99;

  /** What is timed. */
  public enum Operation {
    /** One {@code addDocument}. */
    ADD,
    /** One {@code openIfChanged} from the writer. */
    REOPEN,
    /** One search of the newest reader. */
    SEARCH
  }

  /**
   * Latencies of an operation.
   *
   * @param service once begun
   * @param sinceDue from when it was due
   */
  public record Latency(Percentiles service, Percentiles sinceDue) implements Serializable {}

  /**
   * One reopen.
   *
   * @param seconds when it began, from the first vector's arrival
   * @param millis how long it took
   * @param documents that were searchable after it
   * @param segments of the new reader
   */
  public record Reopen(double seconds, double millis, int documents, int segments)
      implements Serializable {}

  /** Whether the vectors were added as fast as they arrived. */
  public boolean keptUp() {
    return achievedRate >= KEPT_UP * wantedRate;
  }

  /** Mean number of segments after a reopen: what a search had to visit. */
  public double meanSegments() {
    return reopens.stream().mapToInt(Reopen::segments).average().orElse(0);
  }
}
