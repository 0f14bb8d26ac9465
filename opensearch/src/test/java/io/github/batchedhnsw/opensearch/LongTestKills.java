// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** SIGKILL while a node indexes and while it merges: what it has acknowledged is there again. */
public class LongTestKills {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static final int KILLS = 20;
  private static final int DIMENSION = 96;
  private static final int BULK = 250;
  private static final int SEARCHES = 50;
  private static final int FIRST = 30_000;
  private static final float[][] VECTORS = ClusteredVectors.clustered(7, 200_000, DIMENSION);

  private final SplittableRandom random = new SplittableRandom(8);
  private final ExecutorService client = Executors.newSingleThreadExecutor();

  /** Documents 0 to this, exclusive, have been acknowledged. */
  private volatile int acknowledged;

  @Test
  public void testNothingAcknowledgedIsLost() throws Exception {
    try (NodeProcess node = new NodeProcess(FOLDER.getRoot().toPath().resolve("node"), "node")) {
      node.jvmOption("-Xmx1g")
          .jvmOption(NodeProcess.BOTH_COMPILERS)
          .setting("batched_hnsw.merge_workers", "2")
          .start();
      VectorIndex index =
          VectorIndex.create(
              node.http(),
              "killed",
              DIMENSION,
              ", \"index.batched_hnsw.enabled\": true, \"number_of_replicas\": 0,"
                  + " \"index.shard.check_on_startup\": \"true\"");
      index.index(VECTORS, 0, FIRST);
      acknowledged = FIRST;
      for (int kill = 0; kill < KILLS; kill++) {
        boolean merging = kill % 2 == 1;
        if (merging) {
          indexSegments(index);
        }
        Future<?> work = client.submit(() -> merging ? merge(index) : index(index));
        Thread.sleep(random.nextInt(150, merging ? 700 : 3000));
        assertFalse("nothing left to kill, merging=" + merging, work.isDone());
        node.kill();
        work.get();
        node.start();
        assertAllThere(index);
      }
    } finally {
      client.shutdownNow();
    }
  }

  /** Indexes, with a new segment now and then, until the node is gone. */
  private Void index(VectorIndex index) throws InterruptedException {
    try {
      for (int bulk = 1; ; bulk++) {
        int from = acknowledged;
        index.index(VECTORS, from, from + BULK);
        acknowledged = from + BULK;
        if (bulk % 8 == 0) {
          index.refresh();
        }
      }
    } catch (IOException e) {
      return null;
    }
  }

  /** Several segments, so that there is something to merge. */
  private void indexSegments(VectorIndex index) throws IOException, InterruptedException {
    for (int segment = 0; segment < 3; segment++) {
      index.index(VECTORS, acknowledged, acknowledged + BULK);
      acknowledged += BULK;
      index.refresh();
    }
  }

  /** Merges all segments, until the node is gone. */
  private Void merge(VectorIndex index) throws InterruptedException {
    try {
      index.forceMerge();
      throw new AssertionError("merged before the node was killed");
    } catch (IOException e) {
      return null;
    }
  }

  private void assertAllThere(VectorIndex index) throws IOException, InterruptedException {
    Map<String, Object> health =
        index.http().get("_cluster/health/killed?wait_for_status=green&timeout=120s");
    assertEquals("green", health.get("status"));
    index.refresh();
    assertTrue(index.count() + " of " + acknowledged, index.count() >= acknowledged);
    for (int from = 0; from < acknowledged; from += 5000) {
      String ids =
          IntStream.range(from, Math.min(acknowledged, from + 5000))
              .mapToObj(id -> "\"" + id + "\"")
              .collect(Collectors.joining(","));
      Map<String, Object> answer =
          index.http().post("killed/_mget?_source=false", "{\"ids\": [" + ids + "]}");
      for (Object doc : Http.<Iterable<Object>>at(answer, "docs")) {
        assertEquals("lost: " + doc, true, Http.at(doc, "found"));
      }
    }
    int found = 0;
    for (int query = 0; query < SEARCHES; query++) {
      int id = (int) ((long) acknowledged * query / SEARCHES);
      found += index.nearest(VECTORS[id], 50).get(0).equals(Integer.toString(id)) ? 1 : 0;
    }
    assertTrue("found=" + found, found >= 0.95 * SEARCHES);
  }
}
