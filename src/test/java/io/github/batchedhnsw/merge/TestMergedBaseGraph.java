// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.merge;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.construction.BaseGraph;
import io.github.batchedhnsw.construction.BatchGraphBuilder;
import io.github.batchedhnsw.construction.BuildLog;
import io.github.batchedhnsw.construction.BuildParams;
import io.github.batchedhnsw.construction.ClusterGraphBuilder;
import io.github.batchedhnsw.construction.ExtendingGraphBuilder;
import io.github.batchedhnsw.construction.GraphBuilder;
import io.github.batchedhnsw.construction.Graphs;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.parallel.Workers;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.FlatHnswGraph;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.apache.lucene.index.MergePolicy.MergeAbortedException;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.hnsw.HnswGraph;

/** Graphs in terms of merged ordinals, and what becomes of them when they are extended. */
public class TestMergedBaseGraph extends LuceneTestCase {
  private static final VectorSimilarityFunction EUCLIDEAN = VectorSimilarityFunction.EUCLIDEAN;

  /** Vectors of a merged segment, and the segments they come from. */
  private record Merge(float[][] vectors, List<MergeSource> sources) {
    VectorSet set(VectorSimilarityFunction similarity) throws IOException {
      return VectorSets.ofHeap(VectorData.list(vectors), null, vectors[0].length, similarity);
    }
  }

  /**
   * Distributes vectors over segments, at random.
   *
   * @param weights of the segments; a negative one is of a segment without a graph
   * @param deletedPercent of the vectors of each segment, on top
   */
  private static Merge merge(
      float[][] vectors,
      VectorSimilarityFunction similarity,
      BuildParams params,
      int deletedPercent,
      int... weights)
      throws IOException {
    List<Integer> ordinals = new ArrayList<>();
    for (int i = 0; i < vectors.length; i++) {
      ordinals.add(i);
    }
    Collections.shuffle(ordinals, random());
    int total = Arrays.stream(weights).map(Math::abs).sum();
    List<MergeSource> sources = new ArrayList<>();
    int from = 0;
    int weight = 0;
    for (int w : weights) {
      weight += Math.abs(w);
      int to = (int) ((long) vectors.length * weight / total);
      List<Integer> here = new ArrayList<>(ordinals.subList(from, to));
      for (int deleted = here.size() * deletedPercent / 100; deleted > 0; deleted--) {
        here.add(random().nextInt(here.size() + 1), -1);
      }
      int[] newOrdinals = here.stream().mapToInt(Integer::intValue).toArray();
      if (w < 0 || newOrdinals.length == 0) {
        sources.add(MergeSource.withoutGraph(newOrdinals));
      } else {
        float[][] own = new float[newOrdinals.length][];
        for (int i = 0; i < own.length; i++) {
          own[i] = vectors[newOrdinals[i] < 0 ? random().nextInt(vectors.length) : newOrdinals[i]];
          if (newOrdinals[i] < 0) {
            own[i] = own[i].clone();
            own[i][0] += 0.01f * random().nextFloat();
          }
        }
        FlatHnswGraph graph = build(own, similarity, params);
        sources.add(MergeSource.of(newOrdinals, params.maxConn(), graph::view));
      }
      from = to;
    }
    return new Merge(vectors, sources);
  }

  /** By one builder or the other: the number of the seed says which. */
  private static FlatHnswGraph build(
      float[][] vectors, VectorSimilarityFunction similarity, BuildParams params)
      throws IOException {
    GraphBuilder builder =
        params.seed() % 2 == 0
            ? new BatchGraphBuilder(params)
            : new ClusterGraphBuilder(params, BuildLog.silent());
    VectorSet set =
        VectorSets.ofHeap(VectorData.list(vectors), null, vectors[0].length, similarity);
    return builder.build(set, ParallelRanges.serial()).graph();
  }

  private static FlatHnswGraph extend(
      Merge merge,
      VectorSimilarityFunction similarity,
      BuildParams params,
      int base,
      ParallelRanges parallel)
      throws IOException {
    BaseGraph kept = new MergedBaseGraph(merge.sources.get(base));
    FlatHnswGraph graph =
        new ExtendingGraphBuilder(params, kept, BuildLog.silent())
            .build(merge.set(similarity), parallel)
            .graph();
    Graphs.assertWellFormed(graph, merge.vectors.length, params.maxConn());
    return graph;
  }

  private static double recall(
      FlatHnswGraph graph, float[][] vectors, VectorSimilarityFunction similarity)
      throws IOException {
    float[][] queries = Graphs.queries(random(), vectors, 100);
    return Graphs.recall(graph, vectors, queries, similarity, 10, 20);
  }

  public void testAsGoodAsAFreshGraph() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      int size = atLeast(3000);
      float[][] vectors =
          random().nextBoolean()
              ? VectorData.normalized(random(), size, 16)
              : VectorData.lowRank(random(), size, 100, 10, 0.1f);
      BuildParams params = new BuildParams(16, 100, random().nextInt());
      int deleted = random().nextInt(3) * 4;
      Merge merge = merge(vectors, similarity, params, deleted, 80, 5, -5, 10);
      FlatHnswGraph extended = extend(merge, similarity, params, 0, ParallelRanges.serial());
      FlatHnswGraph fresh =
          new ClusterGraphBuilder(params, BuildLog.silent())
              .build(merge.set(similarity), ParallelRanges.serial())
              .graph();
      float[][] queries = Graphs.queries(random(), vectors, 200);
      double recall = Graphs.recall(extended, vectors, queries, similarity, 10, 20);
      double freshRecall = Graphs.recall(fresh, vectors, queries, similarity, 10, 20);
      assertTrue(
          similarity + ", deleted " + deleted + " %: " + recall + " against " + freshRecall,
          recall >= freshRecall - 0.03);
      double edges = extended.level(0).edges() / (double) fresh.level(0).edges();
      // Kept lists may be longer than those that are aimed at now.
      assertTrue(similarity + ", edges=" + edges, edges > 0.85 && edges < 1.7);
    }
  }

  public void testSameGraphForAnyNumberOfWorkers() throws IOException {
    try (Workers workers = new Workers(8)) {
      int size = atLeast(1500);
      float[][] vectors =
          VectorData.withDuplicates(random(), VectorData.uniform(random(), size, 90), 1);
      BuildParams params = new BuildParams(random().nextInt(4, 20), random().nextInt(10, 80));
      Merge merge = merge(vectors, EUCLIDEAN, params, random().nextInt(10), 60, -10, 10, 10);
      FlatHnswGraph expected = extend(merge, EUCLIDEAN, params, 0, ParallelRanges.serial());
      for (int threads : new int[] {2, 3, 8}) {
        Graphs.assertSame(expected, extend(merge, EUCLIDEAN, params, 0, workers.ranges(threads)));
      }
    }
  }

  public void testOtherParameters() throws IOException {
    float[][] vectors = VectorData.normalized(random(), atLeast(1500), 12);
    for (int oldConn : new int[] {6, 12, 40}) {
      BuildParams old = new BuildParams(oldConn, random().nextInt(20, 150), random().nextInt());
      Merge merge = merge(vectors, EUCLIDEAN, old, random().nextInt(5), 90, 10);
      for (int maxConn : new int[] {2, 8, 16, 200}) {
        BuildParams params = new BuildParams(maxConn, 60);
        FlatHnswGraph graph = extend(merge, EUCLIDEAN, params, 0, ParallelRanges.serial());
        if (maxConn >= 8) {
          double recall = recall(graph, vectors, EUCLIDEAN);
          assertTrue(oldConn + " to " + maxConn + ": " + recall, recall > 0.9);
        }
      }
    }
  }

  /** Whatever the plan would say. */
  public void testSizes() throws IOException {
    BuildParams params = new BuildParams(4, 20);
    for (int size : new int[] {1, 2, 3, 10, 255, 256, 257, 700}) {
      float[][] vectors = VectorData.uniform(random(), size, 6);
      for (int[] weights : new int[][] {{1}, {1, 1}, {1, -9}, {9, 1}, {1, 5, -1, 5}}) {
        Merge merge = merge(vectors, EUCLIDEAN, params, random().nextInt(60), weights);
        for (int base = 0; base < weights.length; base++) {
          if (merge.sources.get(base).hasGraph()) {
            extend(merge, EUCLIDEAN, params, base, ParallelRanges.serial());
          }
        }
      }
    }
  }

  public void testEverythingWasDeleted() throws IOException {
    BuildParams params = new BuildParams(8, 30);
    float[][] vectors = VectorData.uniform(random(), 600, 6);
    Merge rest = merge(vectors, EUCLIDEAN, params, 0, 1);
    int[] gone = new int[300];
    Arrays.fill(gone, -1);
    FlatHnswGraph graph = build(VectorData.uniform(random(), gone.length, 6), EUCLIDEAN, params);
    Merge merge =
        new Merge(vectors, List.of(MergeSource.of(gone, 8, graph::view), rest.sources.get(0)));
    assertTrue(
        recall(extend(merge, EUCLIDEAN, params, 0, ParallelRanges.serial()), vectors, EUCLIDEAN)
            > 0.9);
  }

  public void testManyDuplicates() throws IOException {
    float[][] vectors =
        VectorData.withDuplicates(random(), VectorData.uniform(random(), 1500, 8), 50);
    BuildParams params = new BuildParams(8, 50);
    Merge merge = merge(vectors, EUCLIDEAN, params, 0, 90, 10);
    FlatHnswGraph graph = extend(merge, EUCLIDEAN, params, 0, ParallelRanges.serial());
    assertTrue(recall(graph, vectors, EUCLIDEAN) > 0.9);
  }

  public void testAborts() throws IOException {
    BuildParams params = new BuildParams(8, 30);
    float[][] vectors = VectorData.uniform(random(), 2000, 6);
    Merge merge = merge(vectors, EUCLIDEAN, params, 5, 80, 20);
    int[] checks = new int[1];
    extend(merge, EUCLIDEAN, params, 0, ParallelRanges.serial(() -> checks[0]++));
    int total = checks[0];
    assertTrue("only " + total + " checks", total >= 50);
    for (int allowed : new int[] {0, 1, total / 2, total - 1}) {
      checks[0] = 0;
      ParallelRanges aborting =
          ParallelRanges.serial(
              () -> {
                if (checks[0]++ == allowed) {
                  throw new MergeAbortedException("aborted");
                }
              });
      expectThrows(
          MergeAbortedException.class, () -> extend(merge, EUCLIDEAN, params, 0, aborting));
      assertEquals("went on after the abort", allowed + 1, checks[0]);
    }
  }

  /** A square with a diagonal, one corner of which is deleted; the order has changed. */
  public void testLists() throws IOException {
    FlatAdjacency lists = new FlatAdjacency(null, 4, 4);
    int[][] edges = {{1, 3}, {0, 2, 3}, {1, 3}, {0, 1, 2}};
    for (int node = 0; node < 4; node++) {
      for (int neighbor : edges[node]) {
        lists.append(node, neighbor, 0);
      }
    }
    FlatHnswGraph square = new FlatHnswGraph(2, List.of(lists));
    BaseGraph base = new MergedBaseGraph(MergeSource.of(new int[] {1, -1, 4, 0}, 2, square::view));
    assertArrayEquals(new int[] {0, 1, 4}, base.nodes());
    assertTrue(base.ramBytesUsed() >= 10 * Integer.BYTES);
    BaseGraph.Cursor cursor = base.cursor();
    assertEquals(4, cursor.maxNeighbors());
    int[] list = new int[cursor.maxNeighbors()];
    assertEquals(2, cursor.neighbors(0, list)); // was 3, with neighbours 0, 1, 2
    assertEquals(Set.of(1, 4), Set.of(list[0], list[1]));
    assertEquals(1, cursor.lost());
    assertEquals(4, cursor.appendNeighborsOfLost(list, 2)); // of 1, with neighbours 0, 2, 3
    assertEquals(Set.of(1, 4), Set.of(list[2], list[3]));
    assertEquals("no room", 4, cursor.appendNeighborsOfLost(list, 4));
    assertEquals(1, cursor.neighbors(4, list)); // was 2, with neighbours 1, 3
    assertEquals(0, list[0]);
    assertEquals(1, cursor.lost());
    assertEquals(3, cursor.appendNeighborsOfLost(list, 1)); // of 1, without 2 itself
    assertEquals(Set.of(1, 0), Set.of(list[1], list[2]));
    BaseGraph whole = new MergedBaseGraph(MergeSource.of(new int[] {5, 2, 4, 0}, 2, square::view));
    assertArrayEquals(new int[] {0, 2, 4, 5}, whole.nodes());
    cursor = whole.cursor();
    assertEquals(2, cursor.neighbors(5, list)); // was 0, with neighbours 1, 3
    assertEquals(Set.of(2, 0), Set.of(list[0], list[1]));
    assertEquals(0, cursor.lost());
    assertEquals(2, cursor.appendNeighborsOfLost(list, 2));
  }

  /** Lists of a damaged graph may be longer than its M allows: what does not fit is left out. */
  public void testListsThatAreTooLong() throws IOException {
    FlatAdjacency lists = new FlatAdjacency(null, 8, 6);
    for (int neighbor = 1; neighbor <= 6; neighbor++) {
      lists.append(0, neighbor, 0);
    }
    lists.append(1, 7, 0);
    FlatHnswGraph graph = new FlatHnswGraph(3, List.of(lists));
    int[] newOrdinals = {0, -1, -1, -1, 1, 2, 3, 4}; // three neighbours are lost, three are kept
    BaseGraph.Cursor cursor =
        new MergedBaseGraph(MergeSource.of(newOrdinals, 1, graph::view)).cursor();
    int[] list = new int[cursor.maxNeighbors()];
    assertEquals(2, list.length);
    assertEquals(2, cursor.neighbors(0, list));
    assertArrayEquals(new int[] {1, 2}, list);
    assertEquals(2, cursor.lost());
    assertEquals(1, cursor.appendNeighborsOfLost(list, 0));
    assertEquals(4, list[0]);
  }

  /** Each list is read from a file, so none is read in vain once there is no room. */
  public void testNoListIsReadWithoutRoom() throws IOException {
    FlatAdjacency lists = new FlatAdjacency(null, 5, 4);
    lists.append(0, 1, 0);
    lists.append(0, 2, 0);
    lists.append(1, 3, 0);
    lists.append(2, 4, 0);
    FlatHnswGraph graph = new FlatHnswGraph(2, List.of(lists));
    List<Integer> read = new ArrayList<>();
    BaseGraph.Cursor cursor =
        new MergedBaseGraph(
                MergeSource.of(new int[] {0, -1, -1, 1, 2}, 2, () -> recording(graph, read)))
            .cursor();
    assertEquals(0, cursor.neighbors(0, new int[4]));
    assertEquals(List.of(0), read);
    assertEquals(1, cursor.appendNeighborsOfLost(new int[1], 0));
    assertEquals(List.of(0, 1), read);
    assertEquals(2, cursor.appendNeighborsOfLost(new int[2], 2));
    assertEquals(List.of(0, 1), read);
    assertEquals(2, cursor.appendNeighborsOfLost(new int[4], 0));
    assertEquals(List.of(0, 1, 1, 2), read);
  }

  /** The same graph, which records whose lists are read. */
  private static HnswGraph recording(FlatHnswGraph graph, List<Integer> read) {
    HnswGraph view = graph.view();
    return new HnswGraph() {
      @Override
      public void seek(int level, int target) throws IOException {
        read.add(target);
        view.seek(level, target);
      }

      @Override
      public int nextNeighbor() throws IOException {
        return view.nextNeighbor();
      }

      @Override
      public int size() {
        return view.size();
      }

      @Override
      public int numLevels() throws IOException {
        return view.numLevels();
      }

      @Override
      public int entryNode() throws IOException {
        return view.entryNode();
      }

      @Override
      public int neighborCount() {
        return view.neighborCount();
      }

      @Override
      public int maxConn() {
        return view.maxConn();
      }

      @Override
      public NodesIterator getNodesOnLevel(int level) throws IOException {
        return view.getNodesOnLevel(level);
      }
    };
  }
}
