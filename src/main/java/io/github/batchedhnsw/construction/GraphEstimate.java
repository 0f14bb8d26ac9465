// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import java.util.Locale;

/**
 * Quality of searches of a finished graph, measured after the build with sampled nodes as queries,
 * exact scores and exact neighbours.
 *
 * @param recall estimated recall of the {@value #NEAREST} nearest neighbours of a node, by a search
 *     of width {@value #WIDTH}; NaN if no neighbours were sampled
 * @param lost share of the sampled nodes that such a search for them does not find
 * @param links number of edges that were added because searches had missed nodes
 */
public record GraphEstimate(double recall, double lost, int links) {
  /** Number of neighbours that a search should find. */
  public static final int NEAREST = 10;

  /** Width of the searches. */
  public static final int WIDTH = 40;

  /** The value if nothing was estimated. */
  public static final GraphEstimate NONE = new GraphEstimate(Double.NaN, Double.NaN, 0);

  @Override
  public String toString() {
    return Double.isNaN(recall)
        ? "no estimate of recall"
        : String.format(
            Locale.ROOT,
            "estimated recall@%d at width %d: %.3f, %.3f of the nodes are not found",
            NEAREST,
            WIDTH,
            recall,
            lost);
  }
}
