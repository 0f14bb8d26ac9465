package io.github.batchedhnsw.bench.systems;

/**
 * The two parameters that every system is given alike.
 *
 * @param maxConn Lucene's M: neighbours per node above level 0, twice as many on it
 * @param beamWidth candidates kept while building
 */
public record GraphParams(int maxConn, int beamWidth) {}
