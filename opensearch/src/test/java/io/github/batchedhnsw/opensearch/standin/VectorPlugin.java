// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch.standin;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.opensearch.common.settings.Setting;
import org.opensearch.common.settings.Setting.Property;
import org.opensearch.index.IndexSettings;
import org.opensearch.index.codec.CodecServiceFactory;
import org.opensearch.index.engine.EngineFactory;
import org.opensearch.index.engine.InternalEngineFactory;
import org.opensearch.index.mapper.Mapper;
import org.opensearch.plugins.EnginePlugin;
import org.opensearch.plugins.MapperPlugin;
import org.opensearch.plugins.Plugin;
import org.opensearch.plugins.SearchPlugin;

/**
 * Stands in for k-NN where the registry has none for a version of OpenSearch: a field type and a
 * query that look like k-NN's, and formats made as k-NN makes them. For tests only. It also is the
 * other plug-in with an engine factory, for indexes that ask for it.
 */
public final class VectorPlugin extends Plugin implements MapperPlugin, SearchPlugin, EnginePlugin {
  private static final Setting<Boolean> OTHER_ENGINE =
      Setting.boolSetting("index.other_engine", false, Property.IndexScope);

  /** k-NN's: the codec is ours. */
  private static final Setting<Boolean> KNN =
      Setting.boolSetting("index.knn", false, Property.IndexScope);

  @Override
  public Map<String, Mapper.TypeParser> getMappers() {
    return Map.of(VectorFieldMapper.TYPE, VectorFieldMapper.PARSER);
  }

  @Override
  public List<QuerySpec<?>> getQueries() {
    return List.of(
        new QuerySpec<>(
            VectorQueryBuilder.NAME, VectorQueryBuilder::new, VectorQueryBuilder::fromXContent));
  }

  @Override
  public List<Setting<?>> getSettings() {
    return List.of(OTHER_ENGINE, KNN);
  }

  @Override
  public Optional<CodecServiceFactory> getCustomCodecServiceFactory(IndexSettings indexSettings) {
    return indexSettings.getValue(KNN) ? Optional.of(VectorCodecService::new) : Optional.empty();
  }

  @Override
  public Optional<EngineFactory> getEngineFactory(IndexSettings indexSettings) {
    return indexSettings.getValue(OTHER_ENGINE)
        ? Optional.of(new InternalEngineFactory())
        : Optional.empty();
  }
}
