// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import io.github.batchedhnsw.VectorData;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Rows of sets of both encodings, on the heap and in files, for every similarity. */
public class TestRowReader extends LuceneTestCase {
  private static final int SIZE = 40;

  private static List<VectorSet> heapAndFile(
      List<?> vectors, int dimension, VectorSimilarityFunction similarity) throws IOException {
    KnnVectorValues values =
        vectors.get(0) instanceof byte[]
            ? TestVectorSets.reusingRow(
                ByteVectorValues.fromBytes(
                    vectors.stream().map(v -> (byte[]) v).toList(), dimension))
            : TestVectorSets.reusingRow(
                FloatVectorValues.fromFloats(
                    vectors.stream().map(v -> (float[]) v).toList(), dimension));
    return List.of(
        VectorSets.ofHeap(vectors, null, dimension, similarity),
        VectorSets.of(values, similarity, () -> {}));
  }

  private static double component(Object vector, int k) {
    return vector instanceof byte[] bytes ? bytes[k] : ((float[]) vector)[k];
  }

  private static List<List<?>> randomVectors(int dimension) {
    return List.of(
        VectorData.list(VectorData.uniform(random(), SIZE, dimension)),
        VectorData.list(VectorData.bytes(random(), SIZE, dimension)));
  }

  public void testComponents() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      int dimension = random().nextInt(1, 50);
      for (List<?> vectors : randomVectors(dimension)) {
        for (VectorSet set : heapAndFile(vectors, dimension, similarity)) {
          RowReader rows = set.rows();
          for (int i = 0; i < 100; i++) {
            int ordinal = random().nextInt(SIZE);
            int offset = random().nextInt(4);
            float[] row = new float[offset + dimension + random().nextInt(4)];
            Arrays.fill(row, Float.NaN);
            rows.read(ordinal, row, offset);
            Object vector = vectors.get(ordinal);
            double length = 1;
            if (similarity == VectorSimilarityFunction.COSINE) {
              double squares = 0;
              for (int k = 0; k < dimension; k++) {
                squares += component(vector, k) * component(vector, k);
              }
              length = Math.sqrt(squares);
            }
            for (int j = 0; j < row.length; j++) {
              if (j >= offset && j < offset + dimension) {
                double expected = component(vector, j - offset) / length;
                assertEquals(expected, row[j], length == 1 ? 0 : 1e-6);
              } else {
                assertTrue("wrote elsewhere", Float.isNaN(row[j]));
              }
            }
          }
        }
      }
    }
  }

  /** Scores from products of rows are those of the scorer. */
  public void testScores() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      int dimension = random().nextInt(1, 50);
      for (List<?> vectors : randomVectors(dimension)) {
        boolean exact =
            vectors.get(0) instanceof byte[] && similarity != VectorSimilarityFunction.COSINE;
        for (VectorSet set : heapAndFile(vectors, dimension, similarity)) {
          RowReader rows = set.rows();
          OrdinalScorer scorer = set.scorer();
          float[] a = new float[dimension];
          float[] b = new float[dimension];
          float[] score = new float[1];
          for (int i = 0; i < 200; i++) {
            int left = random().nextInt(SIZE);
            int right = random().nextInt(SIZE);
            scorer.setQuery(left);
            scorer.score(new int[] {right}, 1, score);
            rows.read(left, a, 0);
            rows.read(right, b, 0);
            float product = Blocks.product(DistanceKernels.best(), a, b);
            float biased = product - rows.bias(right) - rows.bias(left);
            float actual = set.metric() == Metric.EUCLIDEAN ? 2 * biased : biased;
            assertEquals(score[0], actual, exact ? 0 : 1e-5f * dimension);
          }
        }
      }
    }
  }

  /** While one reader reads a vector of a file another one reads another, as on another thread. */
  public void testReadersAreIndependent() throws IOException {
    for (TestVectorSets.Meanwhile meanwhile : TestVectorSets.Meanwhile.ofBothEncodings(SIZE, 3)) {
      VectorSet set =
          VectorSets.of(meanwhile.values(), VectorSimilarityFunction.EUCLIDEAN, () -> {});
      float[][] expected = new float[2][3];
      set.rows().read(1, expected[0], 0);
      set.rows().read(2, expected[1], 0);
      assertFalse(Arrays.equals(expected[0], expected[1]));
      RowReader first = set.rows();
      RowReader second = set.rows();
      float[][] actual = new float[2][3];
      meanwhile.run(() -> second.read(2, actual[1], 0));
      first.read(1, actual[0], 0);
      assertArrayEquals(expected[0], actual[0], 0f);
      assertArrayEquals(expected[1], actual[1], 0f);
    }
  }

  public void testZeroVectorsWithCosine() throws IOException {
    for (List<?> vectors :
        List.of(
            VectorData.list(new float[][] {{0, 0}, {3, 4}}),
            VectorData.list(new byte[][] {{0, 0}, {3, 4}}))) {
      for (VectorSet set : heapAndFile(vectors, 2, VectorSimilarityFunction.COSINE)) {
        float[] row = {7, 7};
        set.rows().read(0, row, 0);
        assertArrayEquals(new float[2], row, 0f);
        set.rows().read(1, row, 0);
        assertArrayEquals(new float[] {0.6f, 0.8f}, row, 1e-6f);
      }
    }
  }
}
