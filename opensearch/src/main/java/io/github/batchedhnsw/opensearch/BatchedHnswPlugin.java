// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import io.github.batchedhnsw.codec.BuildOptions;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.opensearch.action.ActionRequest;
import org.opensearch.cluster.metadata.IndexNameExpressionResolver;
import org.opensearch.cluster.node.DiscoveryNodes;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.settings.ClusterSettings;
import org.opensearch.common.settings.IndexScopedSettings;
import org.opensearch.common.settings.Setting;
import org.opensearch.common.settings.Settings;
import org.opensearch.common.settings.SettingsFilter;
import org.opensearch.common.unit.TimeValue;
import org.opensearch.core.action.ActionResponse;
import org.opensearch.core.common.io.stream.NamedWriteableRegistry;
import org.opensearch.core.xcontent.NamedXContentRegistry;
import org.opensearch.env.Environment;
import org.opensearch.env.NodeEnvironment;
import org.opensearch.index.IndexSettings;
import org.opensearch.index.engine.EngineFactory;
import org.opensearch.plugins.ActionPlugin;
import org.opensearch.plugins.EnginePlugin;
import org.opensearch.plugins.Plugin;
import org.opensearch.repositories.RepositoriesService;
import org.opensearch.rest.RestController;
import org.opensearch.rest.RestHandler;
import org.opensearch.script.ScriptService;
import org.opensearch.threadpool.ExecutorBuilder;
import org.opensearch.threadpool.ScalingExecutorBuilder;
import org.opensearch.threadpool.ThreadPool;
import org.opensearch.transport.client.Client;
import org.opensearch.watcher.ResourceWatcherService;

/**
 * Builds the HNSW graphs of an index in batches where {@code index.batched_hnsw.enabled} is true.
 * Vector fields, their parameters and queries come from another plug-in, such as k-NN with its
 * Lucene engine: this one replaces only the code that writes their graphs, not the code that reads
 * them.
 *
 * <p>It does so in the engine factory, because the hook for codecs is k-NN's. OpenSearch allows one
 * engine factory per index, so an index for which another plug-in provides one cannot be created
 * with the setting.
 */
public final class BatchedHnswPlugin extends Plugin implements EnginePlugin, ActionPlugin {
  /** The thread pool of builds with several workers; {@code GET _cat/thread_pool/batched_hnsw}. */
  static final String THREAD_POOL = "batched_hnsw";

  private static final TimeValue KEEP_ALIVE = TimeValue.timeValueMinutes(1);

  private final int mergeWorkers;
  private final int flushWorkers;
  private final long memoryBudgetBytes;
  private final BuildStatistics statistics;

  /** Set once, before the first index is opened. */
  private volatile BuildOptions options = BuildOptions.DEFAULT;

  /** Called by OpenSearch with the settings of the node. */
  public BatchedHnswPlugin(Settings settings) {
    this.mergeWorkers = PluginSettings.MERGE_WORKERS.get(settings);
    this.flushWorkers = PluginSettings.FLUSH_WORKERS.get(settings);
    this.memoryBudgetBytes = PluginSettings.MEMORY_BUDGET.get(settings).getBytes();
    this.statistics = new BuildStatistics(memoryBudgetBytes);
  }

  @Override
  public List<Setting<?>> getSettings() {
    return PluginSettings.ALL;
  }

  private boolean usesThreadPool() {
    return mergeWorkers > 1 || flushWorkers > 1;
  }

  /** Threads besides the flushing or merging one; they end when there are no builds. */
  @Override
  public List<ExecutorBuilder<?>> getExecutorBuilders(Settings settings) {
    int helpers = Math.max(mergeWorkers, flushWorkers) - 1;
    return usesThreadPool()
        ? List.of(new ScalingExecutorBuilder(THREAD_POOL, 0, helpers, KEEP_ALIVE))
        : List.of();
  }

  @Override
  public Collection<Object> createComponents(
      Client client,
      ClusterService clusterService,
      ThreadPool threadPool,
      ResourceWatcherService resourceWatcherService,
      ScriptService scriptService,
      NamedXContentRegistry xContentRegistry,
      Environment environment,
      NodeEnvironment nodeEnvironment,
      NamedWriteableRegistry namedWriteableRegistry,
      IndexNameExpressionResolver indexNameExpressionResolver,
      Supplier<RepositoriesService> repositoriesServiceSupplier) {
    options =
        BuildOptions.DEFAULT
            .withMemoryBudget(memoryBudgetBytes)
            .withWorkers(
                mergeWorkers,
                flushWorkers,
                usesThreadPool() ? threadPool.executor(THREAD_POOL) : null);
    return List.of(statistics);
  }

  /**
   * Provides the engine factory if the index enables it, except for remotely searched snapshots,
   * which are never written.
   */
  @Override
  public Optional<EngineFactory> getEngineFactory(IndexSettings indexSettings) {
    if (!indexSettings.getValue(PluginSettings.ENABLED) || indexSettings.isRemoteSnapshot()) {
      return Optional.empty();
    }
    return Optional.of(
        new BatchedHnswEngineFactory(
            indexSettings,
            options
                .withMinFlushGraphSize(indexSettings.getValue(PluginSettings.MIN_FLUSH_GRAPH_SIZE))
                .withListener(statistics.listener(indexSettings.getIndex().getName()))));
  }

  @Override
  public List<ActionHandler<? extends ActionRequest, ? extends ActionResponse>> getActions() {
    return List.of(new ActionHandler<>(StatsAction.INSTANCE, TransportStatsAction.class));
  }

  @Override
  public List<RestHandler> getRestHandlers(
      Settings settings,
      RestController restController,
      ClusterSettings clusterSettings,
      IndexScopedSettings indexScopedSettings,
      SettingsFilter settingsFilter,
      IndexNameExpressionResolver indexNameExpressionResolver,
      Supplier<DiscoveryNodes> nodesInCluster) {
    return List.of(new RestStatsAction());
  }
}
