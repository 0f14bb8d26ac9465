// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.linking;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.construction.BuildLog;
import io.github.batchedhnsw.construction.BuildParams;
import io.github.batchedhnsw.construction.GraphBuilders;
import io.github.batchedhnsw.construction.Graphs;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.parallel.Workers;
import io.github.batchedhnsw.construction.survey.SampledNeighbors;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.FlatHnswGraph;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Nodes that searches miss are linked to where the searches end. */
public class TestNavigabilityRepair extends LuceneTestCase {
  private static final int CLUMPS = 30;
  private static final int SIZE = 50 * CLUMPS;
  private static final int WIDTH = 40;

  private static VectorSet set(float[][] vectors) throws IOException {
    return VectorSets.ofHeap(
        List.of(vectors), null, vectors[0].length, VectorSimilarityFunction.EUCLIDEAN);
  }

  /**
   * Clumps of 50 nodes with random edges inside each, and one edge from each to the next:
   * connected, and misleading.
   */
  private static FlatHnswGraph clumps(VectorSet vectors, int seed) throws IOException {
    Random random = new Random(seed);
    FlatAdjacency level = new FlatAdjacency(null, SIZE, 16);
    OrdinalScorer scorer = vectors.scorer();
    float[] score = new float[1];
    for (int node = 0; node < SIZE; node++) {
      int first = node / 50 * 50;
      scorer.setQuery(node);
      Set<Integer> neighbors = new HashSet<>();
      neighbors.add(node % 50 == 49 ? (node + 1) % SIZE : node + 1);
      while (neighbors.size() < 8) {
        neighbors.add(first + random.nextInt(50));
      }
      neighbors.remove(node);
      for (int neighbor : neighbors) {
        scorer.score(new int[] {neighbor}, 1, score);
        level.append(node, neighbor, score[0]);
      }
    }
    return new FlatHnswGraph(8, List.of(level));
  }

  private static NavigabilityRepair repair(
      VectorSet vectors, FlatHnswGraph graph, ParallelRanges parallel) throws IOException {
    List<FlatAdjacency> levels =
        IntStream.range(0, graph.numLevels()).mapToObj(graph::level).toList();
    return new NavigabilityRepair(vectors, levels, WIDTH, 42, parallel);
  }

  private static double recall(VectorSet vectors, FlatHnswGraph graph) throws IOException {
    int[] all = IntStream.range(0, vectors.size()).toArray();
    ParallelRanges serial = ParallelRanges.serial();
    SampledNeighbors sample = SampledNeighbors.of(vectors, all, 100, 10, 1, serial);
    return repair(vectors, graph, serial).recall(sample.positions(), sample.nearest(), 10);
  }

  public void testClumpsAreLinked() throws IOException {
    float[][] rows = VectorData.sortedByCluster(random(), SIZE, 10, CLUMPS);
    VectorSet vectors = set(rows);
    FlatHnswGraph graph = clumps(vectors, 1);
    assertTrue(recall(vectors, graph) < 0.5);
    double before = repair(vectors, graph, ParallelRanges.serial()).lost();
    assertTrue("lost=" + before, before > 0.5);
    NavigabilityRepair.Result result = repair(vectors, graph, ParallelRanges.serial()).repair();
    assertTrue(result.toString(), result.links() > 0);
    // 64 nodes are sampled, so bounds are wide: in 200 runs, four were lost at most, and .90 was
    // the
    // least recall.
    assertTrue(result.toString(), result.lost() <= 0.125);
    double recall = recall(vectors, graph);
    assertTrue("recall=" + recall, recall > 0.85);
    assertValid(vectors, graph.level(0));
    try (Workers workers = new Workers(8)) {
      for (int threads : new int[] {2, 8}) {
        FlatHnswGraph other = clumps(vectors, 1);
        assertEquals(result, repair(vectors, other, workers.ranges(threads)).repair());
        Graphs.assertSame(graph, other);
      }
    }
  }

  /** Between the links that are made one after the other, too. */
  public void testAbort() throws IOException {
    VectorSet vectors = set(VectorData.sortedByCluster(random(), SIZE, 10, CLUMPS));
    FlatHnswGraph graph = clumps(vectors, 1);
    ParallelRanges aborted =
        ParallelRanges.serial(
            () -> {
              if (StackWalker.getInstance()
                  .walk(frames -> frames.anyMatch(f -> f.getMethodName().equals("link")))) {
                throw new IOException("aborted");
              }
            });
    IOException thrown =
        expectThrows(IOException.class, () -> repair(vectors, graph, aborted).repair());
    assertEquals("aborted", thrown.getMessage());
  }

  /** Degrees in bounds, no loop, nothing twice, exact scores. */
  private static void assertValid(VectorSet vectors, FlatAdjacency level) throws IOException {
    OrdinalScorer scorer = vectors.scorer();
    float[] score = new float[1];
    for (int node = 0; node < level.size(); node++) {
      assertTrue(level.degree(node) <= level.maxDegree());
      Set<Integer> seen = new HashSet<>();
      scorer.setQuery(node);
      for (int i = 0; i < level.degree(node); i++) {
        assertTrue(seen.add(level.neighbor(node, i)));
        assertNotEquals(node, level.neighbor(node, i));
        scorer.score(new int[] {level.neighbor(node, i)}, 1, score);
        assertEquals(score[0], level.score(node, i), 1e-4f * Math.abs(score[0]));
      }
    }
  }

  public void testNothingIsDoneToAGoodGraph() throws IOException {
    float[][] rows = VectorData.uniform(random(), 1500, 8);
    VectorSet vectors = set(rows);
    BuildParams params = new BuildParams(16, 100);
    FlatHnswGraph[] graphs = new FlatHnswGraph[2];
    for (int i = 0; i < 2; i++) {
      graphs[i] =
          GraphBuilders.choose(params, 1500, 8, BuildLog.silent())
              .build(vectors, ParallelRanges.serial())
              .graph();
    }
    NavigabilityRepair.Result result = repair(vectors, graphs[0], ParallelRanges.serial()).repair();
    assertEquals(0, result.links());
    assertTrue(result.toString(), result.lost() <= 0.005);
    Graphs.assertSame(graphs[1], graphs[0]);
    assertTrue(recall(vectors, graphs[0]) > 0.97);
  }

  /** By inner product short vectors are nobody's nearest, and no fault of the graph. */
  public void testShortVectorsAreNotLost() throws IOException {
    float[][] rows = VectorData.uniform(random(), 1500, 8);
    for (float[] row : rows) {
      float length = (float) Math.exp(2 * random().nextGaussian());
      for (int k = 0; k < row.length; k++) {
        row[k] *= length;
      }
    }
    VectorSet vectors =
        VectorSets.ofHeap(List.of(rows), null, 8, VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT);
    FlatHnswGraph graph =
        GraphBuilders.choose(new BuildParams(16, 100), 1500, 8, BuildLog.silent())
            .build(vectors, ParallelRanges.serial())
            .graph();
    double lost = repair(vectors, graph, ParallelRanges.serial()).lost();
    assertTrue("lost=" + lost, lost <= 0.1); // of 64 sampled nodes
  }

  public void testOneNode() throws IOException {
    VectorSet vectors = set(VectorData.uniform(random(), 1, 3));
    FlatHnswGraph graph = new FlatHnswGraph(8, List.of(new FlatAdjacency(null, 1, 16)));
    assertEquals(
        new NavigabilityRepair.Result(0, 0),
        repair(vectors, graph, ParallelRanges.serial()).repair());
    assertEquals(
        0,
        repair(vectors, graph, ParallelRanges.serial()).recall(new int[1], new long[1][0], 10),
        0);
  }
}
