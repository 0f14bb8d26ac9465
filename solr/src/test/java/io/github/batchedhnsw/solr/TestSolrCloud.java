// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.solr;

import static io.github.batchedhnsw.solr.CloudChecks.BUILT_BY_US;
import static io.github.batchedhnsw.solr.CloudChecks.CORPUS;
import static io.github.batchedhnsw.solr.CloudChecks.SECONDS;
import static io.github.batchedhnsw.solr.CloudChecks.SWITCHED_ON;
import static io.github.batchedhnsw.solr.CloudChecks.add;
import static io.github.batchedhnsw.solr.CloudChecks.assertAllStock;
import static io.github.batchedhnsw.solr.CloudChecks.assertFindsMost;
import static io.github.batchedhnsw.solr.CloudChecks.awaitDocuments;
import static io.github.batchedhnsw.solr.CloudChecks.count;
import static io.github.batchedhnsw.solr.CloudChecks.optimize;
import static io.github.batchedhnsw.solr.CloudChecks.replicasOn;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.Test;

/** Collections of two shards with two replicas each, on two nodes that are processes. */
public class TestSolrCloud {

  /**
   * Replicas that copy segments and build graphs once they lead; {@link LongTestReplicaTypes} has
   * the others.
   */
  @Test
  public void testKillAndRecover() throws Exception {
    killAndRecover(List.of("tlog"));
  }

  /** Either node is killed in turn, while the other one goes on. */
  static void killAndRecover(List<String> types) throws Exception {
    Map<String, List<String>> hits = new HashMap<>();
    try (SolrCluster cluster = new SolrCluster("cloud")) {
      SolrProcess first = cluster.first();
      SolrProcess second = cluster.second();
      first.home().withJar();
      second.home().withJar();
      first.start(SWITCHED_ON);
      second.start(SWITCHED_ON);
      cluster.configSet("switch", SolrHome.descriptor("codec-factory-switch.xml"));
      for (String type : types) {
        cluster.create(type, "switch", type);
        for (int from = 0; from < Corpus.SIZE; from += Corpus.SIZE / 3) {
          add(first, type, from, from + Corpus.SIZE / 3);
        }
        optimize(first, type);
        awaitDocuments(cluster, type, Corpus.SIZE);
        assertFindsMost(replicasOn(first), type);
        assertFindsMost(replicasOn(second), type);
        hits.put(type, CORPUS.hits(replicasOn(first), type));
        assertSecondLikeFirst(cluster, type, hits.get(type));
      }
      assertTrue(first.log().contains(BUILT_BY_US));
      assertTrue(second.log().contains(BUILT_BY_US));

      second.kill();
      for (String type : types) {
        cluster.awaitLoss(first, type, second);
        assertEquals(type, hits.get(type), CORPUS.hits(first, type));
        List<String> ids = IntStream.range(0, 500).mapToObj(id -> "" + id).toList();
        first.post(type + "/update?commit=true", Map.of("delete", ids));
        assertEquals(Corpus.SIZE - 500, count(first, type));
        add(first, type, 0, 500);
        optimize(first, type);
        hits.put(type, CORPUS.hits(first, type));
      }
      second.start(SWITCHED_ON);
      for (String type : types) {
        cluster.awaitActive(type);
        awaitDocuments(cluster, type, Corpus.SIZE);
        assertSecondLikeFirst(cluster, type, hits.get(type));
      }

      first.kill();
      for (String type : types) {
        cluster.awaitLoss(second, type, first);
        assertSecondLikeFirst(cluster, type, hits.get(type));
        if (!type.equals("pull")) {
          cluster.awaitLeaders(second, type);
          add(second, type, 0, 10);
          assertEquals(Corpus.SIZE, count(second, type));
        }
      }
      first.start(SWITCHED_ON);
      for (String type : types) {
        cluster.awaitActive(type);
        awaitDocuments(cluster, type, Corpus.SIZE);
        assertFindsMost(replicasOn(first), type);
        assertFindsMost(replicasOn(second), type);
      }
      assertAllStock(cluster, types);
    }
  }

  /** Replicas of type {@code nrt} build graphs of their own, others have those of the leaders. */
  private static void assertSecondLikeFirst(SolrCluster cluster, String type, List<String> hits)
      throws Exception {
    SolrHttp second = replicasOn(cluster.second());
    if (type.equals("nrt")) {
      assertFindsMost(second, type);
    } else {
      Wait.until(SECONDS, () -> CORPUS.hits(second, type).equals(hits));
    }
  }
}
