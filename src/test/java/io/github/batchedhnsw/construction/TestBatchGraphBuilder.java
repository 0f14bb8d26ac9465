// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.graph.FlatHnswGraph;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.List;
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
}
