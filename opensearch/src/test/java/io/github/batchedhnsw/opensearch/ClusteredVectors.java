package io.github.batchedhnsw.opensearch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Clustered vectors from a seed, and what is truly near in them. */
final class ClusteredVectors {
  private static final int CLUSTERS = 50;
  private static final double SPREAD = 0.35;

  private ClusteredVectors() {}

  /**
   * Vectors around common centres; the centres depend on the dimension alone, so that sets of
   * different seeds are of one distribution.
   */
  static float[][] clustered(long seed, int count, int dimension) {
    float[][] centres = new float[CLUSTERS][dimension];
    SplittableRandom ofCentres = new SplittableRandom(dimension);
    for (float[] centre : centres) {
      for (int i = 0; i < dimension; i++) {
        centre[i] = (float) ofCentres.nextDouble(-1, 1);
      }
    }
    SplittableRandom random = new SplittableRandom(seed);
    float[][] vectors = new float[count][dimension];
    for (float[] vector : vectors) {
      float[] centre = centres[random.nextInt(CLUSTERS)];
      for (int i = 0; i < dimension; i++) {
        vector[i] = (float) (centre[i] + SPREAD * random.nextGaussian());
      }
    }
    return vectors;
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
