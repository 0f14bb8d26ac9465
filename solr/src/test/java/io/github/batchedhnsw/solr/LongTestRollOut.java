// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.solr;

import static io.github.batchedhnsw.solr.CloudChecks.BUILT_BY_US;
import static io.github.batchedhnsw.solr.CloudChecks.CORPUS;
import static io.github.batchedhnsw.solr.CloudChecks.OUR_CLASS;
import static io.github.batchedhnsw.solr.CloudChecks.SWITCHED_ON;
import static io.github.batchedhnsw.solr.CloudChecks.add;
import static io.github.batchedhnsw.solr.CloudChecks.assertAllStock;
import static io.github.batchedhnsw.solr.CloudChecks.assertFindsMost;
import static io.github.batchedhnsw.solr.CloudChecks.awaitDocuments;
import static io.github.batchedhnsw.solr.CloudChecks.count;
import static io.github.batchedhnsw.solr.CloudChecks.optimize;
import static io.github.batchedhnsw.solr.CloudChecks.replicasOn;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.util.List;
import org.junit.Test;

/** From stock Solr to ours and back, node by node, while documents come in. */
public class LongTestRollOut {

  /** The jar and the property arrive on one node after the other, and go again in that order. */
  @Test
  public void testRollOutAndBack() throws Exception {
    List<String> types = List.of("nrt", "tlog");
    try (SolrCluster cluster = new SolrCluster("rollout")) {
      SolrProcess first = cluster.first();
      SolrProcess second = cluster.second();
      first.start();
      second.start();
      cluster.configSet("switch", SolrHome.descriptor("codec-factory-switch.xml"));
      for (String type : types) {
        cluster.create(type, "switch", type);
        add(first, type, 0, 1000);
        awaitDocuments(cluster, type, 1000);
      }

      // With the property and without the jar the replicas of the node fail, and only they.
      first.stop();
      first.start(SWITCHED_ON);
      for (String type : types) {
        cluster.awaitLoss(second, type, first);
        assertEquals(1000, count(second, type));
      }
      assertTrue(first.log(), first.log().contains("Error loading class '" + OUR_CLASS + "'"));
      first.stop();

      first.home().withJar();
      first.start(SWITCHED_ON);
      assertRolled(cluster, types, 1000, 2000);
      assertTrue(first.log().contains(BUILT_BY_US));
      assertFalse(second.log().contains(BUILT_BY_US));

      second.stop();
      second.home().withJar();
      second.start(SWITCHED_ON);
      assertRolled(cluster, types, 2000, Corpus.SIZE);
      assertTrue(second.log().contains(BUILT_BY_US));
      for (String type : types) {
        optimize(first, type);
        assertFindsMost(replicasOn(first), type);
        assertFindsMost(replicasOn(second), type);
      }

      for (SolrProcess node : List.of(first, second)) {
        node.stop();
        node.home().withoutJar();
        node.start();
        assertRolled(cluster, types, 0, 500);
        assertFalse(node.log().contains(BUILT_BY_US));
      }
      for (String type : types) {
        optimize(first, type);
        assertFindsMost(replicasOn(first), type);
        assertFindsMost(replicasOn(second), type);
      }
      assertAllStock(cluster, types);
    }
  }

  /** All replicas come back, take documents, and find what stock finds. */
  private static void assertRolled(SolrCluster cluster, List<String> types, int from, int to)
      throws Exception {
    for (String type : types) {
      cluster.awaitActive(type);
      long before = count(cluster.first(), type);
      add(cluster.first(), type, from, to);
      awaitDocuments(cluster, type, (int) Math.max(before, to));
      for (SolrProcess node : List.of(cluster.first(), cluster.second())) {
        assertEquals("" + from, CORPUS.nearestToDocument(replicasOn(node), type, from));
      }
    }
  }
}
