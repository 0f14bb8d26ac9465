// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import io.github.batchedhnsw.hosts.Host;
import io.github.batchedhnsw.hosts.HostMeasurement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.BeforeClass;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * Ours against stock on one node, over HTTP. No test, so not run by default:
 *
 * <pre>mvn -f opensearch/pom.xml verify -Dtest=MeasureNode</pre>
 */
public class MeasureNode {
  private static final String OURS = "ours";
  private static final String NO_SMALL = "ours, 2000 at flush";
  private static final Map<String, String> SETTINGS =
      Map.of(
          Host.STOCK,
          "",
          OURS,
          ", \"index.batched_hnsw.enabled\": true",
          NO_SMALL,
          ", \"index.batched_hnsw.enabled\": true,"
              + " \"index.batched_hnsw.min_flush_graph_size\": 2000");

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @BeforeClass
  public static void needsVectors() {
    HostMeasurement.assumeVectors();
  }

  private NodeProcess start() throws Exception {
    return new NodeProcess(folder.getRoot().toPath().resolve("node"), "node")
        .jvmOption(NodeProcess.BOTH_COMPILERS)
        .jvmOption("-Xms2g")
        .jvmOption("-Xmx2g")
        .start();
  }

  @Test
  public void forceMerge() throws Exception {
    try (NodeProcess node = start()) {
      new HostMeasurement(new Indexes(node, node.http())).forceMerge();
    }
  }

  @Test
  public void latencies() throws Exception {
    try (NodeProcess node = start()) {
      new HostMeasurement(new Indexes(node, node.http())).latencies();
    }
  }

  /** An index for each variant. */
  private record Indexes(NodeProcess node, Http http) implements Host {
    @Override
    public String description() {
      return "OpenSearch %s, %s, 2 GB of heap, Java %s"
          .formatted(
              NodeProcess.OPENSEARCH, NodeProcess.VECTORS, System.getProperty("java.version"));
    }

    /** Lucene 10.3, which 3.5.0 has, gives every flushed segment a graph. */
    @Override
    public List<String> variants() {
      return NodeProcess.OPENSEARCH.equals("3.5.0")
          ? List.of(STOCK, OURS)
          : List.of(STOCK, OURS, NO_SMALL);
    }

    private VectorIndex index(String variant) {
      return new VectorIndex(http, "index-" + variants().indexOf(variant));
    }

    @Override
    public void create(String variant, boolean keepsSegments) throws Exception {
      VectorIndex.create(
          http,
          index(variant).name(),
          384,
          ", \"number_of_replicas\": 0, \"index.translog.flush_threshold_size\": \"4gb\""
              + (keepsSegments ? ", \"index.merge.policy.segments_per_tier\": 50" : "")
              + SETTINGS.get(variant));
    }

    @Override
    public Callable<?> indexing(String variant, float[][] vectors, int from, int to) {
      return index(variant).indexing(vectors, from, to);
    }

    @Override
    public Callable<?> refreshing(String variant) {
      return () -> http.post(index(variant).name() + "/_refresh", "");
    }

    @Override
    public void forceMerge(String variant) throws Exception {
      index(variant).forceMerge();
    }

    @Override
    public Callable<List<String>> searching(String variant, float[] query, int k) {
      return index(variant).searching(query, k);
    }

    @Override
    public int count(String variant) throws Exception {
      return index(variant).count();
    }

    @Override
    public double cpuSeconds() {
      return node.cpuSeconds();
    }

    @Override
    public double buildSeconds() throws Exception {
      Map<String, Object> nodes = Http.at(http.get("_batched_hnsw/stats"), "nodes");
      return Http.at(nodes.values().iterator().next(), "build_seconds");
    }

    @Override
    public void drop(String variant) throws Exception {
      http.send("DELETE", index(variant).name(), "");
    }
  }
}
