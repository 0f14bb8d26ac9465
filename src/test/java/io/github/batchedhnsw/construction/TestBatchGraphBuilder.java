// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.parallel.Workers;
import io.github.batchedhnsw.graph.FlatHnswGraph;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.List;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.MergePolicy.MergeAbortedException;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Whole graphs: their shape, that they can be searched, and that threads do not matter. */
public class TestBatchGraphBuilder extends LuceneTestCase {
  private static final VectorSimilarityFunction EUCLIDEAN = VectorSimilarityFunction.EUCLIDEAN;

  private static FlatHnswGraph build(List<?> vectors, BuildParams params) throws IOException {
    return build(vectors, EUCLIDEAN, params, ParallelRanges.serial());
  }

  private static FlatHnswGraph build(
      List<?> vectors,
      VectorSimilarityFunction similarity,
      BuildParams params,
      ParallelRanges parallel)
      throws IOException {
    int dimension =
        vectors.get(0) instanceof float[] floats ? floats.length : ((byte[]) vectors.get(0)).length;
    VectorSet set = VectorSets.ofHeap(vectors, null, dimension, similarity);
    FlatHnswGraph graph = new BatchGraphBuilder(params).build(set, parallel).graph();
    Graphs.assertValid(graph, vectors.size(), params);
    return graph;
  }

  private static BuildParams randomParams() {
    return new BuildParams(random().nextInt(1, 20), random().nextInt(1, 101), random().nextLong());
  }

  public void testSizes() throws IOException {
    for (int maxConn : new int[] {1, 2, 16}) {
      for (int size : new int[] {1, 2, 3, maxConn, maxConn + 1, 255, 256, 257, 1000}) {
        float[][] vectors = VectorData.uniform(random(), size, random().nextInt(1, 20));
        build(VectorData.list(vectors), new BuildParams(maxConn, random().nextInt(1, 101)));
      }
    }
  }

  /** One level, and too many nodes on it to compare all pairs. */
  public void testLargeTopLevel() throws IOException {
    int size = random().nextInt(300, 900);
    float[][] vectors = VectorData.uniform(random(), size, 8);
    int levels = 0;
    for (int seed = 0; seed < 4; seed++) {
      BuildParams params = new BuildParams(512, 60, seed);
      FlatHnswGraph graph = build(VectorData.list(vectors), params);
      levels += graph.numLevels();
      assertTrue(Graphs.recall(random(), graph, vectors, EUCLIDEAN, 10, 40) > 0.95);
    }
    assertTrue(levels < 12);
  }

  public void testSameGraphForAnyNumberOfWorkers() throws IOException {
    try (Workers workers = new Workers(8)) {
      for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
        int size = random().nextInt(300, 1500);
        List<?> vectors =
            random().nextBoolean()
                ? VectorData.list(VectorData.normalized(random(), size, random().nextInt(1, 40)))
                : VectorData.list(VectorData.smallBytes(random(), size, 4, 3));
        BuildParams params = randomParams();
        FlatHnswGraph expected = build(vectors, similarity, params, ParallelRanges.serial());
        for (int threads : new int[] {2, 3, 8}) {
          Graphs.assertSame(expected, build(vectors, similarity, params, workers.ranges(threads)));
        }
      }
    }
  }

  public void testHeapAndFileGiveTheSameGraph() throws IOException {
    float[][] vectors = VectorData.uniform(random(), 600, 9);
    BuildParams params = randomParams();
    FlatHnswGraph heap = build(VectorData.list(vectors), params);
    FlatHnswGraph file =
        new BatchGraphBuilder(params)
            .build(
                VectorSets.of(
                    FloatVectorValues.fromFloats(VectorData.list(vectors), 9), EUCLIDEAN, () -> {}),
                ParallelRanges.serial())
            .graph();
    Graphs.assertSame(heap, file);
  }

  public void testSeedMatters() throws IOException {
    List<float[]> vectors = VectorData.list(VectorData.uniform(random(), 500, 5));
    FlatHnswGraph a = build(vectors, new BuildParams(8, 20, 1));
    FlatHnswGraph b = build(vectors, new BuildParams(8, 20, 2));
    expectThrows(AssertionError.class, () -> Graphs.assertSame(a, b));
  }

  public void testIdenticalVectors() throws IOException {
    for (int size : new int[] {2, 17, 300, 1000}) {
      for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
        float[][] vectors = VectorData.identical(random(), size, 6);
        build(VectorData.list(vectors), similarity, randomParams(), ParallelRanges.serial());
      }
    }
  }

  public void testOneDimension() throws IOException {
    float[][] vectors = VectorData.uniform(random(), 1000, 1);
    FlatHnswGraph graph = build(VectorData.list(vectors), new BuildParams(16, 100));
    assertTrue(Graphs.recall(random(), graph, vectors, EUCLIDEAN, 10, 40) > 0.95);
  }

  public void testRecall() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      float[][] vectors = VectorData.normalized(random(), atLeast(1500), 12);
      FlatHnswGraph graph =
          build(
              VectorData.list(vectors),
              similarity,
              new BuildParams(16, 100),
              ParallelRanges.serial());
      double recall = Graphs.recall(random(), graph, vectors, similarity, 10, 50);
      assertTrue(similarity + " recall=" + recall, recall > 0.95);
    }
  }

  /**
   * The order of arrival must not matter for quality. Clusters are as large as batches: inserted in
   * their order, a cluster's members would not see each other.
   */
  public void testRecallSortedByCluster() throws IOException {
    float[][] vectors = VectorData.sortedByCluster(random(), 1600, 10, 50);
    FlatHnswGraph graph = build(VectorData.list(vectors), new BuildParams(8, 40));
    double recall = Graphs.recall(random(), graph, vectors, EUCLIDEAN, 10, 20);
    assertTrue("recall=" + recall, recall > 0.95);
  }

  public void testWiderBeamAndMoreConnectionsAreBetter() throws IOException {
    float[][] vectors = VectorData.normalized(random(), 2000, 24);
    double poor =
        Graphs.recall(
            random(),
            build(VectorData.list(vectors), new BuildParams(3, 5)),
            vectors,
            EUCLIDEAN,
            10,
            20);
    double good =
        Graphs.recall(
            random(),
            build(VectorData.list(vectors), new BuildParams(24, 150)),
            vectors,
            EUCLIDEAN,
            10,
            20);
    assertTrue("poor=" + poor + " good=" + good, good > poor + 0.05);
    assertTrue("good=" + good, good > 0.9);
  }

  /** Finite components whose squares and products are not. */
  public void testOverflowingScoresDoNoHarm() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      float[][] vectors = VectorData.uniform(random(), 700, 7);
      for (float[] vector : vectors) {
        if (random().nextInt(3) == 0) {
          for (int i = 0; i < vector.length; i++) {
            vector[i] *= Float.MAX_VALUE;
          }
        }
      }
      build(VectorData.list(vectors), similarity, new BuildParams(8, 30), ParallelRanges.serial());
    }
  }

  public void testAborts() throws IOException {
    List<float[]> vectors = VectorData.list(VectorData.uniform(random(), 1000, 4));
    int[] checks = new int[1];
    BuildParams params = new BuildParams(8, 20);
    build(vectors, EUCLIDEAN, params, ParallelRanges.serial(() -> checks[0]++));
    int total = checks[0];
    assertTrue("only " + total + " checks for 1000 nodes", total >= 100);
    for (int allowed : new int[] {0, 1, total / 2, total - 1}) {
      checks[0] = 0;
      expectThrows(
          MergeAbortedException.class,
          () ->
              build(
                  vectors,
                  EUCLIDEAN,
                  params,
                  ParallelRanges.serial(
                      () -> {
                        if (checks[0]++ == allowed) {
                          throw new MergeAbortedException("aborted");
                        }
                      })));
      assertEquals("went on after the abort", allowed + 1, checks[0]);
    }
  }
}
