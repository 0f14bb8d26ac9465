// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import java.util.List;
import org.opensearch.OpenSearchParseException;
import org.opensearch.common.settings.Setting;
import org.opensearch.common.settings.Setting.Property;
import org.opensearch.common.unit.MemorySizeValue;
import org.opensearch.core.common.unit.ByteSizeValue;

/** The settings of the plug-in. */
final class PluginSettings {
  private static final int MOST_WORKERS = 1024;
  private static final String ENABLED_KEY = "index.batched_hnsw.enabled";
  private static final String BUDGET = "batched_hnsw.memory_budget";

  /**
   * Whether this plug-in builds the graphs of an index. Set when it is created, or while it is
   * closed.
   */
  static final Setting<Boolean> ENABLED =
      new Setting<>(ENABLED_KEY, "false", PluginSettings::parseEnabled, Property.IndexScope);

  /** Fewest vectors of a segment from a refresh or flush for it to get a graph, per index. */
  static final Setting<Integer> MIN_FLUSH_GRAPH_SIZE =
      Setting.intSetting("index.batched_hnsw.min_flush_graph_size", 0, 0, Property.IndexScope);

  /** Most threads that build the graph of a merged segment, the merging thread included. */
  static final Setting<Integer> MERGE_WORKERS = workers("batched_hnsw.merge_workers");

  /** Most threads that build the graph of a flushed segment, the flushing thread included. */
  static final Setting<Integer> FLUSH_WORKERS = workers("batched_hnsw.flush_workers");

  /** Most heap of all builds, as bytes or as a share of the heap; see {@code BuildOptions}. */
  static final Setting<ByteSizeValue> MEMORY_BUDGET =
      new Setting<>(BUDGET, "30%", PluginSettings::parseBudget, Property.NodeScope);

  static final List<Setting<?>> ALL =
      List.of(ENABLED, MIN_FLUSH_GRAPH_SIZE, MERGE_WORKERS, FLUSH_WORKERS, MEMORY_BUDGET);

  private PluginSettings() {}

  /**
   * Parses a Boolean like OpenSearch's own settings, whose error message does not name the setting.
   */
  private static boolean parseEnabled(String value) {
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw refuse(ENABLED_KEY, value, "as only [true] or [false] are allowed", null);
    };
  }

  private static ByteSizeValue parseBudget(String value) {
    ByteSizeValue budget;
    try {
      budget = MemorySizeValue.parseBytesSizeValueOrHeapRatio(value, BUDGET);
    } catch (OpenSearchParseException e) {
      throw refuse(BUDGET, value, "must be a size as [512mb] or a share of the heap as [30%]", e);
    }
    if (budget.getBytes() < 1) {
      throw refuse(BUDGET, value, "must be >= 1b", null);
    }
    return budget;
  }

  private static IllegalArgumentException refuse(
      String key, String value, String why, Exception cause) {
    return new IllegalArgumentException(
        "Failed to parse value [" + value + "] for setting [" + key + "] " + why, cause);
  }

  private static Setting<Integer> workers(String key) {
    return Setting.intSetting(key, 1, 1, MOST_WORKERS, Property.NodeScope);
  }
}
