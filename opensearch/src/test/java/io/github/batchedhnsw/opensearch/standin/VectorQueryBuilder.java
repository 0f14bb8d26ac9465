// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch.standin;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.opensearch.core.common.io.stream.StreamInput;
import org.opensearch.core.common.io.stream.StreamOutput;
import org.opensearch.core.xcontent.XContentBuilder;
import org.opensearch.core.xcontent.XContentParser;
import org.opensearch.index.query.AbstractQueryBuilder;
import org.opensearch.index.query.QueryShardContext;

/** {@code {"knn": {"FIELD": {"vector": [...], "k": 10}}}} as Lucene's own query. */
public final class VectorQueryBuilder extends AbstractQueryBuilder<VectorQueryBuilder> {
  static final String NAME = "knn";

  private final String field;
  private final float[] vector;
  private final int k;

  private VectorQueryBuilder(String field, float[] vector, int k) {
    this.field = field;
    this.vector = vector;
    this.k = k;
  }

  VectorQueryBuilder(StreamInput in) throws IOException {
    super(in);
    this.field = in.readString();
    this.vector = in.readFloatArray();
    this.k = in.readVInt();
  }

  @SuppressWarnings("unchecked")
  static VectorQueryBuilder fromXContent(XContentParser parser) throws IOException {
    Map.Entry<String, Object> query = parser.map().entrySet().iterator().next();
    Map<String, Object> body = (Map<String, Object>) query.getValue();
    List<Number> values = (List<Number>) body.get("vector");
    float[] vector = new float[values.size()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = values.get(i).floatValue();
    }
    return new VectorQueryBuilder(query.getKey(), vector, (Integer) body.get("k"));
  }

  @Override
  protected void doWriteTo(StreamOutput out) throws IOException {
    out.writeString(field);
    out.writeFloatArray(vector);
    out.writeVInt(k);
  }

  @Override
  protected void doXContent(XContentBuilder builder, Params params) throws IOException {
    builder.startObject(NAME).startObject(field);
    builder.field("vector", vector).field("k", k);
    builder.endObject().endObject();
  }

  @Override
  protected Query doToQuery(QueryShardContext context) {
    return new KnnFloatVectorQuery(field, vector, k);
  }

  @Override
  protected boolean doEquals(VectorQueryBuilder other) {
    return field.equals(other.field) && k == other.k && Arrays.equals(vector, other.vector);
  }

  @Override
  protected int doHashCode() {
    return Objects.hash(field, k, Arrays.hashCode(vector));
  }

  @Override
  public String getWriteableName() {
    return NAME;
  }
}
