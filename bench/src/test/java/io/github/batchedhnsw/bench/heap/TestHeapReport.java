// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.heap;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.data.FloatVectors;
import io.github.batchedhnsw.bench.systems.Contender;
import io.github.batchedhnsw.bench.systems.GraphParams;
import java.util.List;
import java.util.Map;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.junit.Test;

public class TestHeapReport {

  /** With 1,024 vectors, a MiB is 1,024 bytes a vector. */
  @Test
  public void bytesPerVectorAreAboveFlat() {
    FloatVectors vectors = new FloatVectors(new float[1024][3]);
    Dataset data =
        new Dataset(
            "zeros", "zeros", vectors, vectors.slice(0, 1), VectorSimilarityFunction.EUCLIDEAN);
    HeapReport report =
        new HeapReport(
            data,
            new GraphParams(16, 100),
            10,
            Map.of(
                HeapChild.Job.FLUSH,
                List.of(
                    new HeapComparison.Needed(Contender.FLAT, new SmallestHeap(18, 20, 5), 0.51),
                    new HeapComparison.Needed(Contender.STOCK, new SmallestHeap(28, 32, 6), 1.5))));
    assertEquals(
        List.of("flat", "flush", "1024", "18", "20", "19456", "", "1024", "0.5", "5"),
        report.table().lines().get(1));
    assertEquals(
        List.of("stock", "flush", "1024", "28", "32", "30720", "11264", "3072", "1.5", "6"),
        report.table().lines().get(2));
    String text = report.text();
    assertTrue(text, text.contains("The vectors themselves take 12 bytes each."));
  }
}
