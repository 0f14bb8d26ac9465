// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.graph.FlatHnswGraph;

/**
 * A graph and what was done to build it.
 *
 * @param graph over all vectors
 * @param plan how the graph was actually built, such as {@code bulk}, {@code insertion} or {@code
 *     extension}; differs from {@link GraphBuilder#name} if another plan turned out to be better
 * @param estimate of its quality
 */
public record BuildResult(FlatHnswGraph graph, String plan, GraphEstimate estimate) {}
