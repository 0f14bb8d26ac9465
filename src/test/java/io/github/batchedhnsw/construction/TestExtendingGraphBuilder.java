// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.parallel.Workers;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.FlatHnswGraph;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.PrintStreamInfoStream;

/** What becomes of lists that are kept, and of vectors that are added. */
public class TestExtendingGraphBuilder extends LuceneTestCase {
  private static final VectorSimilarityFunction EUCLIDEAN = VectorSimilarityFunction.EUCLIDEAN;
  private static final BuildParams PARAMS = new BuildParams(16, 100);

  /** The lists of the first nodes of a graph, from which some nodes were deleted. */
  private record Lists(int[][] neighbors, int nodeCount, Set<Integer> deleted)
      implements BaseGraph {

    /** All lists of a graph. */
    static Lists of(FlatHnswGraph graph) {
      return of(graph, graph.size(), Set.of());
    }

    static Lists of(FlatHnswGraph graph, int nodeCount, Set<Integer> deleted) {
      FlatAdjacency level = graph.level(0);
      int[][] neighbors = new int[graph.size()][];
      for (int node = 0; node < neighbors.length; node++) {
        int n = node;
        neighbors[node] =
            IntStream.range(0, level.degree(n)).map(i -> level.neighbor(n, i)).toArray();
      }
      return new Lists(neighbors, nodeCount, deleted);
    }

    int lost(int node) {
      return (int) Arrays.stream(neighbors[node]).filter(deleted::contains).count();
    }

    @Override
    public int[] nodes() {
      return IntStream.range(0, nodeCount).toArray();
    }

    @Override
    public long ramBytesUsed() {
      return 0;
    }

    @Override
    public Cursor cursor() {
      return new Cursor() {
        private int node;

        @Override
        public int maxNeighbors() {
          return 64;
        }

        @Override
        public int neighbors(int ordinal, int[] destination) {
          node = ordinal;
          return append(ordinal, destination, 0);
        }

        @Override
        public int lost() {
          return Lists.this.lost(node);
        }

        @Override
        public int appendNeighborsOfLost(int[] destination, int count) {
          int end = count;
          for (int lost : neighbors[node]) {
            end = deleted.contains(lost) ? append(lost, destination, end) : end;
          }
          return end;
        }

        private int append(int ordinal, int[] destination, int count) {
          int end = count;
          for (int other : neighbors[ordinal]) {
            if (!deleted.contains(other) && other != node && end < destination.length) {
              destination[end++] = other;
            }
          }
          return end;
        }
      };
    }
  }

  private static VectorSet set(float[][] vectors) throws IOException {
    return VectorSets.ofHeap(VectorData.list(vectors), null, vectors[0].length, EUCLIDEAN);
  }

  private static FlatHnswGraph build(float[][] vectors) throws IOException {
    return new ClusterGraphBuilder(PARAMS, BuildLog.silent())
        .build(set(vectors), ParallelRanges.serial())
        .graph();
  }

  private static BuildResult extend(float[][] vectors, BaseGraph base, ParallelRanges parallel)
      throws IOException {
    BuildResult result =
        new ExtendingGraphBuilder(PARAMS, base, BuildLog.silent()).build(set(vectors), parallel);
    Graphs.assertValid(result.graph(), vectors.length, PARAMS);
    return result;
  }

  private static Set<Integer> neighbors(FlatAdjacency level, int node) {
    Set<Integer> neighbors = new HashSet<>();
    for (int i = 0; i < level.degree(node); i++) {
      neighbors.add(level.neighbor(node, i));
    }
    return neighbors;
  }

  /** Kept lists get no neighbours but added ones, besides a few links; added nodes join. */
  public void testKeepsListsAndJoinsTheRest() throws IOException {
    int size = 3000;
    int old = 2500;
    float[][] vectors = VectorData.uniform(random(), size, 12);
    FlatHnswGraph base = build(Arrays.copyOf(vectors, old));
    BuildResult result = extend(vectors, Lists.of(base), ParallelRanges.serial());
    assertEquals("extension", result.plan());
    FlatAdjacency level = result.graph().level(0);
    int foreign = 0;
    int kept = 0;
    int[] known = new int[size];
    for (int node = 0; node < size; node++) {
      Set<Integer> before = node < old ? neighbors(base.level(0), node) : Set.of();
      for (int neighbor : neighbors(level, node)) {
        known[neighbor]++;
        if (node < old && neighbor < old) {
          kept++;
          foreign += before.contains(neighbor) ? 0 : 1;
        }
      }
    }
    assertTrue("foreign=" + foreign, foreign <= old / 100);
    assertTrue("kept=" + kept, kept > 0.8 * base.level(0).edges());
    long unknown = IntStream.range(old, size).filter(node -> known[node] == 0).count();
    assertTrue("unknown=" + unknown, unknown <= (size - old) / 50);
    float[][] queries = Graphs.queries(random(), Arrays.copyOfRange(vectors, old, size), 200);
    double recall = Graphs.recall(result.graph(), vectors, queries, EUCLIDEAN, 10, 20);
    double fresh = Graphs.recall(build(vectors), vectors, queries, EUCLIDEAN, 10, 20);
    assertTrue(recall + " of added ones, fresh " + fresh, recall >= fresh - 0.02);
    assertEquals(recall, result.estimate().recall(), 0.15);
  }

  /**
   * Nodes that have lost few neighbours get others for them, those that have lost more are joined.
   */
  public void testDeletedNeighbors() throws IOException {
    int old = 2400;
    float[][] all = VectorData.uniform(random(), 3000, 12);
    FlatHnswGraph base = build(Arrays.copyOf(all, old));
    // Deleted ones become the last of the old ones: ordinals stay, as if they had been replaced.
    int gone = 60 + random().nextInt(200);
    Set<Integer> deleted = new HashSet<>();
    for (int node = old - gone; node < old; node++) {
      deleted.add(node);
    }
    Lists lists = Lists.of(base, old - gone, deleted);
    float[][] vectors = all.clone();
    for (int node : deleted) {
      vectors[node] = VectorData.uniform(random(), 1, 12)[0];
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    FlatHnswGraph graph;
    try (PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      BuildLog log = new BuildLog(new PrintStreamInfoStream(stream), "title");
      BuildResult result =
          new ExtendingGraphBuilder(PARAMS, lists, log)
              .build(set(vectors), ParallelRanges.serial());
      assertEquals("extension", result.plan());
      graph = result.graph();
    }
    Graphs.assertValid(graph, vectors.length, PARAMS);
    int whole = 0;
    int repaired = 0;
    for (int node : lists.nodes()) {
      int lost = lists.lost(node);
      whole += lost == 0 ? 1 : 0;
      if (lost > 0 && lost <= ClusterGraphBuilder.MOST_LOST * base.level(0).degree(node)) {
        repaired++;
        assertTrue(graph.level(0).degree(node) >= base.level(0).degree(node) - lost);
      }
    }
    assertTrue("repaired=" + repaired, repaired > 100);
    String text = bytes.toString(StandardCharsets.UTF_8);
    assertTrue(text, text.contains("level of 3000 nodes: kept " + (whole + repaired) + " lists"));
    float[][] queries = Graphs.queries(random(), vectors, 200);
    double recall = Graphs.recall(graph, vectors, queries, EUCLIDEAN, 10, 20);
    double fresh = Graphs.recall(build(vectors), vectors, queries, EUCLIDEAN, 10, 20);
    assertTrue(recall + ", fresh " + fresh, recall >= fresh - 0.02);
  }

  /** A graph whose edges lead anywhere is worth nothing. */
  public void testBadGraphsAreRebuilt() throws IOException {
    Random random = new Random(5);
    int old = 2000;
    float[][] vectors = VectorData.uniform(random, 3000, 12);
    int[][] neighbors = new int[old][];
    for (int node = 0; node < old; node++) {
      int n = node;
      neighbors[node] =
          random.ints(0, old).filter(other -> other != n).distinct().limit(20).toArray();
    }
    BuildResult result =
        extend(vectors, new Lists(neighbors, old, Set.of()), ParallelRanges.serial());
    assertEquals("bulk", result.plan());
    Graphs.assertSame(build(vectors), result.graph());
  }

  public void testManyDuplicatesAreRebuilt() throws IOException {
    float[][] vectors =
        VectorData.withDuplicates(random(), VectorData.uniform(random(), 2000, 6), 50);
    FlatHnswGraph base = build(Arrays.copyOf(vectors, 1800));
    assertEquals(
        "bulk",
        new ExtendingGraphBuilder(PARAMS, Lists.of(base), BuildLog.silent())
            .build(set(vectors), ParallelRanges.serial())
            .plan());
  }

  public void testSameForAnyNumberOfWorkers() throws IOException {
    float[][] vectors = VectorData.uniform(random(), 2000, 9);
    Lists base = Lists.of(build(Arrays.copyOf(vectors, 1500)));
    BuildResult expected = extend(vectors, base, ParallelRanges.serial());
    try (Workers workers = new Workers(8)) {
      for (int threads : new int[] {2, 3, 8}) {
        BuildResult actual = extend(vectors, base, workers.ranges(threads));
        Graphs.assertSame(expected.graph(), actual.graph());
        assertEquals(expected.estimate(), actual.estimate());
      }
    }
  }

  /** A merge that adds nothing writes the same graph again, also where searches miss nodes. */
  public void testNothingToAdd() throws IOException {
    float[][] vectors = VectorData.uniform(random(), 2000, 9);
    for (BuildParams params : new BuildParams[] {PARAMS, new BuildParams(2, 10)}) {
      FlatHnswGraph base =
          new ClusterGraphBuilder(params, BuildLog.silent())
              .build(set(vectors), ParallelRanges.serial())
              .graph();
      BuildResult result =
          new ExtendingGraphBuilder(params, Lists.of(base), BuildLog.silent())
              .build(set(vectors), ParallelRanges.serial());
      assertEquals("extension", result.plan());
      for (int level = 0; level < base.numLevels(); level++) {
        for (int slot = 0; slot < base.level(level).size(); slot++) {
          int node = base.level(level).ordinalAt(slot);
          assertEquals(
              neighbors(base.level(level), slot), neighbors(result.graph().level(level), slot));
          assertEquals(node, result.graph().level(level).ordinalAt(slot));
        }
      }
      assertTrue(result.estimate().recall() > 0);
    }
  }

  /** A graph that insertion has built is a good one even where recall is low. */
  public void testGraphsOfStockAreKept() throws IOException {
    float[][] vectors = VectorData.uniform(random(), 2500, 64);
    FlatHnswGraph base =
        new BatchGraphBuilder(new BuildParams(16, 20), BuildLog.silent())
            .build(set(Arrays.copyOf(vectors, 2000)), ParallelRanges.serial())
            .graph();
    BuildResult result = extend(vectors, Lists.of(base), ParallelRanges.serial());
    assertEquals("extension", result.plan());
  }
}
