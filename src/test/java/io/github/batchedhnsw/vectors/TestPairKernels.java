// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import com.carrotsearch.randomizedtesting.annotations.Name;
import io.github.batchedhnsw.VectorData;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** The kernels over pairs of vectors against sums in double precision. */
public class TestPairKernels extends KernelTestCase {
  private static final int[] DIMENSIONS =
      IntStream.concat(
              IntStream.rangeClosed(1, 70),
              IntStream.of(96, 127, 128, 129, 255, 257, 511, 513, 768, 769, 1023, 1537, 4099))
          .toArray();

  public TestPairKernels(@Name("kernels") String kernels) {
    super(kernels);
  }

  public void testFloatDot() {
    for (int dimension : DIMENSIONS) {
      float[][] v = rows(dimension);
      float[] out = new float[PairKernels.ROW_ROOM];
      kernels.dot4(v[0], v[1], v[2], v[3], v[4], out);
      for (int i = 0; i < 4; i++) {
        assertClose(dimension, products(v[0], v[i + 1]), out[i]);
      }
      assertClose(dimension, products(v[0], v[1]), kernels.dot(v[0], v[1]));
      assertClose(dimension, products(v[2], v[2]), kernels.dot(v[2], v[2]));
    }
  }

  public void testFloatSquareDistance() {
    for (int dimension : DIMENSIONS) {
      float[][] v = rows(dimension);
      float[] out = new float[PairKernels.ROW_ROOM];
      kernels.squareDistance4(v[0], v[1], v[2], v[3], v[0], out);
      for (int i = 0; i < 3; i++) {
        assertClose(dimension, squares(v[0], v[i + 1]), out[i]);
      }
      assertEquals("to itself", 0f, out[3], 0f);
    }
  }

  /** The sum over one row does not depend on its place among the four or on which side it is. */
  public void testFloatsBitForBitSymmetric() {
    for (int dimension : DIMENSIONS) {
      float[][] v = rows(dimension);
      float[] dot = new float[PairKernels.ROW_ROOM];
      float[] square = new float[PairKernels.ROW_ROOM];
      kernels.dot4(v[0], v[1], v[2], v[3], v[4], dot);
      kernels.squareDistance4(v[0], v[1], v[2], v[3], v[4], square);
      for (int i = 0; i < 4; i++) {
        float[] other = v[i + 1];
        float[] out = new float[PairKernels.ROW_ROOM];
        kernels.dot4(other, v[0], v[0], v[0], v[0], out);
        for (float x : Arrays.copyOf(out, 4)) {
          assertSameBits(dimension, dot[i], x);
        }
        kernels.squareDistance4(other, v[0], v[0], v[0], v[0], out);
        for (float x : Arrays.copyOf(out, 4)) {
          assertSameBits(dimension, square[i], x);
        }
        assertSameBits(dimension, kernels.dot(v[0], other), kernels.dot(other, v[0]));
      }
    }
  }

  /** Sixteen pairs at once have the bits of four at once. */
  public void testFourTimesFour() {
    for (int dimension : DIMENSIONS) {
      float[][] v = VectorData.uniform(random(), 8, dimension);
      float[] out = new float[TileKernels.TILE_ROOM];
      float[] expected = new float[PairKernels.ROW_ROOM];
      kernels.dot4x4(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], out);
      for (int i = 0; i < 4; i++) {
        kernels.dot4(v[i], v[4], v[5], v[6], v[7], expected);
        for (int j = 0; j < 4; j++) {
          assertSameBits(dimension, expected[j], out[4 * i + j]);
        }
      }
      kernels.squareDistance4x4(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], out);
      for (int i = 0; i < 4; i++) {
        kernels.squareDistance4(v[i], v[4], v[5], v[6], v[7], expected);
        for (int j = 0; j < 4; j++) {
          assertSameBits(dimension, expected[j], out[4 * i + j]);
        }
      }
    }
  }

  /**
   * One method gives the same bits all its life: interpreted, half compiled and compiled, and with
   * lanes of every width. The first sums are taken while this JVM may still interpret the kernels;
   * the model beside them does not change at all.
   */
  public void testFloatsAreSummedInOneOrder() {
    for (int repeat = 0; repeat < 2000; repeat++) {
      int dimension = random().nextInt(1, 140);
      float[][] v = VectorData.uniform(random(), 5, dimension);
      float[] out = new float[PairKernels.ROW_ROOM];
      kernels.dot4(v[0], v[1], v[2], v[3], v[4], out);
      for (int i = 0; i < 4; i++) {
        assertSameBits(dimension, modelSum(v[0], v[i + 1], 0), out[i]);
      }
      kernels.squareDistance4(v[0], v[1], v[2], v[3], v[4], out);
      for (int i = 0; i < 4; i++) {
        assertSameBits(dimension, modelSum(v[0], v[i + 1], 1), out[i]);
        assertSameBits(dimension, modelSum(v[0], v[i + 1], 0), kernels.dot(v[0], v[i + 1]));
        float difference = kernels.difference(v[0], 0, v[i + 1], new float[dimension], 0);
        assertSameBits(dimension, modelSum(v[0], v[i + 1], 1), difference);
      }
    }
  }

  /**
   * The sum as {@link PairKernels} defines it.
   *
   * @param kind 0 for products, 1 for squared differences
   */
  private float modelSum(float[] a, float[] b, int kind) {
    float[] sums = new float[16];
    for (int i = 0; i < a.length; i++) {
      float x = kind == 0 ? a[i] : a[i] - b[i];
      float y = kind == 0 ? b[i] : a[i] - b[i];
      sums[i % 16] = fma(kernels, x, y, sums[i % 16]);
    }
    for (int half = 8; half >= 1; half /= 2) {
      for (int i = 0; i < half; i++) {
        sums[i] += sums[i + half];
      }
    }
    return sums[0];
  }

  public void testBytesAreExact() {
    for (int dimension : DIMENSIONS) {
      byte[][] v = VectorData.bytes(random(), 2, dimension);
      assertExact(v[0], v[1]);
      assertExact(v[0], v[0]);
    }
  }

  public void testExtremeBytesDoNotOverflow() {
    for (int dimension : DIMENSIONS) {
      byte[] lowest = new byte[dimension];
      Arrays.fill(lowest, Byte.MIN_VALUE);
      byte[] highest = new byte[dimension];
      Arrays.fill(highest, Byte.MAX_VALUE);
      byte[] alternating = new byte[dimension];
      for (int i = 0; i < dimension; i++) {
        alternating[i] = (i & 1) == 0 ? Byte.MIN_VALUE : Byte.MAX_VALUE;
      }
      for (byte[] a : List.of(lowest, highest, alternating)) {
        for (byte[] b : List.of(lowest, highest, alternating)) {
          assertExact(a, b);
        }
      }
    }
  }

  /** Every single component counts once. */
  public void testNoComponentIsMissed() {
    for (int dimension : new int[] {1, 7, 8, 15, 16, 17, 31, 33, 63, 65, 70}) {
      for (int i = 0; i < dimension; i++) {
        float[] unit = new float[dimension];
        unit[i] = 3;
        float[] zero = new float[dimension];
        float[] out = new float[PairKernels.ROW_ROOM];
        kernels.dot4(unit, unit, zero, unit, zero, out);
        assertArrayEquals(new float[] {9, 0, 9, 0}, Arrays.copyOf(out, 4), 0f);
        kernels.squareDistance4(unit, unit, zero, unit, zero, out);
        assertArrayEquals(new float[] {0, 9, 0, 9}, Arrays.copyOf(out, 4), 0f);
        assertEquals(9f, kernels.dot(unit, unit), 0f);
        byte[] unitBytes = new byte[dimension];
        unitBytes[i] = -128;
        assertEquals(128 * 128, kernels.dot(unitBytes, unitBytes));
        assertEquals(128 * 128, kernels.squareDistance(unitBytes, new byte[dimension]));
      }
    }
  }

  private static float[][] rows(int dimension) {
    Random random = random();
    float[][] rows = VectorData.uniform(random, 5, dimension);
    if (random.nextBoolean()) { // very different magnitudes
      for (float[] row : rows) {
        float factor = (float) Math.pow(10, random.nextInt(9) - 4);
        for (int i = 0; i < dimension; i++) {
          row[i] *= factor;
        }
      }
    }
    return rows;
  }

  /** Components are subtracted exactly as floats are, in place too, and nothing else is written. */
  public void testDifference() {
    for (int dimension = 1; dimension < 70; dimension++) {
      float[][] v = VectorData.uniform(random(), 2, dimension);
      int aOffset = random().nextInt(20);
      int outOffset = random().nextInt(20);
      float[] a = new float[aOffset + dimension + 3];
      Arrays.fill(a, 7);
      System.arraycopy(v[0], 0, a, aOffset, dimension);
      float[] expected = new float[outOffset + dimension + 3];
      Arrays.fill(expected, 9);
      float[] out = expected.clone();
      double square = 0;
      for (int k = 0; k < dimension; k++) {
        expected[outOffset + k] = v[0][k] - v[1][k];
        square += (double) expected[outOffset + k] * expected[outOffset + k];
      }
      float actual = kernels.difference(a, aOffset, v[1], out, outOffset);
      assertArrayEquals(kernels.name(), expected, out, 0f);
      assertEquals(square, actual, (dimension + 2) * 0x1p-24 * square);
      float[] inPlace = a.clone();
      assertEquals(actual, kernels.difference(inPlace, aOffset, v[1], inPlace, aOffset), 0f);
      for (int k = 0; k < a.length; k++) {
        int component = k - aOffset;
        boolean inside = component >= 0 && component < dimension;
        assertEquals(inside ? expected[outOffset + component] : 7, inPlace[k], 0f);
      }
    }
  }

  private static double[] products(float[] a, float[] b) {
    double[] terms = new double[a.length];
    Arrays.setAll(terms, i -> (double) a[i] * b[i]);
    return terms;
  }

  private static double[] squares(float[] a, float[] b) {
    double[] terms = new double[a.length];
    Arrays.setAll(terms, i -> ((double) a[i] - b[i]) * ((double) a[i] - b[i]));
    return terms;
  }

  /** The usual bound of a float sum: n roundings, each relative to the sum of the magnitudes. */
  private void assertClose(int dimension, double[] terms, float actual) {
    double sum = Arrays.stream(terms).sum();
    double magnitude = Arrays.stream(terms).map(Math::abs).sum();
    assertEquals(
        kernels.name() + ", dimension " + dimension,
        sum,
        actual,
        (dimension + 3) * 0x1p-24 * magnitude);
  }

  private void assertSameBits(int dimension, float expected, float actual) {
    assertEquals(
        kernels.name() + ", dimension " + dimension,
        Float.floatToRawIntBits(expected),
        Float.floatToRawIntBits(actual));
  }

  private void assertExact(byte[] a, byte[] b) {
    long dot = 0;
    long square = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (long) a[i] * b[i];
      square += (long) (a[i] - b[i]) * (a[i] - b[i]);
    }
    String message = kernels.name() + ", dimension " + a.length;
    assertEquals(message, dot, kernels.dot(a, b));
    assertEquals(message, dot, kernels.dot(b, a));
    assertEquals(message, square, kernels.squareDistance(a, b));
    assertEquals(message, square, kernels.squareDistance(b, a));
  }
}
