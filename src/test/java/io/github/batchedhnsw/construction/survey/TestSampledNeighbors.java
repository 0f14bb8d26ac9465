// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.survey;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.parallel.Workers;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Sampled neighbours are the exact ones, and clumps are told from manifolds. */
public class TestSampledNeighbors extends LuceneTestCase {

  private static VectorSet set(float[][] vectors, VectorSimilarityFunction similarity)
      throws IOException {
    return VectorSets.ofHeap(List.of(vectors), null, vectors[0].length, similarity);
  }

  private static int[] all(int size) {
    return IntStream.range(0, size).toArray();
  }

  public void testAgreesWithBruteForce() throws IOException {
    try (Workers workers = new Workers(3)) {
      for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
        int size = random().nextInt(100, 3000);
        VectorSet vectors = set(VectorData.normalized(random(), 2 * size, 9), similarity);
        int[] odd = IntStream.range(0, size).map(i -> 2 * i + 1).toArray();
        SampledNeighbors sample =
            SampledNeighbors.of(vectors, odd, 30, 17, 11, ParallelRanges.serial());
        assertEquals(30, sample.size());
        assertEquals(30, Arrays.stream(sample.positions()).distinct().count());
        for (int i = 0; i < sample.size(); i++) {
          assertTrue(i == 0 || sample.positions()[i - 1] < sample.positions()[i]);
          assertArrayEquals(nearest(vectors, odd, sample.positions()[i], 17), sample.nearest()[i]);
        }
        SampledNeighbors parallel =
            SampledNeighbors.of(vectors, odd, 30, 17, 11, workers.ranges(3));
        assertArrayEquals(sample.positions(), parallel.positions());
        assertArrayEquals(sample.nearest(), parallel.nearest());
        assertEquals(sample.clumped(), parallel.clumped(), 0);
      }
    }
  }

  private static long[] nearest(VectorSet vectors, int[] ordinals, int position, int count)
      throws IOException {
    OrdinalScorer scorer = vectors.scorer();
    float[] scores = new float[ordinals.length];
    scorer.setQuery(ordinals[position]);
    scorer.score(ordinals, ordinals.length, scores);
    long[] pairs =
        IntStream.range(0, ordinals.length)
            .filter(i -> i != position)
            .mapToLong(i -> ScoredOrdinal.encode(scores[i], ordinals[i]))
            .sorted()
            .toArray();
    return IntStream.range(0, Math.min(count, pairs.length))
        .mapToLong(i -> pairs[pairs.length - 1 - i])
        .toArray();
  }

  public void testFewVectors() throws IOException {
    for (int size : new int[] {1, 2, 5}) {
      VectorSet vectors =
          set(VectorData.uniform(random(), size, 3), VectorSimilarityFunction.EUCLIDEAN);
      SampledNeighbors sample =
          SampledNeighbors.of(vectors, all(size), size, 10, 1, ParallelRanges.serial());
      for (long[] nearest : sample.nearest()) {
        assertEquals(size - 1, nearest.length);
      }
    }
  }

  private static double clumped(float[][] vectors, VectorSimilarityFunction similarity)
      throws IOException {
    return SampledNeighbors.of(
            set(vectors, similarity), all(vectors.length), 50, 10, 3, ParallelRanges.serial())
        .clumped();
  }

  public void testClumped() throws IOException {
    for (VectorSimilarityFunction similarity :
        new VectorSimilarityFunction[] {
          VectorSimilarityFunction.EUCLIDEAN, VectorSimilarityFunction.COSINE
        }) {
      float[][] centers = VectorData.normalized(random(), 200, 12);
      float[][] clumps = new float[4000][];
      for (int i = 0; i < clumps.length; i++) {
        clumps[i] = centers[i % 200].clone();
        for (int d = 0; d < 12; d++) {
          clumps[i][d] += 0.01f * (float) random().nextGaussian();
        }
      }
      double share = clumped(clumps, similarity);
      assertTrue(similarity + ": " + share, share > 0.5);
      // With fewer dimensions some are clumped by chance, in the thinnest of the subsets.
      for (int dimension : new int[] {24, 64}) {
        double manifold = clumped(VectorData.uniform(random(), 4000, dimension), similarity);
        assertTrue(similarity + ", " + dimension + ": " + manifold, manifold <= 0.02);
      }
    }
    float[][] unequal = VectorData.varyingNorms(random(), 2000, 8);
    assertEquals(0, clumped(unequal, VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT), 0);
  }
}
