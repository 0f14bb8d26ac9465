// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Clustered vectors from a seed, and what is truly near in them. */
final class ClusteredVectors {
  private static final int CLUSTERS = 100;
  private static final int LATENT = 24;
  private static final double SPREAD = 0.7;
  private static final double NOISE = 0.1;

  private ClusteredVectors() {}

  /**
   * Vectors around common centres, drawn in few dimensions and mapped linearly to many. Centres and
   * map depend on the dimension alone, so that sets of different seeds are of one distribution.
   */
  static float[][] clustered(long seed, int count, int dimension) {
    SplittableRandom common = new SplittableRandom(dimension);
    double[][] centres = gaussian(common, CLUSTERS, LATENT);
    double[][] map = gaussian(common, dimension, LATENT);
    SplittableRandom random = new SplittableRandom(seed);
    float[][] vectors = new float[count][dimension];
    double[] latent = new double[LATENT];
    for (float[] vector : vectors) {
      double[] centre = centres[random.nextInt(CLUSTERS)];
      for (int i = 0; i < LATENT; i++) {
        latent[i] = centre[i] + SPREAD * random.nextGaussian();
      }
      for (int i = 0; i < dimension; i++) {
        double sum = NOISE * random.nextGaussian();
        for (int j = 0; j < LATENT; j++) {
          sum += map[i][j] * latent[j];
        }
        vector[i] = (float) sum;
      }
    }
    return vectors;
  }

  private static double[][] gaussian(SplittableRandom random, int rows, int columns) {
    double[][] matrix = new double[rows][columns];
    for (double[] row : matrix) {
      Arrays.setAll(row, column -> random.nextGaussian());
    }
    return matrix;
  }

  /** Share of the exact k nearest that were found. */
  static double recall(float[][] vectors, float[][] queries, List<List<String>> found, int k) {
    int hits = 0;
    for (int q = 0; q < queries.length; q++) {
      float[] query = queries[q];
      double[] distances =
          IntStream.range(0, vectors.length)
              .mapToDouble(i -> squaredDistance(query, vectors[i]))
              .toArray();
      List<String> nearest = new ArrayList<>();
      IntStream.range(0, vectors.length)
          .boxed()
          .sorted(Comparator.comparingDouble(i -> distances[i]))
          .limit(k)
          .forEach(i -> nearest.add(Integer.toString(i)));
      Set<String> both = new HashSet<>(nearest);
      both.retainAll(found.get(q));
      hits += both.size();
    }
    return hits / (double) (k * queries.length);
  }

  private static double squaredDistance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (double) (a[i] - b[i]);
    }
    return sum;
  }
}
