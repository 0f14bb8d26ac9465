// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import static org.opensearch.rest.RestRequest.Method.GET;

import java.util.List;
import org.opensearch.core.common.Strings;
import org.opensearch.rest.BaseRestHandler;
import org.opensearch.rest.RestRequest;
import org.opensearch.rest.action.RestActions.NodesResponseRestListener;
import org.opensearch.transport.client.node.NodeClient;

/** {@code GET _batched_hnsw/stats}: the graphs that each node has built since it started. */
final class RestStatsAction extends BaseRestHandler {
  @Override
  public String getName() {
    return "batched_hnsw_stats";
  }

  @Override
  public List<Route> routes() {
    return List.of(
        new Route(GET, "/_batched_hnsw/stats"), new Route(GET, "/_batched_hnsw/{nodeId}/stats"));
  }

  @Override
  protected RestChannelConsumer prepareRequest(RestRequest request, NodeClient client) {
    StatsRequest stats =
        new StatsRequest(Strings.splitStringByCommaToArray(request.param("nodeId")));
    stats.timeout(request.param("timeout"));
    return channel ->
        client.execute(StatsAction.INSTANCE, stats, new NodesResponseRestListener<>(channel));
  }
}
