// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.solr;

import java.util.List;
import org.junit.Test;

/** A node is killed and recovers, with replicas of all types at once. */
public class LongTestReplicaTypes {

  @Test
  public void testKillAndRecover() throws Exception {
    TestSolrCloud.killAndRecover(List.of("nrt", "tlog", "pull"));
  }
}
