// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import java.io.IOException;
import java.util.List;
import org.opensearch.action.FailedNodeException;
import org.opensearch.action.support.nodes.BaseNodeResponse;
import org.opensearch.action.support.nodes.BaseNodesResponse;
import org.opensearch.cluster.ClusterName;
import org.opensearch.cluster.node.DiscoveryNode;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.common.io.stream.StreamOutput;
import org.opensearch.core.xcontent.ToXContentFragment;
import org.opensearch.core.xcontent.XContentBuilder;

/** The counts of several nodes. */
final class StatsResponse extends BaseNodesResponse<StatsResponse.OfNode>
    implements ToXContentFragment {
  StatsResponse(ClusterName cluster, List<OfNode> nodes, List<FailedNodeException> failures) {
    super(cluster, nodes, failures);
  }

  StatsResponse(StreamInput in) throws IOException {
    super(in);
  }

  @Override
  protected List<OfNode> readNodesFrom(StreamInput in) throws IOException {
    return in.readList(OfNode::new);
  }

  @Override
  protected void writeNodesTo(StreamOutput out, List<OfNode> nodes) throws IOException {
    out.writeList(nodes);
  }

  @Override
  public XContentBuilder toXContent(XContentBuilder builder, Params params) throws IOException {
    builder.startObject("nodes");
    for (OfNode node : getNodes()) {
      builder.startObject(node.getNode().getId()).field("name", node.getNode().getName());
      node.counts.toXContent(builder, params);
      builder.endObject();
    }
    return builder.endObject();
  }

  /** The counts of one node. */
  static final class OfNode extends BaseNodeResponse {
    private final BuildCounts counts;

    OfNode(DiscoveryNode node, BuildCounts counts) {
      super(node);
      this.counts = counts;
    }

    OfNode(StreamInput in) throws IOException {
      super(in);
      this.counts = new BuildCounts(in);
    }

    @Override
    public void writeTo(StreamOutput out) throws IOException {
      super.writeTo(out);
      counts.writeTo(out);
    }
  }
}
