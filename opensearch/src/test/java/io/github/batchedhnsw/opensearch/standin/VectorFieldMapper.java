// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch.standin;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.Query;
import org.opensearch.core.xcontent.XContentParser;
import org.opensearch.index.mapper.MappedFieldType;
import org.opensearch.index.mapper.ParametrizedFieldMapper;
import org.opensearch.index.mapper.ParseContext;
import org.opensearch.index.mapper.SourceValueFetcher;
import org.opensearch.index.mapper.TextSearchInfo;
import org.opensearch.index.mapper.ValueFetcher;
import org.opensearch.index.query.QueryShardContext;
import org.opensearch.search.lookup.SearchLookup;

/**
 * Adds a {@link KnnFloatVectorField} with EUCLIDEAN similarity. The method of a k-NN mapping is
 * accepted and ignored: the codec's format has its default parameters.
 */
public final class VectorFieldMapper extends ParametrizedFieldMapper {
  static final String TYPE = "knn_vector";
  static final TypeParser PARSER = new TypeParser((name, context) -> new Builder(name));

  private final int dimension;
  private final Map<String, Object> method;

  private VectorFieldMapper(
      String simpleName, FieldType type, MultiFields multiFields, CopyTo copyTo, Builder builder) {
    super(simpleName, type, multiFields, copyTo);
    this.dimension = builder.dimension.getValue();
    this.method = builder.method.getValue();
  }

  /** All numbers at once; the parser stands at the start of the array. */
  @Override
  public boolean parsesArrayValue() {
    return true;
  }

  @Override
  protected void parseCreateField(ParseContext context) throws IOException {
    XContentParser parser = context.parser();
    float[] vector = new float[dimension];
    int length = 0;
    while (parser.nextToken() != XContentParser.Token.END_ARRAY) {
      vector[length++] = parser.floatValue();
    }
    context
        .doc()
        .add(
            new KnnFloatVectorField(
                fieldType().name(), vector, VectorSimilarityFunction.EUCLIDEAN));
  }

  @Override
  public ParametrizedFieldMapper.Builder getMergeBuilder() {
    return new Builder(simpleName()).init(this);
  }

  @Override
  protected String contentType() {
    return TYPE;
  }

  private static final class Builder extends ParametrizedFieldMapper.Builder {
    private final Parameter<Integer> dimension =
        new Parameter<>(
            "dimension",
            false,
            () -> 1,
            (name, context, value) -> (Integer) value,
            mapper -> ((VectorFieldMapper) mapper).dimension);

    @SuppressWarnings("unchecked")
    private final Parameter<Map<String, Object>> method =
        new Parameter<>(
            "method",
            false,
            Map::of,
            (name, context, value) -> (Map<String, Object>) value,
            mapper -> ((VectorFieldMapper) mapper).method);

    Builder(String name) {
      super(name);
    }

    @Override
    protected List<Parameter<?>> getParameters() {
      return List.of(dimension, method);
    }

    @Override
    public ParametrizedFieldMapper build(BuilderContext context) {
      return new VectorFieldMapper(
          name,
          new FieldType(buildFullName(context)),
          multiFieldsBuilder.build(this, context),
          copyTo.build(),
          this);
    }
  }

  private static final class FieldType extends MappedFieldType {
    FieldType(String name) {
      super(name, true, false, false, TextSearchInfo.NONE, Map.of());
    }

    @Override
    public String typeName() {
      return TYPE;
    }

    @Override
    public ValueFetcher valueFetcher(
        QueryShardContext context, SearchLookup searchLookup, String format) {
      return SourceValueFetcher.identity(name(), context, format);
    }

    @Override
    public Query termQuery(Object value, QueryShardContext context) {
      throw new UnsupportedOperationException("vectors are searched with a knn query");
    }
  }
}
