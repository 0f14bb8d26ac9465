// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import static org.apache.lucene.index.VectorSimilarityFunction.COSINE;
import static org.apache.lucene.index.VectorSimilarityFunction.EUCLIDEAN;

import io.github.batchedhnsw.VectorData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;

/**
 * Data on which approximations fail: differences that are small against the vectors, groups of near
 * vectors, populations far apart. What is found there is as good as in stock's graphs. The data are
 * always the same, as a few graphs of either kind are worse by chance.
 */
public class TestHardData extends LuceneTestCase {
  private static final BuildParams PARAMS = new BuildParams(16, 100);
  private static final int QUERIES = 300;

  private static void assertAsGoodAsStock(
      String name, float[][] vectors, float[][] queries, VectorSimilarityFunction... similarities)
      throws IOException {
    List<String> differences = new ArrayList<>();
    for (VectorSimilarityFunction similarity : similarities) {
      differences.addAll(
          Stock.differences(
              name, VectorData.list(vectors), VectorData.list(queries), similarity, PARAMS));
    }
    assertEquals(List.of(), differences);
  }

  /** The last vectors are the queries. */
  private static void assertAsGoodAsStock(
      String name, float[][] vectors, VectorSimilarityFunction... similarities) throws IOException {
    int size = vectors.length - QUERIES;
    assertAsGoodAsStock(
        name,
        Arrays.copyOf(vectors, size),
        Arrays.copyOfRange(vectors, size, vectors.length),
        similarities);
  }

  private static float[][] gaussian(Random random, int size, int dimension) {
    float[][] vectors = new float[size][dimension];
    for (float[] vector : vectors) {
      for (int d = 0; d < dimension; d++) {
        vector[d] = (float) random.nextGaussian();
      }
    }
    return vectors;
  }

  /** So many points around each of some centres, in random order. */
  private static float[][] clusters(
      Random random, int centres, int points, int dimension, double noise) {
    float[][] centers = gaussian(random, centres, dimension);
    float[][] vectors = new float[centres * points + QUERIES][];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = centers[i % centres].clone();
      for (int d = 0; d < dimension; d++) {
        vectors[i][d] += (float) (noise * random.nextGaussian());
      }
    }
    return vectors;
  }

  /** One component is the same in all vectors and large. */
  public void testLargeCommonComponent() throws IOException {
    for (float common : new float[] {1e4f, 1.7e9f}) {
      float[][] vectors = VectorData.lowRank(new Random(1), 800 + QUERIES, 32, 8, 0.05f);
      for (float[] vector : vectors) {
        vector[0] = common;
      }
      assertAsGoodAsStock("component 0 is " + common, vectors, EUCLIDEAN);
    }
  }

  public void testFarFromTheOrigin() throws IOException {
    float[][] vectors = gaussian(new Random(2), 800 + QUERIES, 16);
    for (float[] vector : vectors) {
      for (int d = 0; d < vector.length; d++) {
        vector[d] += 3000;
      }
    }
    assertAsGoodAsStock("mean 3000", vectors, EUCLIDEAN);
  }

  public void testManyFarFromTheOrigin() throws IOException {
    float[][] vectors = gaussian(new Random(3), 5000 + QUERIES, 64);
    for (float[] vector : vectors) {
      for (int d = 0; d < vector.length; d++) {
        vector[d] = 3 * vector[d] + 1000;
      }
    }
    assertAsGoodAsStock("mean 1000", vectors, EUCLIDEAN);
  }

  public void testTinyTightClusters() throws IOException {
    assertAsGoodAsStock("250 x 10", clusters(new Random(4), 250, 10, 16, 0.02), EUCLIDEAN, COSINE);
  }

  public void testSmallTightClusters() throws IOException {
    assertAsGoodAsStock("200 x 20", clusters(new Random(5), 200, 20, 16, 0.02), EUCLIDEAN, COSINE);
  }

  public void testLargeTightClusters() throws IOException {
    assertAsGoodAsStock("20 x 250", clusters(new Random(6), 20, 250, 64, 0.1), EUCLIDEAN, COSINE);
  }

  public void testTwoPopulationsFarApart() throws IOException {
    for (int size : new int[] {1500, 6000}) {
      float[][] vectors = gaussian(new Random(7), size + QUERIES, 16);
      for (int i = 0; i < vectors.length; i++) {
        for (int d = 0; d < vectors[i].length; d++) {
          vectors[i][d] += i % 3 == 0 ? 300 : -100;
        }
      }
      assertAsGoodAsStock("two populations of " + size, vectors, EUCLIDEAN);
    }
  }

  /** One of them has a thousand times the extent of the other. */
  public void testPopulationsOfDifferentExtent() throws IOException {
    float[][] vectors = gaussian(new Random(8), 5000 + QUERIES, 12);
    for (int i = 0; i < vectors.length; i++) {
      for (int d = 0; d < vectors[i].length; d++) {
        vectors[i][d] = i % 4 == 0 ? vectors[i][d] / 1000 + 5 : vectors[i][d];
      }
    }
    assertAsGoodAsStock("two extents", vectors, EUCLIDEAN);
  }
}
