// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Scores from products, and back. */
public class TestMetric extends LuceneTestCase {

  public void testOfSimilarity() {
    assertSame(Metric.DOT, Metric.of(VectorSimilarityFunction.DOT_PRODUCT));
    assertSame(Metric.INNER_PRODUCT, Metric.of(VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT));
    assertSame(Metric.COSINE, Metric.of(VectorSimilarityFunction.COSINE));
    assertSame(Metric.EUCLIDEAN, Metric.of(VectorSimilarityFunction.EUCLIDEAN));
  }

  /** The squared distance of (1, 2) and (4, 6) is 25. */
  public void testScore() {
    float biased = (1 * 4 + 2 * 6) - Metric.EUCLIDEAN.norm(1 + 4);
    assertEquals(-25, Metric.EUCLIDEAN.score(biased, Metric.EUCLIDEAN.norm(16 + 36)), 0f);
    assertEquals(16, Metric.DOT.score(16, 0), 0f);
    assertEquals(0.5f, Metric.COSINE.score(0.5f, 0), 0f);
  }

  public void testNorm() {
    assertEquals(0, Metric.DOT.norm(7), 0f);
    assertEquals(0.25f, Metric.COSINE.norm(16), 0f);
    assertEquals(0, Metric.COSINE.norm(0), 0f);
    assertEquals(8, Metric.EUCLIDEAN.norm(16), 0f);
  }

  public void testProductInvertsScore() {
    for (Metric metric : Metric.values()) {
      for (int i = 0; i < 1000; i++) {
        float biased = random().nextInt(-1000, 1000) / 8f;
        float bias = metric == Metric.EUCLIDEAN ? random().nextInt(1000) / 8f : 0;
        assertEquals(biased, metric.product(metric.score(biased, bias), bias), 0f);
        float score = random().nextInt(-1000, 1000) / 8f;
        assertEquals(score, metric.score(metric.product(score, bias), bias), 0f);
      }
    }
  }
}
