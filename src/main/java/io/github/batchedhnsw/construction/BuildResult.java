// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.graph.FlatHnswGraph;

/**
 * A graph and what was done to build it.
 *
 * @param graph over all vectors
 * @param plan how it really was built, such as {@code bulk}, {@code insertion} or {@code
 *     extension}; may differ from {@link GraphBuilder#name}, where something else turned out to be
 *     better
 * @param estimate of its quality
 */
public record BuildResult(FlatHnswGraph graph, String plan, GraphEstimate estimate) {}
