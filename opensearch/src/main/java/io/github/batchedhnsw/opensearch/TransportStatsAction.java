// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import java.io.IOException;
import java.util.List;
import org.opensearch.action.FailedNodeException;
import org.opensearch.action.support.ActionFilters;
import org.opensearch.action.support.nodes.TransportNodesAction;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.inject.Inject;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.threadpool.ThreadPool;
import org.opensearch.transport.TransportService;

/** Collects the counts of nodes; each answers from memory. */
public final class TransportStatsAction
    extends TransportNodesAction<
        StatsRequest, StatsResponse, StatsRequest.OfNode, StatsResponse.OfNode> {
  private final BuildStatistics statistics;

  /** Called by OpenSearch. */
  @Inject
  public TransportStatsAction(
      ThreadPool threadPool,
      ClusterService clusterService,
      TransportService transportService,
      ActionFilters actionFilters,
      BuildStatistics statistics) {
    super(
        StatsAction.NAME,
        threadPool,
        clusterService,
        transportService,
        actionFilters,
        StatsRequest::new,
        StatsRequest.OfNode::new,
        ThreadPool.Names.SAME,
        StatsResponse.OfNode.class);
    this.statistics = statistics;
  }

  @Override
  protected StatsResponse newResponse(
      StatsRequest request, List<StatsResponse.OfNode> nodes, List<FailedNodeException> failures) {
    return new StatsResponse(clusterService.getClusterName(), nodes, failures);
  }

  @Override
  protected StatsRequest.OfNode newNodeRequest(StatsRequest request) {
    return new StatsRequest.OfNode();
  }

  @Override
  protected StatsResponse.OfNode newNodeResponse(StreamInput in) throws IOException {
    return new StatsResponse.OfNode(in);
  }

  @Override
  protected StatsResponse.OfNode nodeOperation(StatsRequest.OfNode request) {
    return new StatsResponse.OfNode(clusterService.localNode(), statistics.counts());
  }
}
