// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;

/** What a similarity function is computed from. */
public class TestMetric extends LuceneTestCase {

  public void testOfSimilarity() {
    assertSame(Metric.DOT, Metric.of(VectorSimilarityFunction.DOT_PRODUCT));
    assertSame(Metric.INNER_PRODUCT, Metric.of(VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT));
    assertSame(Metric.COSINE, Metric.of(VectorSimilarityFunction.COSINE));
    assertSame(Metric.EUCLIDEAN, Metric.of(VectorSimilarityFunction.EUCLIDEAN));
  }

  public void testNorm() {
    assertEquals(0, Metric.DOT.norm(7), 0f);
    assertEquals(0.25f, Metric.COSINE.norm(16), 0f);
    assertEquals(0, Metric.COSINE.norm(0), 0f);
    assertEquals(8, Metric.EUCLIDEAN.norm(16), 0f);
  }
}
