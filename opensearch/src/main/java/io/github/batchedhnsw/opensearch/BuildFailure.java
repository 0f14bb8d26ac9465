// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import java.io.IOException;
import java.time.Instant;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.common.io.stream.StreamOutput;
import org.opensearch.core.common.io.stream.Writeable;
import org.opensearch.core.xcontent.ToXContentObject;
import org.opensearch.core.xcontent.XContentBuilder;

/**
 * A graph that could not be built.
 *
 * @param epochMillis time of the failure
 * @param index name of the index
 * @param field name of the field
 * @param vectors number of vectors in the segment
 * @param error class and message of the exception
 */
record BuildFailure(long epochMillis, String index, String field, int vectors, String error)
    implements Writeable, ToXContentObject {

  BuildFailure(StreamInput in) throws IOException {
    this(in.readLong(), in.readString(), in.readString(), in.readVInt(), in.readString());
  }

  @Override
  public void writeTo(StreamOutput out) throws IOException {
    out.writeLong(epochMillis);
    out.writeString(index);
    out.writeString(field);
    out.writeVInt(vectors);
    out.writeString(error);
  }

  @Override
  public XContentBuilder toXContent(XContentBuilder builder, Params params) throws IOException {
    return builder
        .startObject()
        .field("time", Instant.ofEpochMilli(epochMillis).toString())
        .field("index", index)
        .field("field", field)
        .field("vectors", vectors)
        .field("error", error)
        .endObject();
  }
}
