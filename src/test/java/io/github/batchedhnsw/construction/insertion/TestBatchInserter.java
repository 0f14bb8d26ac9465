// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.insertion;

import io.github.batchedhnsw.construction.linking.ReverseEdges;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.List;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;

/** What a batch may be; the builders' tests look at the graphs. */
public class TestBatchInserter extends LuceneTestCase {

  /** Before it has looked at a node. */
  public void testRefusesABatchWithTooManyEdges() throws IOException {
    int maxDegree = 1024;
    VectorSet vectors =
        VectorSets.ofHeap(List.of(new float[] {1}), null, 1, VectorSimilarityFunction.EUCLIDEAN);
    BatchInserter inserter = new BatchInserter(vectors, ParallelRanges.serial(), 10, maxDegree);
    inserter.start(new FlatAdjacency(null, 1, maxDegree), new BatchInserter.Degrees(0, maxDegree));
    int[] batch = new int[ReverseEdges.MAX_EDGES / maxDegree + 1];
    AssertionError e =
        expectThrows(
            AssertionError.class,
            () ->
                inserter.insert(
                    batch,
                    (worker, index) -> {
                      throw new IOException("searches");
                    }));
    assertTrue(e.getMessage(), e.getMessage().contains("nodes=" + batch.length));
  }
}
