// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.junit.Test;

public class TestGenerators {
  private static final int COUNT = 1_200;

  @Test
  public void theSameSeedGivesTheSameVectors() {
    assertArrayEquals(manifold(1, 0).base(COUNT).rows(), manifold(1, 0).base(COUNT).rows());
    assertArrayEquals(manifold(1, 0).queries(20).rows(), manifold(1, 0).queries(20).rows());
    assertFalse(Arrays.equals(manifold(1, 0).baseRow(0, 9), manifold(2, 0).baseRow(0, 9)));
    assertArrayEquals(
        new UniformCube(8, 3).base(COUNT).rows(), new UniformCube(8, 3).base(COUNT).rows());
  }

  @Test
  public void queriesAreNotAmongTheVectors() {
    Set<Integer> hashes = new HashSet<>();
    for (float[] row : manifold(1, 0).base(COUNT).rows()) {
      hashes.add(Arrays.hashCode(row));
    }
    for (float[] query : manifold(1, 0).queries(50).rows()) {
      assertFalse(hashes.contains(Arrays.hashCode(query)));
    }
  }

  @Test
  public void duplicatesAreExactCopies() {
    Set<Integer> hashes = new HashSet<>();
    for (float[] row : manifold(1, 30).base(COUNT).rows()) {
      hashes.add(Arrays.hashCode(row));
    }
    double copies = 1 - (double) hashes.size() / COUNT;
    assertEquals(0.30, copies, 0.04);
  }

  @Test
  public void sortedVectorsHaveNearNeighboursInOrder() {
    assertTrue(meanStep(RowOrder.SORTED) < 0.6 * meanStep(RowOrder.SHUFFLED));
  }

  @Test
  public void parametersAreChecked() {
    IllegalArgumentException error =
        assertThrows(IllegalArgumentException.class, () -> manifold(1, 100));
    assertTrue(error.getMessage(), error.getMessage().contains("duplicates"));
  }

  @Test
  public void dotProductIsNormalisedAndBytesKeepTheRange() throws IOException {
    FloatVectors unit = (FloatVectors) request("demo", VectorEncoding.FLOAT32).load().base();
    double norm = 0;
    for (float component : unit.rows()[5]) {
      norm += component * component;
    }
    assertEquals(1, norm, 1e-5);
    ByteVectors bytes = (ByteVectors) request("hard128", VectorEncoding.BYTE).load().base();
    int largest = 0;
    for (byte[] row : bytes.rows()) {
      for (byte component : row) {
        largest = Math.max(largest, Math.abs(component));
      }
    }
    assertEquals(127, largest);
  }

  @Test
  public void unsignedBytesAreShiftedForEuclideanOnly() {
    FloatVectors pixels = new FloatVectors(new float[][] {{0, 128, 255}});
    Dataset data =
        Encodings.prepare(
            "", "", pixels, pixels, true, VectorEncoding.BYTE, VectorSimilarityFunction.EUCLIDEAN);
    assertArrayEquals(new byte[] {-128, 0, 127}, ((ByteVectors) data.base()).rows()[0]);
    assertThrows(
        IllegalArgumentException.class,
        () ->
            Encodings.prepare(
                "",
                "",
                pixels,
                pixels,
                true,
                VectorEncoding.BYTE,
                VectorSimilarityFunction.COSINE));
  }

  @Test
  public void microclustersAreTightAndComeInOrder() throws IOException {
    FloatVectors sorted =
        (FloatVectors) DataRequest.of("microclusters").ordered(RowOrder.SORTED).load().base();
    assertEquals(2_500, sorted.count());
    assertEquals(16, sorted.dimension());
    for (int row = 0; row < 100; row++) {
      boolean sameCluster = row / 10 == (row + 1) / 10;
      double distance = squaredDistance(sorted.rows()[row], sorted.rows()[row + 1]);
      assertEquals("row " + row + ": " + distance, sameCluster, distance < 0.1);
    }
    FloatVectors shuffled = (FloatVectors) DataRequest.of("microclusters").load().base();
    assertEquals(rowHashes(sorted), rowHashes(shuffled));
    assertFalse(Arrays.equals(sorted.rows()[0], shuffled.rows()[0]));
  }

  @Test
  public void whatHasNoOrderIsSortedByCluster() throws IOException {
    DataRequest cube =
        DataRequest.of("uniform64").sized(COUNT, 10).generated(4, GeneratorParams.PRESET);
    FloatVectors shuffled = (FloatVectors) cube.load().base();
    FloatVectors sorted = (FloatVectors) cube.ordered(RowOrder.SORTED).load().base();
    assertEquals(rowHashes(shuffled), rowHashes(sorted));
    assertTrue(meanStep(sorted) < 0.6 * meanStep(shuffled));
  }

  private static Set<Integer> rowHashes(FloatVectors vectors) {
    Set<Integer> hashes = new HashSet<>();
    for (float[] row : vectors.rows()) {
      hashes.add(Arrays.hashCode(row));
    }
    return hashes;
  }

  private static double squaredDistance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double step = a[i] - b[i];
      sum += step * step;
    }
    return sum;
  }

  private static DataRequest request(String preset, VectorEncoding encoding) {
    return DataRequest.of(preset).sized(200, 10).encoded(encoding);
  }

  private static double meanStep(RowOrder order) {
    return meanStep(manifold(order, 1, 0).base(COUNT));
  }

  private static double meanStep(FloatVectors vectors) {
    double sum = 0;
    for (int row = 1; row < vectors.count(); row++) {
      sum += squaredDistance(vectors.rows()[row], vectors.rows()[row - 1]);
    }
    return sum;
  }

  private static ClusteredManifold manifold(long seed, double duplicatesPercent) {
    return manifold(RowOrder.SHUFFLED, seed, duplicatesPercent);
  }

  private static ClusteredManifold manifold(RowOrder order, long seed, double duplicatesPercent) {
    return new ClusteredManifold(
        new ClusteredManifold.Params(24, 6, 20, 0.3, 0.05, duplicatesPercent, order, seed));
  }
}
