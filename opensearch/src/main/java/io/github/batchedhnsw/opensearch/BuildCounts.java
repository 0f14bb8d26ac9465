// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.common.io.stream.StreamOutput;
import org.opensearch.core.common.io.stream.Writeable;
import org.opensearch.core.xcontent.ToXContentFragment;
import org.opensearch.core.xcontent.XContentBuilder;

/**
 * Counts of the graphs that one node has built since it started.
 *
 * @param memoryBudgetBytes most heap that all builds of the node should take together
 * @param reservedBytes estimated heap of the builds in progress
 * @param vectors number of vectors in all graphs built
 * @param nanos time of all builds together, writing included
 * @param abortedMerges builds that ended because their merge was aborted
 * @param failed builds that ended with an error
 * @param graphsByPlan number of graphs by how they were built
 * @param estimatedRecall estimated recall of the graphs, by {@code index/field}
 * @param notReplaced format names of fields whose graphs this plug-in does not build, by {@code
 *     index/field}
 * @param lastFailures the latest failures, oldest first
 */
record BuildCounts(
    long memoryBudgetBytes,
    long reservedBytes,
    long vectors,
    long nanos,
    long abortedMerges,
    long failed,
    Map<String, Long> graphsByPlan,
    Map<String, RecallEstimate> estimatedRecall,
    Map<String, String> notReplaced,
    List<BuildFailure> lastFailures)
    implements Writeable, ToXContentFragment {

  BuildCounts(StreamInput in) throws IOException {
    this(
        in.readVLong(),
        in.readVLong(),
        in.readVLong(),
        in.readVLong(),
        in.readVLong(),
        in.readVLong(),
        in.readMap(StreamInput::readString, StreamInput::readVLong),
        in.readMap(StreamInput::readString, RecallEstimate::new),
        in.readMap(StreamInput::readString, StreamInput::readString),
        in.readList(BuildFailure::new));
  }

  @Override
  public void writeTo(StreamOutput out) throws IOException {
    out.writeVLong(memoryBudgetBytes);
    out.writeVLong(reservedBytes);
    out.writeVLong(vectors);
    out.writeVLong(nanos);
    out.writeVLong(abortedMerges);
    out.writeVLong(failed);
    out.writeMap(graphsByPlan, StreamOutput::writeString, StreamOutput::writeVLong);
    out.writeMap(estimatedRecall, StreamOutput::writeString, (o, e) -> e.writeTo(o));
    out.writeMap(notReplaced, StreamOutput::writeString, StreamOutput::writeString);
    out.writeList(lastFailures);
  }

  @Override
  public XContentBuilder toXContent(XContentBuilder builder, Params params) throws IOException {
    builder
        .field("graphs", graphsByPlan.values().stream().mapToLong(Long::longValue).sum())
        .field("vectors", vectors)
        .field("build_seconds", nanos / 1e9)
        .field("plans", graphsByPlan)
        .field("memory_budget_in_bytes", memoryBudgetBytes)
        .field("reserved_memory_in_bytes", reservedBytes)
        .field("aborted_merges", abortedMerges)
        .field("failed", failed);
    builder.startObject("estimated_recall");
    for (Map.Entry<String, RecallEstimate> estimate : estimatedRecall.entrySet()) {
      builder.field(estimate.getKey());
      estimate.getValue().toXContent(builder, params);
    }
    builder.endObject();
    builder.field("not_replaced", notReplaced);
    builder.startArray("last_failures");
    for (BuildFailure failure : lastFailures) {
      failure.toXContent(builder, params);
    }
    return builder.endArray();
  }
}
