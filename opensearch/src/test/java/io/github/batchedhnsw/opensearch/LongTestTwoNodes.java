// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** A primary and its replica, by documents and by segments. */
public class LongTestTwoNodes {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static final int DIMENSION = 32;
  private static final int COUNT = 2000;
  private static final int K = 10;

  /** So many are asked for where the nearest {@code K} are to be among them. */
  private static final int WIDTH = 40;

  private static final float[][] VECTORS = ClusteredVectors.clustered(5, COUNT, DIMENSION);
  private static final float[][] QUERIES = ClusteredVectors.clustered(6, 20, DIMENSION);

  @Test
  public void testReplication() throws Exception {
    List<NodeProcess> nodes = NodeProcess.cluster(FOLDER.getRoot().toPath());
    try (NodeProcess first = nodes.get(0);
        NodeProcess second = nodes.get(1)) {
      first.start();
      second.start();
      Http http = first.http();
      http.get("_cluster/health?wait_for_nodes=2&timeout=60s");
      for (String replication : List.of("DOCUMENT", "SEGMENT")) {
        int before = graphs(http);
        VectorIndex index =
            VectorIndex.create(
                http,
                replication.toLowerCase(Locale.ROOT),
                DIMENSION,
                ", \"index.batched_hnsw.enabled\": true, \"number_of_replicas\": 1,"
                    + " \"index.replication.type\": \""
                    + replication
                    + "\"");
        http.get("_cluster/health/" + index.name() + "?wait_for_status=green&timeout=60s");
        index.index(VECTORS, 0, COUNT);
        index.forceMerge();
        // every copy builds for itself, or the primary for all
        assertEquals(replication.equals("DOCUMENT") ? 2 : 1, graphs(http) - before);
        for (String preference : List.of("_primary", "_replica")) {
          VectorIndex copy = new VectorIndex(http, index.name(), preference);
          awaitAll(copy);
          double recall =
              ClusteredVectors.recall(VECTORS, QUERIES, copy.nearest(QUERIES, WIDTH), K);
          assertTrue(replication + " " + preference + ": recall=" + recall, recall >= 0.95);
        }
        if (replication.equals("SEGMENT")) {
          assertEquals(
              new VectorIndex(http, index.name(), "_primary").nearest(QUERIES, K),
              new VectorIndex(http, index.name(), "_replica").nearest(QUERIES, K));
        }
      }
    }
  }

  private static void awaitAll(VectorIndex copy) throws Exception {
    for (int i = 0; i < 300 && copy.count() < COUNT; i++) {
      Thread.sleep(100);
    }
    assertEquals(COUNT, copy.count());
  }

  private static int graphs(Http http) throws Exception {
    Map<String, Object> stats = http.get("_batched_hnsw/stats");
    assertEquals(2, (int) Http.<Integer>at(stats, "_nodes", "successful"));
    return Http.<Map<String, Object>>at(stats, "nodes").values().stream()
        .mapToInt(node -> Http.<Integer>at(node, "graphs"))
        .sum();
  }
}
