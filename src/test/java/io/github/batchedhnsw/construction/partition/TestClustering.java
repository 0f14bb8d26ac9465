// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.partition;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.parallel.Workers;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Clusters hold every vector once, are small and hold near vectors. */
public class TestClustering extends LuceneTestCase {
  private static final int TARGET = 64;

  private static VectorSet set(float[][] vectors) throws IOException {
    return VectorSets.ofHeap(
        List.of(vectors), null, vectors[0].length, VectorSimilarityFunction.EUCLIDEAN);
  }

  private static Clusters group(float[][] vectors, int[] ordinals, ParallelRanges parallel)
      throws IOException {
    return new Clustering(set(vectors), parallel, TARGET, 7).group(ordinals);
  }

  private static Clusters group(float[][] vectors) throws IOException {
    int[] all = IntStream.range(0, vectors.length).toArray();
    Clusters clusters = group(vectors, all, ParallelRanges.serial());
    assertValid(clusters, vectors.length);
    return clusters;
  }

  private static void assertValid(Clusters clusters, int size) {
    int[] sorted = clusters.members().clone();
    Arrays.sort(sorted);
    assertArrayEquals(IntStream.range(0, size).toArray(), sorted);
    assertEquals(0, clusters.starts()[0]);
    assertEquals(size, clusters.starts()[clusters.count()]);
    for (int cluster = 0; cluster < clusters.count(); cluster++) {
      int members = clusters.size(cluster);
      assertTrue("members=" + members, members > 0 && members <= 2 * TARGET);
    }
    assertEquals(clusters.count(), clusters.centroids().length);
    assertEquals(clusters.cells(), clusters.cellCentroids().length);
    assertEquals(0, clusters.cellStarts()[0]);
    assertEquals(clusters.count(), clusters.cellStarts()[clusters.cells()]);
    for (int cell = 0; cell < clusters.cells(); cell++) {
      assertTrue(clusters.cellStarts()[cell] < clusters.cellStarts()[cell + 1]);
    }
  }

  /** Mean squared distance of vectors from their centroids. */
  private static double spread(float[][] vectors, Clusters clusters) {
    double sum = 0;
    for (int cluster = 0; cluster < clusters.count(); cluster++) {
      for (int m = clusters.starts()[cluster]; m < clusters.starts()[cluster + 1]; m++) {
        float[] vector = vectors[clusters.members()[m]];
        for (int d = 0; d < vector.length; d++) {
          double difference = (double) vector[d] - clusters.centroids()[cluster][d];
          sum += difference * difference;
        }
      }
    }
    return sum / vectors.length;
  }

  public void testSizes() throws IOException {
    for (int size : new int[] {1, 2, 63, 64, 65, 128, 129, 500, 520, 3000}) {
      Clusters clusters = group(VectorData.uniform(random(), size, random().nextInt(1, 20)));
      double mean = (double) size / clusters.count();
      assertTrue("mean=" + mean, mean <= 2 * TARGET && (size < 500 || mean >= TARGET / 2.0));
    }
  }

  public void testSomeOfTheVectors() throws IOException {
    float[][] vectors = VectorData.uniform(random(), 3000, 6);
    int[] ordinals = random().ints(0, 3000).distinct().limit(1100).sorted().toArray();
    float[][] chosen = Arrays.stream(ordinals).mapToObj(o -> vectors[o]).toArray(float[][]::new);
    Clusters some = group(vectors, ordinals, ParallelRanges.serial());
    assertSame(group(chosen), some);
  }

  public void testDuplicatesTerminate() throws IOException {
    float[][] identical = VectorData.identical(random(), 3000, 6);
    assertEquals(0, spread(identical, group(identical)), 1e-9);
    group(new float[3000][4]);
    group(VectorData.withDuplicates(random(), VectorData.uniform(random(), 2000, 3), 90));
    float[][] two = new float[3000][2];
    for (int i = 0; i < two.length; i += 3) {
      two[i][1] = 1;
    }
    assertEquals(0, spread(two, group(two)), 1e-9);
  }

  public void testNotANumberAndInfinite() throws IOException {
    float[][] vectors = VectorData.uniform(random(), 2000, 3);
    for (int i = 0; i < vectors.length; i += 2) {
      vectors[i][i % 3] = i % 4 == 0 ? Float.MAX_VALUE : Float.NEGATIVE_INFINITY;
    }
    group(vectors);
  }

  public void testSameForAnyNumberOfWorkers() throws IOException {
    float[][] vectors = VectorData.uniform(random(), 3000, 10);
    int[] all = IntStream.range(0, vectors.length).toArray();
    Clusters expected = group(vectors);
    try (Workers workers = new Workers(8)) {
      for (int threads : new int[] {2, 3, 8}) {
        assertSame(expected, group(vectors, all, workers.ranges(threads)));
      }
    }
  }

  private static void assertSame(Clusters expected, Clusters actual) {
    assertArrayEquals(expected.members(), actual.members());
    assertArrayEquals(expected.starts(), actual.starts());
    assertTrue(Arrays.deepEquals(expected.centroids(), actual.centroids()));
    assertArrayEquals(expected.cellStarts(), actual.cellStarts());
    assertTrue(Arrays.deepEquals(expected.cellCentroids(), actual.cellCentroids()));
  }

  /** Vectors of a cluster are near each other. */
  public void testNear() throws IOException {
    float[][] vectors = VectorData.uniform(random(), 4000, 4); // of variance 1/3 a component
    assertTrue(spread(vectors, group(vectors)) < 0.4 * 4 / 3);
    float[][] clumps = VectorData.sortedByCluster(random(), 4000, 8, 20); // 0.01 a component
    double spread = spread(clumps, group(clumps));
    assertTrue("spread=" + spread, spread < 0.1);
  }

  /** Neither a common offset nor populations far apart cost precision. */
  public void testShifted() throws IOException {
    float[][] vectors = VectorData.uniform(random(), 4000, 4);
    double expected = spread(vectors, group(vectors));
    for (float[] vector : vectors) {
      for (int d = 0; d < 4; d++) {
        vector[d] += 10_000;
      }
    }
    double shifted = spread(vectors, group(vectors));
    assertEquals(expected, shifted, 0.2 * expected);
    for (int i = 0; i < vectors.length; i++) {
      vectors[i][1] -= i % 2 == 0 ? 0 : 20_000;
    }
    double apart = spread(vectors, group(vectors));
    // half as many clusters for each of the same volumes in four dimensions, 1.4 times as wide
    assertTrue(expected + " " + apart, apart < 1.7 * expected);
  }
}
