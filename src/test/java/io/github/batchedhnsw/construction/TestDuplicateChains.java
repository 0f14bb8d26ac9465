// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.parallel.Workers;
import io.github.batchedhnsw.construction.survey.Duplicates;
import io.github.batchedhnsw.graph.FlatHnswGraph;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Duplicates are found exactly, harm nobody and are found again. */
public class TestDuplicateChains extends LuceneTestCase {
  private static final VectorSimilarityFunction EUCLIDEAN = VectorSimilarityFunction.EUCLIDEAN;

  private static VectorSet set(float[][] vectors) throws IOException {
    return VectorSets.ofHeap(List.of(vectors), null, vectors[0].length, EUCLIDEAN);
  }

  private static GraphBuilder builder(BuildParams params) {
    return GraphBuilders.choose(params, 1, 1, BuildLog.silent());
  }

  public void testRepresentatives() throws IOException {
    try (Workers workers = new Workers(3)) {
      for (int round = 0; round < atLeast(30); round++) {
        int size = random().nextInt(1, 3000);
        float[][] vectors =
            round % 2 == 0
                ? VectorData.withDuplicates(
                    random(), VectorData.uniform(random(), size, 5), random().nextInt(100))
                : VectorData.floats(VectorData.smallBytes(random(), size, 3, 4));
        Map<String, Integer> lowest = new HashMap<>();
        int[] expected = new int[size];
        for (int i = 0; i < size; i++) {
          expected[i] = lowest.computeIfAbsent(Arrays.toString(vectors[i]), v -> lowest.size());
        }
        Map<Integer, Integer> first = new HashMap<>();
        for (int i = 0; i < size; i++) {
          int ordinal = i;
          expected[i] = first.computeIfAbsent(expected[i], v -> ordinal);
        }
        boolean none = first.size() == size;
        for (ParallelRanges parallel :
            new ParallelRanges[] {ParallelRanges.serial(), workers.ranges(3)}) {
          int[] found = Duplicates.representatives(set(vectors), parallel);
          if (none) {
            assertNull(found);
          } else {
            assertArrayEquals(expected, found);
          }
        }
      }
    }
  }

  public void testNoDuplicatesNoDifference() throws IOException {
    VectorSet vectors = set(VectorData.uniform(random(), 1500, 6));
    BuildParams params = new BuildParams(8, 40);
    Graphs.assertSame(
        new ClusterGraphBuilder(params, BuildLog.silent())
            .build(vectors, ParallelRanges.serial())
            .graph(),
        builder(params).build(vectors, ParallelRanges.serial()).graph());
  }

  public void testReachableValidAndTheSameForAnyNumberOfWorkers() throws IOException {
    try (Workers workers = new Workers(3)) {
      for (int round = 0; round < atLeast(10); round++) {
        int size = random().nextInt(2, 3000);
        float[][] vectors =
            round % 3 == 0
                ? VectorData.identical(random(), size, 4)
                : VectorData.withDuplicates(
                    random(), VectorData.uniform(random(), size, 4), random().nextInt(1, 100));
        BuildParams params = new BuildParams(random().nextInt(1, 20), random().nextInt(1, 100));
        FlatHnswGraph graph = builder(params).build(set(vectors), ParallelRanges.serial()).graph();
        Graphs.assertWellFormed(graph, size, params.maxConn());
        Graphs.assertSame(graph, builder(params).build(set(vectors), workers.ranges(3)).graph());
      }
    }
  }

  /** A search with a vector finds as many of its copies as it asks for. */
  public void testCopiesAreFound() throws IOException {
    float[][] distinct = VectorData.uniform(random(), 1000, 12);
    float[][] vectors = new float[4000][];
    for (int i = 0; i < vectors.length; i++) {
      // some once, some in groups of up to hundreds
      vectors[i] =
          i < 1000 ? distinct[i] : distinct[(int) (1000 * Math.pow(random().nextDouble(), 3))];
    }
    FlatHnswGraph graph =
        builder(new BuildParams(16, 100)).build(set(vectors), ParallelRanges.serial()).graph();
    for (int width : new int[] {20, 100}) {
      double recall =
          Graphs.recall(graph, vectors, Arrays.copyOf(vectors, 200), EUCLIDEAN, 10, width);
      assertTrue(width + ": recall=" + recall, recall >= 0.97);
    }
  }

  /** The way to the last of very many copies is short. */
  public void testIdenticalVectorsAreNotFar() throws IOException {
    int size = 10_000;
    FlatHnswGraph graph =
        builder(new BuildParams(16, 100))
            .build(set(VectorData.identical(random(), size, 3)), ParallelRanges.serial())
            .graph();
    int[] distances = Graphs.distances(graph.level(0), graph.entryPoint());
    assertTrue("not reached", Arrays.stream(distances).allMatch(distance -> distance >= 0));
    int farthest = Arrays.stream(distances).max().getAsInt();
    assertTrue("farthest=" + farthest, farthest <= 12);
  }
}
