// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.solr;

import static io.github.batchedhnsw.solr.CloudChecks.BUILT_BY_US;
import static io.github.batchedhnsw.solr.CloudChecks.CORPUS;
import static io.github.batchedhnsw.solr.CloudChecks.SECONDS;
import static io.github.batchedhnsw.solr.CloudChecks.add;
import static io.github.batchedhnsw.solr.CloudChecks.assertFindsMost;
import static io.github.batchedhnsw.solr.CloudChecks.count;
import static io.github.batchedhnsw.solr.CloudChecks.optimize;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.List;
import org.junit.Test;

/** Backups of collections that we have written. */
public class LongTestBackups {

  /** A backup is restored with our line in the config set, and without it. */
  @Test
  public void testBackupAndRestore() throws Exception {
    try (SolrCluster cluster = new SolrCluster("backup")) {
      SolrProcess first = cluster.first();
      first.home().withJar();
      first.start();
      cluster.second().start();
      cluster.configSet("ours", SolrHome.descriptor("codec-factory.xml"));
      cluster.configSet("stock", SolrHome.STOCK);
      cluster.createOnFirst("kept", "ours", "nrt");
      add(first, "kept", 0, Corpus.SIZE / 2);
      add(first, "kept", Corpus.SIZE / 2, Corpus.SIZE);
      optimize(first, "kept");
      assertTrue(first.log().contains(BUILT_BY_US));
      List<String> hits = CORPUS.hits(first, "kept");
      cluster.backup("kept", "saved");
      cluster.delete("kept");
      cluster.restore("saved", "ours", "ours", first);
      Wait.until(SECONDS, () -> count(first, "ours") == Corpus.SIZE);
      assertEquals(hits, CORPUS.hits(first, "ours"));
      // on the node that does not have the jar
      SolrProcess second = cluster.second();
      cluster.restore("saved", "stock", "stock", second);
      Wait.until(SECONDS, () -> count(second, "stock") == Corpus.SIZE);
      assertEquals(hits, CORPUS.hits(second, "stock"));
      add(second, "stock", 0, 100);
      optimize(second, "stock");
      assertEquals(Corpus.SIZE, count(second, "stock"));
      assertFindsMost(second, "stock");
    }
  }
}
