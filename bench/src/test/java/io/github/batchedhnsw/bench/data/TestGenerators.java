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
    assertTrue(
        meanStep(ClusteredManifold.Order.SORTED)
            < 0.6 * meanStep(ClusteredManifold.Order.SHUFFLED));
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

  private static DataRequest request(String preset, VectorEncoding encoding) {
    return new DataRequest(
        preset, 200, null, 10, null, null, null, encoding, 42, null, null, null, null, 0, false);
  }

  private static double meanStep(ClusteredManifold.Order order) {
    FloatVectors vectors = manifold(order, 1, 0).base(COUNT);
    double sum = 0;
    for (int row = 1; row < COUNT; row++) {
      for (int i = 0; i < vectors.dimension(); i++) {
        double step = vectors.rows()[row][i] - vectors.rows()[row - 1][i];
        sum += step * step;
      }
    }
    return sum;
  }

  private static ClusteredManifold manifold(long seed, double duplicatesPercent) {
    return manifold(ClusteredManifold.Order.SHUFFLED, seed, duplicatesPercent);
  }

  private static ClusteredManifold manifold(
      ClusteredManifold.Order order, long seed, double duplicatesPercent) {
    return new ClusteredManifold(
        new ClusteredManifold.Params(24, 6, 20, 0.3, 0.05, duplicatesPercent, order, seed));
  }
}
