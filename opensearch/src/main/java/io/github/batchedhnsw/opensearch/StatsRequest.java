// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import java.io.IOException;
import org.opensearch.action.support.nodes.BaseNodesRequest;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.common.io.stream.StreamOutput;
import org.opensearch.transport.TransportRequest;

/** Names the nodes to ask; all nodes if none is named. */
final class StatsRequest extends BaseNodesRequest<StatsRequest> {
  StatsRequest(String... nodes) {
    super(nodes);
  }

  StatsRequest(StreamInput in) throws IOException {
    super(in);
  }

  /** The request to each of the nodes. */
  static final class OfNode extends TransportRequest {
    OfNode() {}

    OfNode(StreamInput in) throws IOException {
      super(in);
    }

    @Override
    public void writeTo(StreamOutput out) throws IOException {
      super.writeTo(out);
    }
  }
}
