// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.solr;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.batchedhnsw.hosts.Host;
import io.github.batchedhnsw.hosts.HostMeasurement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.BeforeClass;
import org.junit.Test;

/**
 * Ours against stock on one node, over HTTP. No test, so not run by default:
 *
 * <pre>mvn -f solr/pom.xml verify -Dtest=MeasureNode</pre>
 */
public class MeasureNode {
  private static final String OURS = "ours";
  private static final String KEEPS_SEGMENTS = "test.segmentsPerTier=50";

  @BeforeClass
  public static void needsVectors() {
    HostMeasurement.assumeVectors();
  }

  private static SolrProcess start(String... coreProperties) throws Exception {
    SolrHome home =
        new SolrHome("measured")
            .withJar()
            .withCore(Host.STOCK, SolrHome.STOCK, coreProperties)
            .withCore(OURS, SolrHome.descriptor("codec-factory.xml"), coreProperties);
    return new SolrProcess(home).withOption("-Xmx2g").start();
  }

  @Test
  public void forceMerge() throws Exception {
    try (SolrProcess node = start(KEEPS_SEGMENTS)) {
      new HostMeasurement(new Cores(node)).forceMerge();
    }
  }

  @Test
  public void latencies() throws Exception {
    try (SolrProcess node = start()) {
      new HostMeasurement(new Cores(node)).latencies();
    }
  }

  /** A core for each variant, which is emptied. */
  private record Cores(SolrProcess solr) implements Host {
    @Override
    public String description() {
      return "Solr 10.0.0, 2 GB of heap, Java " + System.getProperty("java.version");
    }

    @Override
    public List<String> variants() {
      return List.of(STOCK, OURS);
    }

    /** The properties of the cores tell whether they keep segments. */
    @Override
    public void create(String variant, boolean keepsSegments) throws Exception {
      drop(variant);
    }

    @Override
    public Callable<?> indexing(String variant, float[][] vectors, int from, int to) {
      StringBuilder documents = new StringBuilder("[");
      for (int id = from; id < to; id++) {
        documents.append(id == from ? "" : ",").append("{\"id\":\"").append(id);
        documents.append("\",\"real_vector\":").append(Arrays.toString(vectors[id])).append('}');
      }
      String body = documents.append(']').toString();
      return () -> solr.postJson(variant + "/update", body);
    }

    /** What a soft commit does each second with {@code autoSoftCommit}. */
    @Override
    public Callable<?> refreshing(String variant) {
      return () -> solr.get(variant + "/update?softCommit=true");
    }

    @Override
    public void forceMerge(String variant) throws Exception {
      solr.get(variant + "/update?optimize=true&maxSegments=1");
    }

    @Override
    public Callable<List<String>> searching(String variant, float[] query, int k) {
      Map<String, String> form =
          Map.of(
              "q",
              "{!knn f=real_vector topK=" + k + "}" + Arrays.toString(query).replace(" ", ""),
              "fl",
              "id",
              "rows",
              "" + k);
      return () -> {
        List<String> ids = new ArrayList<>();
        for (JsonNode hit : solr.form(variant + "/select", form).get("response").get("docs")) {
          ids.add(hit.get("id").asText());
        }
        return ids;
      };
    }

    @Override
    public int count(String variant) throws Exception {
      return solr.form(variant + "/select", Map.of("q", "*:*", "rows", "0"))
          .get("response")
          .get("numFound")
          .asInt();
    }

    @Override
    public double cpuSeconds() {
      return solr.cpuSeconds();
    }

    @Override
    public double buildSeconds() throws Exception {
      return TestBatchedHnswCodecFactory.metric(
          solr, "solr_core_batched_hnsw_build_seconds_total", OURS);
    }

    @Override
    public void drop(String variant) throws Exception {
      solr.postJson(variant + "/update?commit=true", "{\"delete\":{\"query\":\"*:*\"}}");
    }
  }
}
