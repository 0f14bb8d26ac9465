// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import static org.junit.Assert.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * Ours against stock on one node, through HTTP: ten segments indexed by bulk requests, then a force
 * merge to one, in turns. No test, so not run by default:
 *
 * <pre>mvn -f opensearch/pom.xml verify -Dtest=MeasureForceMerge</pre>
 */
public class MeasureForceMerge {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static final int COUNT = 50_000;
  private static final int DIMENSION = 256;
  private static final int SEGMENTS = 10;
  private static final int ROUNDS = 3;
  private static final int HITS = 10;
  private static final int[] WIDTHS = {10, 20, 40, 80};

  private record Measured(double indexSeconds, double mergeSeconds) {}

  @Test
  public void measure() throws Exception {
    float[][] vectors = ClusteredVectors.clustered(11, COUNT, DIMENSION);
    float[][] queries = ClusteredVectors.clustered(12, 300, DIMENSION);
    try (NodeProcess node = new NodeProcess(FOLDER.getRoot().toPath().resolve("node"), "node")) {
      node.jvmOption("-Xms2g").jvmOption("-Xmx2g").start();
      say(
          "OpenSearch %s, %s, one node, %d x %d, %d segments, M=16, ef_construction=100,"
              + " 1 merge worker, Java %s, %d processors",
          NodeProcess.OPENSEARCH,
          NodeProcess.VECTORS,
          COUNT,
          DIMENSION,
          SEGMENTS,
          System.getProperty("java.version"),
          Runtime.getRuntime().availableProcessors());
      for (boolean ours : List.of(false, true)) { // unmeasured, for the JIT
        run(node.http(), "warm-up", ours, vectors, COUNT / 5);
      }
      List<Double> ratios = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        double[] mergeSeconds = new double[2];
        for (int turn = 0; turn < 2; turn++) {
          int system = (turn + round) % 2;
          String name = system == 0 ? "stock" : "ours";
          String index = name + "-" + round;
          Measured measured = run(node.http(), index, system == 1, vectors, COUNT);
          mergeSeconds[system] = measured.mergeSeconds;
          StringBuilder recall = new StringBuilder();
          for (int k : WIDTHS) {
            recall.append(
                String.format(
                    Locale.ROOT,
                    " %.4f",
                    ClusteredVectors.recall(
                        vectors,
                        queries,
                        new VectorIndex(node.http(), index).nearest(queries, k),
                        HITS)));
          }
          say(
              "round %d  %-5s  index %6.1f s  force merge %6.1f s  recall@10 at k=10,20,40,80:%s",
              round, name, measured.indexSeconds, measured.mergeSeconds, recall);
          node.http().send("DELETE", index, "");
        }
        ratios.add(mergeSeconds[0] / mergeSeconds[1]);
        say("round %d  force merge: %.2f times faster", round, ratios.get(round));
      }
      Collections.sort(ratios);
      say("median: %.2f times faster", ratios.get(ROUNDS / 2));
    }
  }

  private static Measured run(Http http, String name, boolean ours, float[][] vectors, int count)
      throws Exception {
    VectorIndex index =
        VectorIndex.create(
            http,
            name,
            DIMENSION,
            ", \"number_of_replicas\": 0, \"index.merge.policy.segments_per_tier\": 50,"
                + " \"index.translog.flush_threshold_size\": \"4gb\","
                + " \"index.batched_hnsw.enabled\": "
                + ours);
    long start = System.nanoTime();
    int perSegment = count / SEGMENTS;
    for (int segment = 0; segment < SEGMENTS; segment++) {
      index.index(vectors, segment * perSegment, (segment + 1) * perSegment);
      index.refresh();
    }
    long indexed = System.nanoTime();
    index.forceMerge();
    long merged = System.nanoTime();
    assertEquals(count, index.count());
    if (name.equals("warm-up")) {
      http.send("DELETE", name, "");
    }
    return new Measured((indexed - start) / 1e9, (merged - indexed) / 1e9);
  }

  private static void say(String format, Object... arguments) {
    System.out.println(String.format(Locale.ROOT, format, arguments));
  }
}
