// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.opensearch.common.settings.Settings;

/** Defaults, bounds, and what is said about values out of bounds. */
public class TestPluginSettings {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static void assertRefused(String key, String value, String... parts) {
    Settings settings = Settings.builder().put(key, value).build();
    String message =
        assertThrows(IllegalArgumentException.class, () -> new BatchedHnswPlugin(settings))
            .getMessage();
    assertTrue(message, message.contains("[" + key + "]"));
    for (String part : parts) {
      assertTrue(message, message.contains(part));
    }
  }

  @Test
  public void testDefaults() {
    assertEquals(false, PluginSettings.ENABLED.get(Settings.EMPTY));
    assertEquals(1, (int) PluginSettings.MERGE_WORKERS.get(Settings.EMPTY));
    assertEquals(1, (int) PluginSettings.FLUSH_WORKERS.get(Settings.EMPTY));
    double share =
        PluginSettings.MEMORY_BUDGET.get(Settings.EMPTY).getBytes()
            / (double) Runtime.getRuntime().maxMemory();
    assertEquals(0.3, share, 0.01);
  }

  @Test
  public void testBounds() {
    assertRefused("batched_hnsw.merge_workers", "0", "must be >= 1", "[0]");
    assertRefused("batched_hnsw.merge_workers", "1025", "must be <= 1024", "[1025]");
    assertRefused("batched_hnsw.flush_workers", "-2", "must be >= 1", "[-2]");
    assertRefused("batched_hnsw.flush_workers", "many", "[many]");
    assertRefused("batched_hnsw.memory_budget", "0b", "must be >= 1b", "[0b]");
    assertRefused("batched_hnsw.memory_budget", "-1", "must be >= 1b", "[-1]");
    assertRefused("batched_hnsw.memory_budget", "some", "[some]", "a size as [512mb]");
    assertRefused("batched_hnsw.memory_budget", "512", "[512]", "a size as [512mb]");
    assertRefused("batched_hnsw.memory_budget", "150%", "[150%]", "a share of the heap as [30%]");
  }

  @Test
  public void testEnabled() {
    String key = "index.batched_hnsw.enabled";
    assertEquals(true, PluginSettings.ENABLED.get(Settings.builder().put(key, "true").build()));
    Settings bad = Settings.builder().put(key, "maybe").build();
    String message =
        assertThrows(IllegalArgumentException.class, () -> PluginSettings.ENABLED.get(bad))
            .getMessage();
    assertEquals(
        "Failed to parse value [maybe] for setting ["
            + key
            + "] as only [true] or [false] are"
            + " allowed",
        message);
  }

  @Test
  public void testNodeRefusesToStart() throws Exception {
    try (NodeProcess node = new NodeProcess(FOLDER.getRoot().toPath().resolve("node"), "node")) {
      node.setting("batched_hnsw.merge_workers", "0").startAndFail();
      assertTrue(
          node.log(),
          node.log()
              .contains(
                  "Failed to parse value [0] for setting [batched_hnsw.merge_workers] must be >= 1"));
    }
  }

  @Test
  public void testThreadPoolOnlyWhereItIsUsed() {
    assertEquals(0, executors(Settings.EMPTY));
    assertEquals(0, executors(Settings.builder().put("batched_hnsw.merge_workers", 1).build()));
    assertEquals(1, executors(Settings.builder().put("batched_hnsw.merge_workers", 2).build()));
    assertEquals(1, executors(Settings.builder().put("batched_hnsw.flush_workers", 3).build()));
  }

  private static int executors(Settings settings) {
    return new BatchedHnswPlugin(settings).getExecutorBuilders(settings).size();
  }
}
