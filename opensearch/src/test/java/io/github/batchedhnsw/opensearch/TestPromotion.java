// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** A node with the primary is killed, and a replica that has copied its segments takes over. */
public class TestPromotion {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static final int DIMENSION = 32;
  private static final int COUNT = 3000;
  private static final int K = 10;

  /** So many are asked for where the nearest {@code K} are to be among them. */
  private static final int WIDTH = 40;

  private static final float[][] VECTORS = ClusteredVectors.clustered(12, COUNT, DIMENSION);
  private static final float[][] QUERIES = ClusteredVectors.clustered(13, 20, DIMENSION);

  @Test
  public void testSegmentReplication() throws Exception {
    promote(NodeProcess.cluster(FOLDER.getRoot().toPath().resolve("segments")));
  }

  /** The second node has the primary first, because the first one alone may form a cluster. */
  static void promote(List<NodeProcess> nodes) throws Exception {
    try (NodeProcess survivor = nodes.get(0);
        NodeProcess victim = nodes.get(1)) {
      survivor.start();
      victim.start();
      Http http = survivor.http();
      http.get("_cluster/health?wait_for_nodes=2&timeout=60s");
      VectorIndex index =
          VectorIndex.create(
              http,
              "promoted",
              DIMENSION,
              ", \"index.batched_hnsw.enabled\": true, \"number_of_replicas\": 0,"
                  + " \"index.replication.type\": \"SEGMENT\","
                  + " \"index.unassigned.node_left.delayed_timeout\": \"0\","
                  + " \"index.routing.allocation.require._name\": \"node-2\"");
      http.put(
          "promoted/_settings",
          "{\"index.routing.allocation.require._name\": null, \"index.number_of_replicas\": 1}");
      http.get("_cluster/health/promoted?wait_for_status=green&timeout=60s");
      index.index(VECTORS, 0, COUNT / 2);
      index.refresh();
      index.index(VECTORS, COUNT / 2, COUNT - 100);
      index.forceMerge();
      index.flush();
      VectorIndex replica = new VectorIndex(http, index.name(), "_replica");
      List<List<String>> hits = new VectorIndex(http, index.name(), "_primary").nearest(QUERIES, K);
      for (int i = 0; i < 300 && !replica.nearest(QUERIES, K).equals(hits); i++) {
        Thread.sleep(100);
      }
      assertEquals(hits, replica.nearest(QUERIES, K));
      assertEquals("the replica builds nothing", 0, graphs(survivor));
      assertTrue("graphs of the primary", graphs(victim) > 0);
      // acknowledged, in the translog only
      index.index(VECTORS, COUNT - 100, COUNT);

      victim.kill();
      for (int i = 0; i < 600 && !primaryOn(http, "node-1"); i++) {
        Thread.sleep(100);
      }
      assertTrue("promoted", primaryOn(http, "node-1"));
      VectorIndex primary = new VectorIndex(http, index.name(), "_primary");
      primary.refresh();
      assertEquals(COUNT, primary.count());
      primary.index(VECTORS, 0, 500);
      primary.forceMerge();
      assertEquals(COUNT, primary.count());
      assertTrue("it builds now", graphs(survivor) > 0);
      double recall = ClusteredVectors.recall(VECTORS, QUERIES, primary.nearest(QUERIES, WIDTH), K);
      assertTrue("recall=" + recall, recall >= 0.95);

      victim.start();
      http.get("_cluster/health/promoted?wait_for_status=green&timeout=120s");
      hits = primary.nearest(QUERIES, K);
      for (int i = 0; i < 300 && !replica.nearest(QUERIES, K).equals(hits); i++) {
        Thread.sleep(100);
      }
      assertEquals("the node that came back", hits, replica.nearest(QUERIES, K));
    }
  }

  private static boolean primaryOn(Http http, String node) throws Exception {
    Http.Answer answer = http.send("GET", "_cat/shards/promoted?h=prirep,state,node", "");
    return answer.status() == 200
        && answer.body().lines().anyMatch(line -> line.matches("p +STARTED +" + node + " *"));
  }

  private static int graphs(NodeProcess node) throws Exception {
    Map<String, Object> nodes = Http.at(node.http().get("_batched_hnsw/_local/stats"), "nodes");
    return Http.at(nodes.values().iterator().next(), "graphs");
  }
}
