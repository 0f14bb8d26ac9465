// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import io.github.batchedhnsw.codec.BatchedHnswCodec;
import io.github.batchedhnsw.codec.BuildOptions;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.lucene.codecs.Codec;
import org.opensearch.index.IndexSettings;
import org.opensearch.index.codec.CodecService;
import org.opensearch.index.engine.Engine;
import org.opensearch.index.engine.EngineConfig;
import org.opensearch.index.engine.EngineFactory;
import org.opensearch.index.engine.InternalEngineFactory;
import org.opensearch.index.engine.NRTReplicationEngineFactory;

/**
 * Creates the engine that OpenSearch itself would create, with a codec that writes the graphs of
 * this library and is otherwise the engine's original one, including its name.
 */
final class BatchedHnswEngineFactory implements EngineFactory {
  private static final Logger LOGGER = LogManager.getLogger(BatchedHnswEngineFactory.class);

  private final EngineFactory stock;
  private final BuildOptions options;

  BatchedHnswEngineFactory(IndexSettings indexSettings, BuildOptions options) {
    boolean replicatesSegments =
        indexSettings.isSegRepEnabledOrRemoteNode() || indexSettings.isAssignedOnRemoteNode();
    this.stock =
        replicatesSegments ? new NRTReplicationEngineFactory() : new InternalEngineFactory();
    this.options = options;
  }

  @Override
  public Engine newReadWriteEngine(EngineConfig config) {
    return stock.newReadWriteEngine(
        config.toBuilder().codecService(new WrappedCodecService(config)).build());
  }

  /** Provides one codec: that of the engine. OpenSearch asks for it by the name in the settings. */
  private final class WrappedCodecService extends CodecService {
    private final EngineConfig config;

    WrappedCodecService(EngineConfig config) {
      super(null, config.getIndexSettings(), LOGGER);
      this.config = config;
    }

    @Override
    public Codec codec(String name) {
      return BatchedHnswCodec.wrap(config.getCodec(), options);
    }
  }
}
