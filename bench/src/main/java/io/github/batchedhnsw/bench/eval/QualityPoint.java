// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.eval;

/**
 * What searching at one width gave, averaged over all queries.
 *
 * @param width k of the collector
 * @param recall share of the exact neighbours found, in [0, 1]
 * @param worstServed share of the queries whose recall is at most {@link
 *     EqualQuality#WORST_SERVED_RECALL}
 * @param visited mean vectors scored per query
 * @param latencyMillis mean milliseconds per query, one thread
 */
public record QualityPoint(
    int width, double recall, double worstServed, double visited, double latencyMillis) {}
