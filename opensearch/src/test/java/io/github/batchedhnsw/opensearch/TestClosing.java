// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** An index is deleted and a node is stopped while a graph is being built by a merge. */
public class TestClosing {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static final int DIMENSION = 128;
  private static final int COUNT = 24_000;
  private static final float[][] VECTORS = ClusteredVectors.clustered(14, COUNT, DIMENSION);

  @Test
  public void testMergesAreAborted() throws Exception {
    ExecutorService client = Executors.newSingleThreadExecutor();
    try (NodeProcess node = new NodeProcess(FOLDER.getRoot().toPath().resolve("node"), "node")) {
      node.jvmOption("-Xmx1g")
          .jvmOption(NodeProcess.BOTH_COMPILERS)
          .setting("batched_hnsw.merge_workers", "2")
          .start();
      VectorIndex deleted = mergeable(node, "deleted");
      startMerge(client, deleted);
      node.http().send("DELETE", "deleted", "");
      for (int i = 0; i < 300 && stat(node, "aborted_merges") == 0; i++) {
        Thread.sleep(100);
      }
      assertEquals(1, stat(node, "aborted_merges"));
      assertEquals(0, stat(node, "failed"));

      VectorIndex kept = mergeable(node, "kept");
      startMerge(client, kept);
      long start = System.nanoTime();
      node.stop();
      long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
      assertTrue("stopped after " + seconds + " seconds", seconds < 20);
      assertTrue(node.log(), !node.log().contains("fatal error"));
      node.start();
      node.http().get("_cluster/health/kept?wait_for_status=yellow&timeout=60s");
      kept.refresh();
      assertEquals(COUNT, kept.count());
      assertEquals("7", kept.nearest(VECTORS[7], 10).get(0));
    } finally {
      client.shutdownNow();
    }
  }

  /** An index of several segments. */
  private static VectorIndex mergeable(NodeProcess node, String name) throws Exception {
    VectorIndex index =
        VectorIndex.create(
            node.http(),
            name,
            DIMENSION,
            ", \"index.batched_hnsw.enabled\": true, \"number_of_replicas\": 0");
    for (int from = 0; from < COUNT; from += COUNT / 4) {
      index.index(VECTORS, from, from + COUNT / 4);
      index.flush();
    }
    return index;
  }

  /** Returns once the graph of a merged segment is being built. */
  private static void startMerge(ExecutorService client, VectorIndex index) throws Exception {
    String path = index.name() + "/_forcemerge?max_num_segments=1";
    client.submit(() -> index.http().send("POST", path, ""));
    String pool = "_cat/thread_pool/" + BatchedHnswPlugin.THREAD_POOL + "?h=active";
    String active = "0";
    for (int i = 0; i < 1000 && active.equals("0"); i++) {
      Thread.sleep(10);
      active = index.http().send("GET", pool, "").body().trim();
    }
    assertEquals("threads that help to build", "1", active);
  }

  private static int stat(NodeProcess node, String name) throws Exception {
    Map<String, Object> nodes = Http.at(node.http().get("_batched_hnsw/stats"), "nodes");
    return Http.at(nodes.values().iterator().next(), name);
  }
}
