// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.solr;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What tests do with collections, and what must be so. */
final class CloudChecks {
  static final Corpus CORPUS = new Corpus();
  static final String OUR_CLASS = "io.github.batchedhnsw.solr.BatchedHnswCodecFactory";
  static final String SWITCHED_ON = "solr.codecFactory=" + OUR_CLASS;
  static final String BUILT_BY_US = "HNSW graphs are built by Batched HNSW";
  static final int SECONDS = 60;

  private CloudChecks() {}

  /** A node's view that asks the replicas on that node only. */
  static SolrHttp replicasOn(SolrProcess node) {
    return node.with("shards.preference", "replica.location:local");
  }

  static void add(SolrHttp solr, String collection, int from, int to) throws Exception {
    solr.post(collection + "/update?commit=true", CORPUS.documents(from, to));
  }

  static void optimize(SolrHttp solr, String collection) throws Exception {
    solr.get(collection + "/update?optimize=true&maxSegments=1");
  }

  static long count(SolrHttp solr, String collection) throws Exception {
    return solr.form(collection + "/select", Map.of("q", "*:*", "rows", "0"))
        .get("response")
        .get("numFound")
        .asLong();
  }

  /** Waits until the replicas on both nodes have all documents. */
  static void awaitDocuments(SolrCluster cluster, String collection, int documents)
      throws Exception {
    for (SolrProcess node : List.of(cluster.first(), cluster.second())) {
      Wait.until(SECONDS, () -> count(replicasOn(node), collection) == documents);
    }
  }

  static void assertFindsMost(SolrHttp solr, String collection) throws Exception {
    double recall = CORPUS.recall(solr, collection, "vector");
    assertTrue(collection + " " + recall, recall > 0.9);
  }

  /** Stops both nodes; all that is on their disks is an index of stock's. */
  static void assertAllStock(SolrCluster cluster, List<String> collections) throws Exception {
    List<SolrCluster.Replica> replicas = cluster.replicas(cluster.first(), collections);
    for (SolrProcess node : List.of(cluster.first(), cluster.second())) {
      node.stop();
      for (SolrCluster.Replica replica : replicas) {
        if (replica.node().equals(node.nodeName())) {
          Path index = node.home().index(replica.core());
          StockReader.check(index);
          assertEquals(12, StockReader.maxConn(index, "vector"));
        }
      }
    }
  }
}
