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

  /** The first nodes of a graph, with lists from arrays. */
  private record Lists(int[][] neighbors, int[] losses) implements BaseGraph {

    /** Those of a graph over the first vectors, without some of its nodes' neighbours. */
    static Lists of(FlatHnswGraph graph, Set<Integer> deleted) {
      int size = graph.size();
      int[][] neighbors = new int[size][];
      int[] losses = new int[size];
      for (int node = 0; node < size; node++) {
        int n = node;
        int[] all =
            IntStream.range(0, graph.level(0).degree(n))
                .map(i -> graph.level(0).neighbor(n, i))
                .toArray();
        neighbors[node] = Arrays.stream(all).filter(o -> !deleted.contains(o)).toArray();
        losses[node] = all.length - neighbors[node].length;
      }
      return new Lists(neighbors, losses);
    }

    @Override
    public int[] nodes() {
      return IntStream.range(0, neighbors.length).toArray();
    }

    @Override
    public long ramBytesUsed() {
      return 0;
    }

    @Override
    public Cursor cursor() {
      return new Cursor() {
        private int lost;

        @Override
        public int maxNeighbors() {
          return 64;
        }

        @Override
        public int neighbors(int ordinal, int[] destination) {
          System.arraycopy(neighbors[ordinal], 0, destination, 0, neighbors[ordinal].length);
          lost = losses[ordinal];
          return neighbors[ordinal].length;
        }

        @Override
        public int lost() {
          return lost;
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
    BuildResult result = extend(vectors, Lists.of(base, Set.of()), ParallelRanges.serial());
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

  /** Nodes that have lost a neighbour get new ones. */
  public void testDeletedNeighbors() throws IOException {
    int old = 2400;
    float[][] all = VectorData.uniform(random(), 3000, 12);
    FlatHnswGraph base = build(Arrays.copyOf(all, old));
    // Deleted ones become the last of the old ones: ordinals stay, as if they had been replaced.
    Set<Integer> deleted = new HashSet<>();
    for (int node = old - 60; node < old; node++) {
      deleted.add(node);
    }
    Lists lists = Lists.of(base, deleted);
    Lists rest =
        new Lists(Arrays.copyOf(lists.neighbors, old - 60), Arrays.copyOf(lists.losses, old - 60));
    float[][] vectors = all.clone();
    for (int node : deleted) {
      vectors[node] = VectorData.uniform(random(), 1, 12)[0];
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    FlatHnswGraph graph;
    try (PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      BuildLog log = new BuildLog(new PrintStreamInfoStream(stream), "title");
      BuildResult result =
          new ExtendingGraphBuilder(PARAMS, rest, log).build(set(vectors), ParallelRanges.serial());
      assertEquals("extension", result.plan());
      graph = result.graph();
    }
    Graphs.assertValid(graph, vectors.length, PARAMS);
    long whole = Arrays.stream(rest.losses).filter(lost -> lost == 0).count();
    assertTrue("whole=" + whole, whole > 100 && whole < old - 160);
    String text = bytes.toString(StandardCharsets.UTF_8);
    assertTrue(text, text.contains("level of 3000 nodes: kept " + whole + " lists"));
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
        extend(vectors, new Lists(neighbors, new int[old]), ParallelRanges.serial());
    assertEquals("bulk", result.plan());
    Graphs.assertSame(build(vectors), result.graph());
  }

  public void testManyDuplicatesAreRebuilt() throws IOException {
    float[][] vectors =
        VectorData.withDuplicates(random(), VectorData.uniform(random(), 2000, 6), 50);
    FlatHnswGraph base = build(Arrays.copyOf(vectors, 1800));
    assertEquals(
        "bulk",
        new ExtendingGraphBuilder(PARAMS, Lists.of(base, Set.of()), BuildLog.silent())
            .build(set(vectors), ParallelRanges.serial())
            .plan());
  }

  public void testSameForAnyNumberOfWorkers() throws IOException {
    float[][] vectors = VectorData.uniform(random(), 2000, 9);
    Set<Integer> none = Set.of();
    Lists base = Lists.of(build(Arrays.copyOf(vectors, 1500)), none);
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
          new ExtendingGraphBuilder(params, Lists.of(base, Set.of()), BuildLog.silent())
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
    BuildResult result = extend(vectors, Lists.of(base, Set.of()), ParallelRanges.serial());
    assertEquals("extension", result.plan());
  }
}
