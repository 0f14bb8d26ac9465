// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import org.opensearch.action.ActionType;

/** Asks nodes for their {@link BuildCounts}. */
final class StatsAction extends ActionType<StatsResponse> {
  static final StatsAction INSTANCE = new StatsAction();

  /** Under {@code cluster:monitor}, as the statistics of nodes are. */
  static final String NAME = "cluster:monitor/batched_hnsw/stats";

  private StatsAction() {
    super(NAME, StatsResponse::new);
  }
}
