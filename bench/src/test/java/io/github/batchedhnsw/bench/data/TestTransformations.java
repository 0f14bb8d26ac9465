// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.junit.Test;
import org.junit.function.ThrowingRunnable;

/** What each transformation makes of a set. */
public class TestTransformations {
  private static final int COUNT = 600;
  private static final List<String> NAMES =
      List.of(
          "microclusters",
          "shifted",
          "huge-component",
          "two-populations",
          "sift-like",
          "binary",
          "heavy-norms",
          "near-duplicates");

  @Test
  public void everyNameIsSeededInBothOrdersAndEncodings() throws IOException {
    for (String name : NAMES) {
      for (RowOrder order : RowOrder.values()) {
        DataRequest request = DataRequest.of(name).sized(COUNT, 20).ordered(order);
        Dataset data = request.load();
        assertEquals(name, COUNT, data.base().count());
        assertEquals(name, 20, data.queries().count());
        assertArrayEquals(name, rows(data), rows(request.load()));
        assertNotEquals(name, hash(data), hash(request.seeded(43).load()));
        assertEquals(
            name,
            VectorEncoding.BYTE,
            request.encoded(VectorEncoding.BYTE).load().base().encoding());
      }
    }
  }

  @Test
  public void scaleComesBeforeShift() throws IOException {
    float[][] plain = rows(base().load());
    float[][] changed =
        rows(
            base()
                .transformed(
                    Transformations.of(new Transformation.Shift(100), new Transformation.Scale(2)))
                .load());
    assertEquals(2 * plain[7][3] + 100, changed[7][3], 1e-4);
  }

  @Test
  public void aHugeComponentIsTheSameEverywhere() throws IOException {
    Dataset data = DataRequest.of("huge-component").sized(COUNT, 20).load();
    float[][] plain = rows(base().load());
    for (int row = 0; row < COUNT; row++) {
      assertEquals(10_000, rows(data)[row][0], 0);
      assertEquals(plain[row][1], rows(data)[row][1], 0);
    }
    assertEquals(10_000, ((FloatVectors) data.queries()).rows()[3][0], 0);
  }

  @Test
  public void populationsAreFarApart() throws IOException {
    float[][] rows =
        rows(DataRequest.of("two-populations").sized(COUNT, 20).ordered(RowOrder.SORTED).load());
    double within = Math.sqrt(squaredDistance(rows[0], rows[COUNT / 2 - 1]));
    double across = Math.sqrt(squaredDistance(rows[0], rows[COUNT / 2]));
    assertTrue(within + " within, " + across + " across", across > 4 * within);
  }

  @Test
  public void siftLikeVectorsAreSkewedBytesWithZeros() throws IOException {
    Dataset data = DataRequest.of("sift-like").sized(COUNT, 20).load();
    assertEquals(128, data.base().dimension());
    int zeros = 0;
    double sum = 0;
    for (float[] row : rows(data)) {
      double squares = 0;
      for (float component : row) {
        assertEquals(Math.rint(component), component, 0);
        assertTrue("component=" + component, component >= 0 && component <= 255);
        zeros += component == 0 ? 1 : 0;
        sum += component;
        squares += component * component;
      }
      assertEquals(512, Math.sqrt(squares), 4);
    }
    double share = (double) zeros / (COUNT * 128);
    assertTrue("zeros=" + share, share > 0.15 && share < 0.5);
    assertEquals(28, sum / (COUNT * 128), 8);
  }

  @Test
  public void bitsAreHalfAndHalf() throws IOException {
    double ones = 0;
    for (float[] row : rows(DataRequest.of("binary").sized(COUNT, 20).load())) {
      for (float component : row) {
        assertTrue("component=" + component, component == 0 || component == 1);
        ones += component;
      }
    }
    assertEquals(0.5, ones / (COUNT * 128), 0.05);
  }

  @Test
  public void normsHaveAHeavyTail() throws IOException {
    Dataset data = DataRequest.of("heavy-norms").sized(COUNT, 20).load();
    assertEquals(VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT, data.similarity());
    double[] norms =
        Arrays.stream(rows(data)).mapToDouble(TestTransformations::norm).sorted().toArray();
    assertTrue("smallest=" + norms[0], norms[0] >= 1 - 1e-5);
    // The quantiles of a Pareto distribution of shape 3 are (1 - p)^(-1/3).
    assertEquals(Math.pow(0.5, -1.0 / 3), norms[COUNT / 2], 0.1);
    assertEquals(Math.pow(0.1, -1.0 / 3), norms[COUNT * 9 / 10], 0.4);
    assertTrue("largest=" + norms[COUNT - 1], norms[COUNT - 1] > 4);
  }

  @Test
  public void nearDuplicatesAreNearWhereTheOrderSays() throws IOException {
    DataRequest request = DataRequest.of("near-duplicates").sized(COUNT, 20);
    float[][] shuffled = rows(request.load());
    assertTrue(isCopy(shuffled[3], shuffled[3 + COUNT / 10]));
    assertTrue(!isCopy(shuffled[3], shuffled[4]));
    float[][] sorted = rows(request.ordered(RowOrder.SORTED).load());
    assertTrue(isCopy(sorted[30], sorted[39]));
    assertTrue(!isCopy(sorted[39], sorted[40]));
    Set<Integer> distinct = new HashSet<>();
    for (float[] row : sorted) {
      distinct.add(Arrays.hashCode(row));
    }
    assertEquals(COUNT, distinct.size());
  }

  @Test
  public void aRequestOverridesThePreset() throws IOException {
    Dataset data =
        DataRequest.of("huge-component")
            .sized(COUNT, 20)
            .transformed(
                Transformations.of(
                    new Transformation.HugeComponent(5), new Transformation.Shift(1)))
            .load();
    assertEquals(5, rows(data)[9][0], 0);
    assertEquals(rows(base().load())[9][1] + 1, rows(data)[9][1], 1e-5);
  }

  @Test
  public void boundsAreNamed() {
    refused("near-duplicates must be >= 1; near-duplicates=0", () -> nearDuplicates(0, 1));
    refused("copy-noise must be >= 0; copy-noise=-1.0", () -> nearDuplicates(2, -1));
    refused("two-populations must be >= 0; two-populations=-1.0", () -> new TwoPopulations(-1));
    refused("heavy-norms must be > 0; heavy-norms=0.0", () -> new Transformation.HeavyNorms(0));
  }

  private static void refused(String message, ThrowingRunnable construction) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, construction).getMessage());
  }

  private static Transformation nearDuplicates(int copies, double noise) {
    return new NearDuplicates(copies, noise);
  }

  private static DataRequest base() {
    return DataRequest.of("gen128").sized(COUNT, 20);
  }

  private static float[][] rows(Dataset data) {
    return ((FloatVectors) data.base()).rows();
  }

  private static int hash(Dataset data) {
    return Arrays.deepHashCode(rows(data));
  }

  private static boolean isCopy(float[] a, float[] b) {
    return squaredDistance(a, b) < 0.01 * squaredNorm(a);
  }

  private static double norm(float[] row) {
    return Math.sqrt(squaredNorm(row));
  }

  private static double squaredNorm(float[] row) {
    return squaredDistance(row, new float[row.length]);
  }

  private static double squaredDistance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double step = a[i] - b[i];
      sum += step * step;
    }
    return sum;
  }
}
