// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.lucene.util.Version;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Indexing, searching, statistics and settings on one node. */
public class TestOneNode {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static final int DIMENSION = 32;
  private static final int COUNT = 3000;
  private static final int K = 10;

  /** So many are asked for where the nearest {@code K} are to be among them. */
  private static final int WIDTH = 40;

  private static final String ENABLED = ", \"index.batched_hnsw.enabled\": true";
  private static final float[][] VECTORS = ClusteredVectors.clustered(1, COUNT, DIMENSION);
  private static final float[][] QUERIES = ClusteredVectors.clustered(2, 40, DIMENSION);

  private static NodeProcess node;
  private static Http http;

  @BeforeClass
  public static void start() throws Exception {
    node =
        new NodeProcess(FOLDER.getRoot().toPath().resolve("node"), "node")
            .jvmOption(NodeProcess.BOTH_COMPILERS);
    node.documentedSettings().start();
    http = node.http();
  }

  @AfterClass
  public static void stop() throws Exception {
    node.close();
  }

  private static Map<String, Object> stats() throws Exception {
    Map<String, Object> nodes = Http.at(http.get("_batched_hnsw/stats"), "nodes");
    assertEquals(1, nodes.size());
    return Http.at(nodes.values().iterator().next());
  }

  private static int graphs() throws Exception {
    return Http.at(stats(), "graphs");
  }

  /** Two segments by refresh, then one by force merge; the same in an index of stock's. */
  @Test
  public void testSearchesFindWhatStockFinds() throws Exception {
    VectorIndex ours = VectorIndex.create(http, "ours", DIMENSION, ENABLED);
    VectorIndex stock = VectorIndex.create(http, "stock", DIMENSION, "");
    for (VectorIndex index : List.of(ours, stock)) {
      int before = graphs();
      index.index(VECTORS, 0, COUNT / 2);
      index.refresh();
      index.index(VECTORS, COUNT / 2, COUNT);
      index.refresh();
      double segments = ClusteredVectors.recall(VECTORS, QUERIES, index.nearest(QUERIES, WIDTH), K);
      assertTrue(index.name() + ": recall=" + segments, segments >= 0.95);
      index.forceMerge();
      double merged = ClusteredVectors.recall(VECTORS, QUERIES, index.nearest(QUERIES, WIDTH), K);
      assertTrue(index.name() + ": recall=" + merged, merged >= 0.95);
      assertEquals(COUNT, index.count());
      assertEquals(index == ours ? 3 : 0, graphs() - before);
    }
  }

  @Test
  public void testStatistics() throws Exception {
    Map<String, Object> before = stats();
    VectorIndex index = VectorIndex.create(http, "counted", DIMENSION, ENABLED);
    index.index(VECTORS, 0, 1500);
    index.refresh();
    Map<String, Object> after = stats();
    assertEquals(Http.<Integer>at(before, "graphs") + 1, (int) Http.<Integer>at(after, "graphs"));
    assertEquals(
        Http.<Integer>at(before, "vectors") + 1500, (int) Http.<Integer>at(after, "vectors"));
    assertTrue(Http.<Double>at(after, "build_seconds") > Http.<Double>at(before, "build_seconds"));
    int byPlan =
        Http.<Map<String, Integer>>at(after, "plans").values().stream().mapToInt(i -> i).sum();
    assertEquals((int) Http.<Integer>at(after, "graphs"), byPlan);
    assertEquals(
        "30 % of 512 MB", 161061273, (int) Http.<Integer>at(after, "memory_budget_in_bytes"));
    assertEquals(0, (int) Http.<Integer>at(after, "reserved_memory_in_bytes"));
    assertEquals(0, (int) Http.<Integer>at(after, "failed"));
    assertEquals(List.of(), Http.at(after, "last_failures"));
    assertEquals("node", Http.at(after, "name"));
    assertEquals(
        1, (int) Http.<Integer>at(http.get("_batched_hnsw/_local/stats"), "_nodes", "total"));
  }

  /** Small segments are searched without a graph; not by the Lucene of OpenSearch 3.5. */
  @Test
  public void testMinFlushGraphSize() throws Exception {
    String least = ", \"index.batched_hnsw.min_flush_graph_size\": 2000";
    VectorIndex index = VectorIndex.create(http, "small", DIMENSION, ENABLED + least);
    int before = graphs();
    index.index(VECTORS, 0, 1999);
    index.refresh();
    assertEquals(Version.LATEST.onOrAfter(Version.fromBits(10, 4, 0)) ? 0 : 1, graphs() - before);
    index.index(VECTORS, 1999, COUNT);
    index.refresh();
    double recall = ClusteredVectors.recall(VECTORS, QUERIES, index.nearest(QUERIES, WIDTH), K);
    assertTrue("recall=" + recall, recall >= 0.95);
    int flushed = graphs();
    index.forceMerge();
    assertEquals(1, graphs() - flushed);
  }

  /** The setting is fixed while an index is open, and can change while it is closed. */
  @Test
  public void testSwitchedOnAndOff() throws Exception {
    VectorIndex index = VectorIndex.create(http, "switched", DIMENSION, "");
    String on = "{\"index.batched_hnsw.enabled\": true}";
    Http.Answer refused = http.send("PUT", "switched/_settings", on);
    assertEquals(400, refused.status());
    assertTrue(refused.body(), refused.body().contains("non dynamic settings"));
    assertTrue(refused.body(), refused.body().contains("index.batched_hnsw.enabled"));

    http.post("switched/_close", "");
    http.put("switched/_settings", on);
    http.post("switched/_open", "");
    http.get("_cluster/health/switched?wait_for_status=yellow");
    int before = graphs();
    index.index(VECTORS, 0, 1000);
    index.refresh();
    assertEquals(1, graphs() - before);

    http.post("switched/_close", "");
    http.put("switched/_settings", "{\"index.batched_hnsw.enabled\": null}");
    http.post("switched/_open", "");
    http.get("_cluster/health/switched?wait_for_status=yellow");
    index.index(VECTORS, 1000, 2000);
    index.refresh();
    index.forceMerge();
    assertEquals(1, graphs() - before);
    assertEquals(2000, index.count());
  }

  /** The request that users copy. */
  @Test
  public void testDocumentedIndex() throws Exception {
    http.put("documented", Files.readString(NodeProcess.descriptor("index.json")));
    VectorIndex index = new VectorIndex(http, "documented");
    int before = graphs();
    float[][] vectors = ClusteredVectors.clustered(9, 2000, 3);
    index.index(vectors, 0, 2000);
    index.forceMerge();
    assertTrue(graphs() > before);
    assertEquals("7", index.nearest(vectors[7], K).get(0));
  }

  @Test
  public void testDeletesAndUpdates() throws Exception {
    VectorIndex index = VectorIndex.create(http, "updated", DIMENSION, ENABLED);
    index.index(VECTORS, 0, 2000);
    index.refresh();
    index.index(VECTORS, 500, 1500);
    StringBuilder deletes = new StringBuilder();
    for (int id = 0; id < 500; id++) {
      deletes.append("{\"delete\":{\"_id\":\"").append(id).append("\"}}\n");
    }
    http.post("updated/_bulk?refresh=true", deletes.toString());
    index.forceMerge();
    assertEquals(1500, index.count());
    for (int id = 500; id < 2000; id += 50) {
      assertEquals(Integer.toString(id), index.nearest(VECTORS[id], K).get(0));
    }
    for (String id : index.nearest(VECTORS[0], K)) {
      assertTrue("deleted: " + id, Integer.parseInt(id) >= 500);
    }
  }

  /** OpenSearch allows one engine factory; what an operator sees where there are two. */
  @Test
  public void testAnotherEngineFactory() throws Exception {
    Assume.standIn();
    Http.Answer refused =
        http.send(
            "PUT",
            "conflict",
            VectorIndex.definition(DIMENSION, 16, ENABLED + ", \"index.other_engine\": true"));
    assertEquals(500, refused.status());
    assertTrue(
        refused.body(),
        refused.body().contains("multiple engine factories provided for [conflict"));
    assertTrue(refused.body(), refused.body().contains(BatchedHnswEngineFactory.class.getName()));
    assertEquals(404, http.send("GET", "conflict", "").status());
    // each of them alone is fine
    VectorIndex other =
        VectorIndex.create(http, "other", DIMENSION, ", \"index.other_engine\": true");
    other.index(VECTORS, 0, 10);
  }

  /** k-NN's scalar quantization: whoever builds the graph, searches find the same. */
  @Test
  public void testQuantizedField() throws Exception {
    Assume.knn();
    http.put(
        "quantized",
        VectorIndex.definition(DIMENSION, 16, ENABLED)
            .replace("\"m\": 16", "\"encoder\": {\"name\": \"sq\"}, \"m\": 16"));
    VectorIndex index = new VectorIndex(http, "quantized");
    int before = graphs();
    index.index(VECTORS, 0, COUNT);
    index.forceMerge();
    double recall = ClusteredVectors.recall(VECTORS, QUERIES, index.nearest(QUERIES, WIDTH), K);
    assertTrue("recall=" + recall, recall >= 0.9);
    assertTrue("graphs by us: " + (graphs() - before), graphs() > before);
  }

  /** The properties of an index with several fields. */
  private static String fields(String settings, String... fields) {
    String definition = VectorIndex.definition(DIMENSION, 16, settings);
    String first = definition.substring(definition.indexOf("{\"vec\""));
    String field = first.substring(first.indexOf(':') + 1, first.lastIndexOf("}}"));
    StringBuilder all = new StringBuilder();
    for (String name : fields) {
      all.append(all.isEmpty() ? "{" : ",").append("\"" + name + "\":").append(field.strip());
    }
    return definition.replace(first, all + "}}}");
  }

  private static void index(String index, String... fields) throws Exception {
    StringBuilder bulk = new StringBuilder();
    for (int id = 0; id < 50; id++) {
      bulk.append("{\"index\":{\"_id\":\"").append(id).append("\"}}\n");
      for (int i = 0; i < fields.length; i++) {
        bulk.append(i == 0 ? "{" : ",").append("\"" + fields[i] + "\":");
        bulk.append(Arrays.toString(VECTORS[id]));
      }
      bulk.append("}\n");
    }
    assertEquals(false, http.post(index + "/_bulk", bulk.toString()).get("errors"));
    http.post(index + "/_flush?force=true", "");
  }

  /** Fields with the same parameters share one set of files; k-NN gives each one of its own. */
  @Test
  public void testFieldsShareFiles() throws Exception {
    String[] fields = IntStream.range(0, 12).mapToObj(i -> "vec" + i).toArray(String[]::new);
    long[] added = new long[2];
    for (int i = 0; i < 2; i++) {
      long before = graphFiles().size();
      String settings = ", \"number_of_replicas\": 0, \"index.use_compound_file\": false";
      http.put("files" + i, fields(i == 0 ? settings : settings + ENABLED, fields));
      index("files" + i, fields);
      added[i] = graphFiles().size() - before;
    }
    assertEquals("stock", 12, added[0]);
    assertEquals("ours", 1, added[1]);
  }

  @Test
  public void testWhatIsNotReplacedIsTold() throws Exception {
    Assume.standIn();
    http.put("mixed", fields(ENABLED, "vec", "flat"));
    index("mixed", "vec", "flat");
    index("mixed", "flat");
    String format = "Lucene104ScalarQuantizedVectorsFormat";
    assertEquals(Map.of("mixed/flat", format), Http.at(stats(), "not_replaced"));
    assertEquals(1, node.log().split("field \\[flat] of index \\[mixed]", -1).length - 1);
    http.post("mixed/_close", "");
    http.post("mixed/_open", "");
    http.get("_cluster/health/mixed?wait_for_status=yellow");
    index("mixed", "flat");
    assertEquals(1, node.log().split("field \\[flat] of index \\[mixed]", -1).length - 1);
  }

  /** k-NN's binary vectors have a format of its own, and are left to it. */
  @Test
  public void testBinaryFieldIsNotReplaced() throws Exception {
    Assume.knn();
    http.put(
        "binary",
        VectorIndex.definition(DIMENSION, 16, ENABLED)
            .replace("\"l2\"", "\"hamming\"")
            .replace("\"knn_vector\"", "\"knn_vector\", \"data_type\": \"binary\""));
    int before = graphs();
    http.post("binary/_doc/1?refresh=true", "{\"vec\": [1, 2, 3, 4]}");
    assertEquals(before, graphs());
    Map<String, String> notReplaced = Http.at(stats(), "not_replaced");
    assertEquals("KNN990HnswBinaryVectorsFormat", notReplaced.get("binary/vec"));
  }

  /** The codec's parameters are those of the field: m decides how large a graph is. */
  @Test
  public void testParametersOfTheField() throws Exception {
    Assume.knn();
    long[] bytes = new long[2];
    for (int i = 0; i < 2; i++) {
      long before = graphFileBytes();
      String name = "m" + i;
      http.put(
          name,
          VectorIndex.definition(
              DIMENSION, i == 0 ? 4 : 32, ENABLED + ", \"index.use_compound_file\": false"));
      VectorIndex index = new VectorIndex(http, name);
      index.index(VECTORS, 0, COUNT);
      index.flush();
      bytes[i] = graphFileBytes() - before;
    }
    assertTrue(bytes[0] + " " + bytes[1], bytes[1] > 1.3 * bytes[0]);
  }

  private static List<Path> graphFiles() throws IOException {
    return node.shardFiles().stream().filter(file -> file.toString().endsWith(".vex")).toList();
  }

  private static long graphFileBytes() throws IOException {
    long bytes = 0;
    for (Path file : graphFiles()) {
      bytes += Files.size(file);
    }
    return bytes;
  }
}
