// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.solr;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.solr.client.solrj.embedded.EmbeddedSolrServer;
import org.apache.solr.common.SolrInputDocument;
import org.apache.solr.common.params.ModifiableSolrParams;
import org.apache.solr.core.CoreContainer;
import org.apache.solr.core.SolrCore;
import org.junit.Test;

/** What cores do with right and wrong elements in solrconfig.xml, in an embedded Solr. */
public class TestConfiguration {

  private static CoreContainer start(SolrHome home) {
    CoreContainer cores = new CoreContainer(home.folder(), new Properties());
    cores.load();
    return cores;
  }

  /** How the core would write a field, as the format tells it. */
  private static String format(CoreContainer cores, String coreName, String field) {
    try (SolrCore core = cores.getCore(coreName)) {
      var formats = (PerFieldKnnVectorsFormat) core.getCodec().knnVectorsFormat();
      assertEquals("Lucene103", core.getCodec().getName());
      assertEquals(StockReader.format(field), formats.getKnnVectorsFormatForField(field).getName());
      return formats.getKnnVectorsFormatForField(field).toString();
    }
  }

  private static void assertContains(String part, String whole) {
    assertTrue(part + " in " + whole, whole.contains(part));
  }

  @Test
  public void testWhatIsAccepted() throws Exception {
    SolrHome home =
        new SolrHome("accepted")
            .withJar()
            .withCore("stock", SolrHome.STOCK)
            .withCore("plain", SolrHome.descriptor("codec-factory.xml"))
            .withCore("options", SolrHome.descriptor("codec-factory-options.xml"))
            .withCore("off", SolrHome.descriptor("codec-factory-switch.xml"))
            .withCore(
                "on",
                SolrHome.descriptor("codec-factory-switch.xml"),
                "solr.codecFactory=io.github.batchedhnsw.solr.BatchedHnswCodecFactory");
    CoreContainer cores = start(home);
    try {
      assertEquals(Map.of(), cores.getCoreInitFailures());
      for (String core : new String[] {"stock", "off"}) {
        assertFalse(format(cores, core, "vector").contains("Batched"));
      }
      for (String core : new String[] {"plain", "on"}) {
        String vector = format(cores, core, "vector");
        assertContains("BatchedHnswVectorsFormat(", vector);
        assertContains("maxConn=12, beamWidth=77, numMergeWorkers=1, flushWorkers=1", vector);
        assertContains("maxConn=16, beamWidth=100", format(cores, core, "byte_vector"));
        assertContains("bits=4, compress=true", format(cores, core, "scalar_vector"));
        assertContains("QuantizedFormat(", format(cores, core, "scalar_vector"));
        assertContains("QuantizedFormat(", format(cores, core, "binary_vector"));
      }
      String options = format(cores, "options", "vector");
      assertContains("numMergeWorkers=2, flushWorkers=2", options);
      assertContains("memoryBudgetBytes=" + (512 << 20), options);
    } finally {
      cores.shutdown();
    }
  }

  /** Fields of one type share one set of files; Solr gives each one of its own. */
  @Test
  public void testFieldsShareFiles() throws Exception {
    SolrHome home =
        new SolrHome("shared")
            .withJar()
            .withCore("stock", SolrHome.STOCK)
            .withCore("ours", SolrHome.descriptor("codec-factory.xml"));
    Map<String, Long> graphFiles = new TreeMap<>();
    CoreContainer cores = start(home);
    try {
      for (String core : new String[] {"stock", "ours"}) {
        try (EmbeddedSolrServer solr = new EmbeddedSolrServer(cores, core)) {
          for (int id = 0; id < 10; id++) {
            SolrInputDocument document = new SolrInputDocument();
            document.addField("id", "" + id);
            for (int field = 0; field < 12; field++) {
              document.addField("vector_" + field, bytes(id + 1));
            }
            solr.add(document);
          }
          solr.commit();
        }
        try (var files = Files.list(home.index(core))) {
          graphFiles.put(core, files.filter(file -> file.toString().endsWith(".vex")).count());
        }
      }
    } finally {
      cores.shutdown();
    }
    assertEquals(Map.of("stock", 12L, "ours", 1L), graphFiles);
    StockReader.check(home.index("ours"));
    assertEquals(12, StockReader.maxConn(home.index("ours"), "vector_7"));
  }

  @Test
  public void testWhatIsNotReplacedIsLogged() throws Exception {
    SolrHome home =
        new SolrHome("kept").withJar().withCore("core", SolrHome.descriptor("codec-factory.xml"));
    CoreContainer cores = start(home);
    try (CapturedLog log = new CapturedLog("io.github.batchedhnsw.solr.BuildMetrics")) {
      for (String field : new String[] {"vector", "kept_vector", "kept_vector"}) {
        format(cores, "core", field);
      }
      assertEquals(
          List.of(
              "Not built by Batched HNSW: field kept_vector of core core, which has the format "
                  + StockReader.format("kept_vector")),
          log.messages());
    } finally {
      cores.shutdown();
    }
  }

  @Test
  public void testWhatIsRefused() throws Exception {
    String open = "<codecFactory class=\"io.github.batchedhnsw.solr.BatchedHnswCodecFactory\">";
    Map<String, String> elements = new TreeMap<>();
    elements.put("unknown", "<int name=\"mergeWorkers\">2</int>");
    elements.put("negative", "<int name=\"flushWorkers\">-1</int>");
    elements.put("zero", "<int name=\"numMergeWorkers\">0</int>");
    elements.put("word", "<str name=\"memoryBudgetMB\">much</str>");
    elements.put("twice", "<int name=\"flushWorkers\">1</int><int name=\"flushWorkers\">2</int>");
    elements.put("mode", "<str name=\"compressionMode\">BEST</str>");
    Map<String, String> messages =
        Map.of(
            "unknown",
            "has no init argument 'mergeWorkers'; there are"
                + " [numMergeWorkers, flushWorkers, memoryBudgetMB, compressionMode]",
            "negative",
            "needs a whole number from 1 to 999999999; flushWorkers=-1",
            "zero",
            "needs a whole number from 1 to 999999999; numMergeWorkers=0",
            "word",
            "needs a whole number from 1 to 999999999; memoryBudgetMB=much",
            "twice",
            "takes the init argument 'flushWorkers' once only",
            "mode",
            "Invalid compressionMode: 'BEST'");
    SolrHome home = new SolrHome("refused").withJar();
    for (Map.Entry<String, String> element : elements.entrySet()) {
      home.withCore(element.getKey(), open + element.getValue() + "</codecFactory>");
    }
    CoreContainer cores = start(home);
    try {
      assertEquals(elements.keySet(), cores.getCoreInitFailures().keySet());
      for (Map.Entry<String, String> message : messages.entrySet()) {
        assertContains(message.getValue(), failure(cores, message.getKey()));
        assertFalse(Files.exists(home.index(message.getKey())));
      }
    } finally {
      cores.shutdown();
    }
  }

  @Test
  public void testJarIsMissing() throws Exception {
    SolrHome home =
        new SolrHome("missing").withCore("core", SolrHome.descriptor("codec-factory.xml"));
    CoreContainer cores = start(home);
    try {
      assertContains("io.github.batchedhnsw.solr.BatchedHnswCodecFactory", failure(cores, "core"));
    } finally {
      cores.shutdown();
    }
  }

  /** Messages of the causes, as the log and the admin page show them. */
  private static String failure(CoreContainer cores, String core) {
    StringBuilder messages = new StringBuilder();
    for (Throwable t = cores.getCoreInitFailures().get(core).exception;
        t != null;
        t = t.getCause()) {
      messages.append(t.getMessage()).append('\n');
    }
    return messages.toString();
  }

  /** Documents and queries without HTTP; a reload takes the codec along. */
  @Test
  public void testEmbedded() throws Exception {
    SolrHome home =
        new SolrHome("embedded")
            .withJar()
            .withCore("core", SolrHome.descriptor("codec-factory-options.xml"));
    CoreContainer cores = start(home);
    try (EmbeddedSolrServer solr = new EmbeddedSolrServer(cores, "core")) {
      for (int id = 0; id < 600; id++) {
        if (id == 300) {
          solr.commit();
          cores.reload("core");
        }
        SolrInputDocument document = new SolrInputDocument();
        document.addField("id", "" + id);
        document.addField("byte_vector", bytes(id));
        solr.add(document);
      }
      solr.commit();
      solr.optimize();
      ModifiableSolrParams query = new ModifiableSolrParams();
      query.set("q", "{!knn f=byte_vector topK=1}" + bytes(431).toString().replace(" ", ""));
      assertEquals("431", solr.query(query).getResults().get(0).get("id"));
      assertContains("flushWorkers=2", format(cores, "core", "byte_vector"));
    } finally {
      cores.shutdown();
    }
    StockReader.check(home.index("core"));
    assertEquals(16, StockReader.maxConn(home.index("core"), "byte_vector"));
    assertFalse(
        "threads end with the core",
        Thread.getAllStackTraces().keySet().stream()
            .anyMatch(thread -> thread.getName().startsWith("batchedHnsw-core")));
  }

  private static List<Integer> bytes(int id) {
    Integer[] bytes = new Integer[32];
    for (int k = 0; k < bytes.length; k++) {
      bytes[k] = (id >> (k % 10) & 1) * (k + 20);
    }
    return List.of(bytes);
  }
}
