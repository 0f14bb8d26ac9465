package io.github.batchedhnsw.bench.eval;

/**
 * What searching at one width gave, averaged over all queries.
 *
 * @param width k of the collector
 * @param recall recall@10 in [0, 1]
 * @param visited mean vectors scored per query
 * @param latencyMillis mean milliseconds per query, one thread
 */
public record QualityPoint(int width, double recall, double visited, double latencyMillis) {}
