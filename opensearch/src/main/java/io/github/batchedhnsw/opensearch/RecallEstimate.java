// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import java.io.IOException;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.common.io.stream.StreamOutput;
import org.opensearch.core.common.io.stream.Writeable;
import org.opensearch.core.xcontent.ToXContentFragment;
import org.opensearch.core.xcontent.XContentBuilder;

/**
 * Estimated recall of the graphs of one field of one index, for the ten nearest neighbours at width
 * 40, measured after each build with sampled vectors as queries.
 *
 * @param vectors number of vectors in all graphs that were estimated
 * @param mean mean recall, weighted by vectors
 * @param lowest lowest recall of any graph
 */
record RecallEstimate(long vectors, double mean, double lowest)
    implements Writeable, ToXContentFragment {

  RecallEstimate(StreamInput in) throws IOException {
    this(in.readVLong(), in.readDouble(), in.readDouble());
  }

  /** Combines both estimates. */
  RecallEstimate plus(RecallEstimate other) {
    long both = vectors + other.vectors;
    return new RecallEstimate(
        both, (mean * vectors + other.mean * other.vectors) / both, Math.min(lowest, other.lowest));
  }

  @Override
  public void writeTo(StreamOutput out) throws IOException {
    out.writeVLong(vectors);
    out.writeDouble(mean);
    out.writeDouble(lowest);
  }

  @Override
  public XContentBuilder toXContent(XContentBuilder builder, Params params) throws IOException {
    return builder
        .startObject()
        .field("vectors", vectors)
        .field("mean", mean)
        .field("lowest", lowest)
        .endObject();
  }
}
