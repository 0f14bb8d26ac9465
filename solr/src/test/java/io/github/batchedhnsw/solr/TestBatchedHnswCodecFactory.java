// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.solr;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.Test;

/** Whole lives of cores in a real Solr, over HTTP. */
public class TestBatchedHnswCodecFactory {
  private static final Corpus CORPUS = new Corpus();
  private static final List<String> FLOAT_FIELDS =
      List.of("vector", "scalar_vector", "binary_vector");

  /** Indexes in three commits, so that there are segments to merge. */
  private static void index(SolrHttp solr, String core) throws Exception {
    for (int part = 0; part < 3; part++) {
      int from = part * Corpus.SIZE / 3;
      solr.post(core + "/update?commit=true", CORPUS.documents(from, from + Corpus.SIZE / 3));
    }
  }

  private static void optimize(SolrHttp solr, String core) throws Exception {
    solr.get(core + "/update?optimize=true&maxSegments=1");
  }

  private static long count(SolrHttp solr, String core, String query) throws Exception {
    return solr.form(core + "/select", Map.of("q", query, "rows", "0"))
        .get("response")
        .get("numFound")
        .asLong();
  }

  private static Map<String, Double> recall(SolrHttp solr, String core) throws Exception {
    Map<String, Double> recall = new TreeMap<>();
    for (String field : FLOAT_FIELDS) {
      recall.put(field, CORPUS.recall(solr, core, field));
    }
    return recall;
  }

  /** What a single segment finds, compared with one of stock Solr. */
  private static void assertFindsAsMuch(SolrHttp solr, String core, Map<String, Double> stock)
      throws Exception {
    assertEquals(Corpus.SIZE, count(solr, core, "*:*"));
    Map<String, Double> ours = recall(solr, core);
    for (String field : FLOAT_FIELDS) {
      assertTrue(ours + ", stock " + stock, ours.get(field) > stock.get(field) - 0.05);
    }
  }

  @Test
  public void testIndexSearchMergeRestartAndRemove() throws Exception {
    SolrHome home =
        new SolrHome("life")
            .withJar()
            .withCore("demo", SolrHome.descriptor("codec-factory.xml"))
            .withCore("stock", SolrHome.STOCK);
    Map<String, Double> stock;
    List<String> hits;
    try (SolrServer solr = new SolrServer(home.folder())) {
      index(solr, "stock");
      optimize(solr, "stock");
      stock = recall(solr, "stock");
      assertTrue("stock " + stock, stock.get("vector") > 0.9);

      index(solr, "demo");
      assertEquals(3, StockReader.segments(home.index("demo")));
      assertEquals(Corpus.SIZE, count(solr, "demo", "*:*"));

      // Atomic updates write a document anew, with its vectors.
      solr.post(
          "demo/update?commit=true",
          List.of(Map.of("id", "7", "title", Map.of("set", "seven")), Map.of("id", "8")));
      assertEquals(1, count(solr, "demo", "title:seven"));
      assertEquals("7", CORPUS.nearestToDocument(solr, "demo", 7));
      assertTrue(!CORPUS.nearestToDocument(solr, "demo", 8).equals("8"));
      solr.post("demo/update?commit=true", CORPUS.documents(8, 9));
      assertEquals("8", CORPUS.nearestToDocument(solr, "demo", 8));
      solr.post("demo/update?commit=true", Map.of("delete", List.of("9")));
      assertTrue(!CORPUS.nearestToDocument(solr, "demo", 9).equals("9"));
      solr.post("demo/update?commit=true", CORPUS.documents(9, 10));

      optimize(solr, "demo");
      assertEquals(1, StockReader.segments(home.index("demo")));
      assertFindsAsMuch(solr, "demo", stock);
      hits = CORPUS.hits(solr, "demo");
      assertEquals(4 * 25 * 10, hits.size());
    }
    try (SolrServer solr = new SolrServer(home.folder())) {
      assertEquals("after a restart", hits, CORPUS.hits(solr, "demo"));
    }
    StockReader.check(home.index("demo"));
    assertEquals(12, StockReader.maxConn(home.index("demo"), "vector"));
    for (String field : new String[] {"byte_vector", "scalar_vector", "binary_vector"}) {
      assertEquals(field, 16, StockReader.maxConn(home.index("demo"), field));
    }

    // Our jar and the line are gone; then Solr writes by itself, and then we again.
    home.withoutJar().withCore("demo", SolrHome.STOCK);
    try (SolrServer solr = new SolrServer(home.folder())) {
      assertEquals("with stock Solr", hits, CORPUS.hits(solr, "demo"));
      solr.post("demo/update?commit=true", CORPUS.documents(0, 1000));
      optimize(solr, "demo");
      assertFindsAsMuch(solr, "demo", stock);
    }
    home.withJar().withCore("demo", SolrHome.descriptor("codec-factory.xml"));
    try (SolrServer solr = new SolrServer(home.folder())) {
      solr.post("demo/update?commit=true", CORPUS.documents(1000, 2000));
      optimize(solr, "demo");
      assertFindsAsMuch(solr, "demo", stock);
    }
    StockReader.check(home.index("demo"));
  }

  /** A follower with stock Solr fetches the index of a leader with ours; and a copy by hand. */
  @Test
  public void testReplicas() throws Exception {
    SolrHome leaderHome =
        new SolrHome("leader")
            .withJar()
            .withCore("demo", SolrHome.descriptor("codec-factory-options.xml"));
    SolrHome followerHome = new SolrHome("follower").withCore("demo", SolrHome.STOCK);
    List<String> hits;
    try (SolrServer leader = new SolrServer(leaderHome.folder());
        SolrServer follower = new SolrServer(followerHome.folder())) {
      index(leader, "demo");
      hits = CORPUS.hits(leader, "demo");
      JsonNode answer =
          follower.get(
              "demo/replication?command=fetchindex&wait=true&leaderUrl=" + leader.url() + "/demo");
      assertEquals(answer.toString(), "OK", answer.get("status").asText());
      assertEquals(Corpus.SIZE, count(follower, "demo", "*:*"));
      assertEquals(hits, CORPUS.hits(follower, "demo"));
    }
    SolrHome copyHome =
        new SolrHome("copy").withCore("demo", SolrHome.STOCK).withIndexOf(leaderHome, "demo");
    try (SolrServer copy = new SolrServer(copyHome.folder())) {
      assertEquals(hits, CORPUS.hits(copy, "demo"));
    }
  }

  /** Beyond Lucene's limit of 1024 dimensions, as with stock Solr. */
  @Test
  public void testManyDimensions() throws Exception {
    SolrHome home =
        new SolrHome("dimensions")
            .withJar()
            .withCore("demo", SolrHome.descriptor("codec-factory.xml"));
    try (SolrServer solr = new SolrServer(home.folder())) {
      float[][] vectors = new float[40][1536];
      for (int id = 0; id < vectors.length; id++) {
        Arrays.fill(vectors[id], id);
        solr.post(
            "demo/update?commit=" + (id % 20 == 19),
            List.of(Map.of("id", "" + id, "long_vector", vectors[id])));
      }
      optimize(solr, "demo");
      JsonNode docs =
          solr.form(
                  "demo/select",
                  Map.of("q", "{!knn f=long_vector topK=5}" + Arrays.toString(vectors[33])))
              .get("response")
              .get("docs");
      assertEquals("33", docs.get(0).get("id").asText());
    }
    StockReader.check(home.index("demo"));
  }

  /** Sum over all series of a metric that have an attribute. */
  static double metric(SolrHttp solr, String name, String attribute) throws Exception {
    return solr.text("admin/metrics?wt=prometheus")
        .lines()
        .filter(line -> line.startsWith(name + "{") && line.contains(attribute))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** The budget of the descriptor; nothing is being built. */
  private static void assertMemory(SolrHttp solr) throws Exception {
    assertEquals(512 << 20, metric(solr, "solr_core_batched_hnsw_memory_budget_bytes", "demo"), 0);
    String all = solr.text("admin/metrics?wt=prometheus");
    assertTrue(
        all,
        all.lines()
            .anyMatch(line -> line.matches("solr_core_batched_hnsw_reserved_memory_bytes.* 0.0")));
    assertEquals(0, metric(solr, "solr_core_batched_hnsw_memory_budget_bytes", "stock"), 0);
  }

  @Test
  public void testMetrics() throws Exception {
    SolrHome home =
        new SolrHome("metrics")
            .withJar()
            .withCore("demo", SolrHome.descriptor("codec-factory-options.xml"))
            .withCore("stock", SolrHome.STOCK);
    try (SolrServer solr = new SolrServer(home.folder())) {
      index(solr, "stock");
      index(solr, "demo");
      optimize(solr, "demo");
      for (String field : List.of("vector", "byte_vector", "scalar_vector", "binary_vector")) {
        String attribute = "field=\"" + field + "\"";
        assertEquals(4, metric(solr, "solr_core_batched_hnsw_graphs_total", attribute), 0);
        assertEquals(
            2 * Corpus.SIZE, metric(solr, "solr_core_batched_hnsw_vectors_total", attribute), 0);
        double mean = metric(solr, "solr_core_batched_hnsw_estimated_recall", attribute);
        double lowest = metric(solr, "solr_core_batched_hnsw_estimated_recall_lowest", attribute);
        assertTrue(field + " " + lowest + " " + mean, 0.5 < lowest && lowest <= mean && mean <= 1);
      }
      assertTrue(metric(solr, "solr_core_batched_hnsw_build_seconds_total", "demo") > 0);
      assertEquals(0, metric(solr, "solr_core_batched_hnsw_failures_total", "demo"), 0);
      assertEquals(0, metric(solr, "solr_core_batched_hnsw_graphs_total", "stock"), 0);

      assertMemory(solr);

      solr.get("admin/cores?action=RELOAD&core=demo");
      assertMemory(solr);
      solr.post("demo/update?commit=true", CORPUS.documents(0, 1000));
      assertTrue(
          "goes on after a reload",
          metric(solr, "solr_core_batched_hnsw_graphs_total", "field=\"vector\"") > 4);
    }
  }
}
