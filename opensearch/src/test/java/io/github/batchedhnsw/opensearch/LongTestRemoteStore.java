// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import java.nio.file.Path;
import java.util.List;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** As {@link TestPromotion}, with a remote store. */
public class LongTestRemoteStore {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  /** Segments, translog and cluster state go to a repository of type {@code fs}. */
  @Test
  public void testRemoteStore() throws Exception {
    Path folder = FOLDER.getRoot().toPath().resolve("remote");
    List<NodeProcess> nodes = NodeProcess.cluster(folder);
    for (NodeProcess node : nodes) {
      for (String kind : List.of("segment", "translog", "state")) {
        node.setting("node.attr.remote_store." + kind + ".repository", "store");
      }
      node.setting("node.attr.remote_store.repository.store.type", "fs");
      node.setting(
          "node.attr.remote_store.repository.store.settings.location",
          folder.resolve("repository/store").toString());
    }
    TestPromotion.promote(nodes);
  }
}
