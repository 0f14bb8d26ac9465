// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What our plug-in wrote is there, and the same, without it. */
public class TestRemoval {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static final int DIMENSION = 32;
  private static final int COUNT = 3000;
  private static final int K = 10;

  /** So many are asked for where the nearest {@code K} are to be among them. */
  private static final int WIDTH = 40;

  private static final String CODEC =
      NodeProcess.VECTORS.equals("stand-in") ? "Lucene104" : "KNN1030Codec";
  private static final float[][] VECTORS = ClusteredVectors.clustered(3, COUNT + 1000, DIMENSION);
  private static final float[][] QUERIES = ClusteredVectors.clustered(4, 40, DIMENSION);

  @Test
  public void testIndexAndSnapshotWithoutThePlugin() throws Exception {
    try (NodeProcess node = new NodeProcess(FOLDER.getRoot().toPath().resolve("node"), "node")) {
      node.start();
      VectorIndex index =
          VectorIndex.create(
              node.http(),
              "kept",
              DIMENSION,
              ", \"index.batched_hnsw.enabled\": true, \"number_of_replicas\": 0");
      index.index(VECTORS, 0, COUNT / 2);
      index.refresh();
      index.index(VECTORS, COUNT / 2, COUNT);
      index.forceMerge();
      index.flush();
      List<List<String>> hits = index.nearest(QUERIES, K);
      assertRecordedNames(node);
      node.http()
          .put(
              "_snapshot/files",
              "{\"type\": \"fs\", \"settings\": {\"location\": \"%s\"}}"
                  .formatted(FOLDER.getRoot().toPath().resolve("repository")));
      node.http().put("_snapshot/files/one?wait_for_completion=true", "{\"indices\": \"kept\"}");
      node.stop();

      node.remove(NodeProcess.OURS).start();
      assertEquals(400, node.http().send("GET", "_batched_hnsw/stats", "").status());
      assertEquals(hits, index.nearest(QUERIES, K));
      assertArchived(node, "kept");

      node.http()
          .post(
              "_snapshot/files/one/_restore?wait_for_completion=true",
              "{\"rename_pattern\": \"kept\", \"rename_replacement\": \"restored\"}");
      VectorIndex restored = new VectorIndex(node.http(), "restored");
      assertEquals(hits, restored.nearest(QUERIES, K));
      assertArchived(node, "restored");

      // stock goes on where we stopped
      restored.index(VECTORS, COUNT, COUNT + 1000);
      restored.forceMerge();
      assertEquals(COUNT + 1000, restored.count());
      double recall =
          ClusteredVectors.recall(VECTORS, QUERIES, restored.nearest(QUERIES, WIDTH), K);
      assertTrue("recall=" + recall, recall >= 0.95);

      // the setting is unknown
      Http.Answer refused =
          node.http()
              .send(
                  "PUT",
                  "new",
                  VectorIndex.definition(DIMENSION, 16, ", \"index.batched_hnsw.enabled\": true"));
      assertEquals(400, refused.status());
      assertTrue(
          refused.body(), refused.body().contains("unknown setting [index.batched_hnsw.enabled]"));

      // and can go
      node.http().post("restored/_close", "");
      node.http().put("restored/_settings", "{\"archived.*\": null}");
      node.http().post("restored/_open", "");
      assertFalse(settings(node, "restored").containsKey("archived"));
      node.stop();

      // Installed again, it has to be switched on again.
      node.install(NodeProcess.OURS).start();
      assertArchived(node, "kept");
      node.http().post("kept/_close", "");
      node.http()
          .put("kept/_settings", "{\"archived.*\": null, \"index.batched_hnsw.enabled\": true}");
      node.http().post("kept/_open", "");
      node.http().get("_cluster/health/kept?wait_for_status=green&timeout=60s");
      index.index(VECTORS, COUNT, COUNT + 1000);
      index.forceMerge();
      Map<String, Object> nodes = Http.at(node.http().get("_batched_hnsw/stats"), "nodes");
      int graphs = Http.at(nodes.values().iterator().next(), "graphs");
      assertTrue("graphs=" + graphs, graphs > 0);
      assertEquals(COUNT + 1000, index.count());
    }
  }

  private static Map<String, Object> settings(NodeProcess node, String index) throws Exception {
    return Http.at(node.http().get(index + "/_settings"), index, "settings");
  }

  private static void assertArchived(NodeProcess node, String index) throws Exception {
    assertEquals(
        "true", Http.at(settings(node, index), "archived", "index", "batched_hnsw", "enabled"));
  }

  /**
   * Names are plain bytes in the files: of the codec in segments_N, of the format in the fields.
   */
  private static void assertRecordedNames(NodeProcess node) throws Exception {
    boolean codec = false;
    boolean format = false;
    for (Path file : node.shardFiles()) {
      String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
      assertFalse(file.toString(), bytes.contains("BatchedHnsw"));
      codec |= file.getFileName().toString().startsWith("segments_") && bytes.contains(CODEC);
      format |= bytes.contains("Lucene99HnswVectorsFormat");
    }
    assertTrue(codec);
    assertTrue(format);
  }
}
