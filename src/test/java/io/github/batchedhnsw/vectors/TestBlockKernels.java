// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import io.github.batchedhnsw.VectorData;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.lucene.tests.util.LuceneTestCase;

/** The kernels over blocks of rows, of every implementation that this JVM can run. */
public class TestBlockKernels extends LuceneTestCase {
  private static final int STRIP_ROWS = DistanceKernels.STRIP_ROWS;
  private static final float GUARD = 12345;

  private static int randomBlocks(DistanceKernels kernels, int most) {
    return random().nextInt(1, most + 1) * kernels.blockRows();
  }

  public void testShape() {
    for (DistanceKernels kernels : TestDistanceKernels.implementations()) {
      assertEquals(kernels.name(), 0, kernels.blockRows() % STRIP_ROWS);
      assertTrue(kernels.name(), kernels.blockRows() <= Long.SIZE);
    }
  }

  public void testProducts() {
    int[] dimensions =
        IntStream.concat(
                IntStream.rangeClosed(1, 40),
                IntStream.of(63, 65, 127, 128, 129, 255, 257, 769, 1537))
            .toArray();
    for (DistanceKernels kernels : TestDistanceKernels.implementations()) {
      for (int dimension : dimensions) {
        checkProducts(kernels, dimension);
      }
    }
  }

  /** Interpreted, half compiled and compiled, products have the same bits. */
  public void testProductsAreSummedInOneOrder() {
    for (DistanceKernels kernels : TestDistanceKernels.implementations()) {
      for (int repeat = 0; repeat < 1500; repeat++) {
        checkProducts(kernels, random().nextInt(1, 30));
      }
    }
  }

  private static void checkProducts(DistanceKernels kernels, int dimension) {
    int blockRows = kernels.blockRows();
    float[][] left =
        VectorData.uniform(random(), random().nextInt(1, 2 * blockRows + 1), dimension);
    float[][] right =
        VectorData.uniform(random(), random().nextInt(1, 5 * blockRows + 1), dimension);
    float[] packedRight = Blocks.pack(kernels, right, 0);
    int blocks = (right.length + blockRows - 1) / blockRows;
    int from = random().nextInt(blocks);
    int to = random().nextInt(from, blocks + 1);
    int columns = (to - from) * blockRows;
    int stride = columns + random().nextInt(20);
    int offset = random().nextInt(20);
    int firstRow = random().nextInt((left.length + STRIP_ROWS - 1) / STRIP_ROWS) * STRIP_ROWS;
    int leftOffset = random().nextInt(20);
    float[] strip = new float[leftOffset + STRIP_ROWS * dimension];
    for (int r = 0; r < Math.min(STRIP_ROWS, left.length - firstRow); r++) {
      System.arraycopy(left[firstRow + r], 0, strip, leftOffset + r * dimension, dimension);
    }
    float[] out = new float[offset + STRIP_ROWS * stride + 20];
    Arrays.fill(out, GUARD);
    kernels.products(strip, leftOffset, packedRight, from, to, dimension, out, offset, stride);

    float[] expected = new float[out.length];
    Arrays.fill(expected, GUARD);
    float[] zero = new float[dimension];
    for (int r = 0; r < STRIP_ROWS; r++) {
      float[] a = firstRow + r < left.length ? left[firstRow + r] : zero;
      for (int c = 0; c < columns; c++) {
        int column = from * blockRows + c;
        float[] b = column < right.length ? right[column] : zero;
        expected[offset + r * stride + c] = Blocks.product(kernels, a, b);
      }
    }
    assertArrayEquals(kernels.name() + ", dimension " + dimension, expected, out, 0f);
  }

  /** Sums in order are those of the definition, within the bound of float sums. */
  public void testProductsAreProducts() {
    for (DistanceKernels kernels : TestDistanceKernels.implementations()) {
      for (int dimension : new int[] {1, 2, 17, 384, 1023}) {
        float[][] rows = VectorData.uniform(random(), STRIP_ROWS, dimension);
        float[] strip = new float[STRIP_ROWS * dimension];
        for (int r = 0; r < STRIP_ROWS; r++) {
          System.arraycopy(rows[r], 0, strip, r * dimension, dimension);
        }
        float[] packed = Blocks.pack(kernels, rows, 0);
        int stride = kernels.blockRows();
        float[] out = new float[STRIP_ROWS * stride];
        kernels.products(strip, 0, packed, 0, 1, dimension, out, 0, stride);
        for (int a = 0; a < STRIP_ROWS; a++) {
          for (int b = 0; b < STRIP_ROWS; b++) {
            double exact = 0;
            double magnitude = 0;
            for (int k = 0; k < dimension; k++) {
              exact += (double) rows[a][k] * rows[b][k];
              magnitude += Math.abs((double) rows[a][k] * rows[b][k]);
            }
            double tolerance = (dimension + 2) * 0x1p-24 * magnitude;
            assertEquals(kernels.name(), exact, out[a * stride + b], tolerance);
            assertEquals("symmetric", out[b * stride + a], out[a * stride + b], 0f);
          }
        }
      }
    }
  }

  public void testInterleave() {
    for (DistanceKernels kernels : TestDistanceKernels.implementations()) {
      int blockRows = kernels.blockRows();
      for (int dimension : IntStream.range(1, 70).toArray()) {
        int stride = dimension + random().nextInt(20);
        float[] rows = new float[blockRows * stride];
        for (int i = 0; i < rows.length; i++) {
          rows[i] = i + 1; // all different
        }
        int offset = random().nextInt(20);
        float[] packed = new float[offset + blockRows * dimension + 7];
        Arrays.fill(packed, GUARD);
        float[] expected = packed.clone();
        for (int row = 0; row < blockRows; row++) {
          for (int k = 0; k < dimension; k++) {
            expected[offset + k * blockRows + row] = rows[row * stride + k];
          }
        }
        kernels.interleave(rows, stride, dimension, packed, offset);
        assertArrayEquals(kernels.name() + ", dimension " + dimension, expected, packed, 0f);
      }
    }
  }

  public void testScores() {
    for (DistanceKernels kernels : TestDistanceKernels.implementations()) {
      for (int repeat = 0; repeat < 300; repeat++) {
        int count = randomBlocks(kernels, 12);
        int offset = random().nextInt(30);
        int outOffset = random().nextInt(30);
        int maximaOffset = random().nextInt(30);
        float[] products = floats(offset + count + 7);
        float[] bias = floats(count + 7);
        int padding = random().nextInt(count + 1); // columns without row
        Arrays.fill(bias, count - padding, count, Float.POSITIVE_INFINITY);
        float scale = random().nextInt(1, 3);
        float shift = random().nextBoolean() ? 0 : random().nextFloat();
        float[] out = floats(outOffset + count + 7);
        float[] maxima = floats(maximaOffset + DistanceKernels.SCORE_STRIPES + 7);
        float[] expected = out.clone();
        float[] expectedMaxima = maxima.clone();
        Arrays.fill(
            expectedMaxima,
            maximaOffset,
            maximaOffset + DistanceKernels.SCORE_STRIPES,
            Float.NEGATIVE_INFINITY);
        for (int i = 0; i < count; i++) {
          float score = scale * (products[offset + i] - bias[i]) - shift;
          expected[outOffset + i] = score;
          int stripe = maximaOffset + i % DistanceKernels.SCORE_STRIPES;
          expectedMaxima[stripe] = Math.max(expectedMaxima[stripe], score);
        }
        kernels.scores(
            products, offset, count, bias, scale, shift, out, outOffset, maxima, maximaOffset);
        assertArrayEquals(kernels.name(), expected, out, 0f);
        assertArrayEquals(kernels.name(), expectedMaxima, maxima, 0f);
        kernels.scores(
            products, offset, count, bias, scale, shift, products, offset, maxima, maximaOffset);
        for (int i = 0; i < count; i++) { // in place, too
          assertEquals(kernels.name(), expected[outOffset + i], products[offset + i], 0f);
        }
      }
    }
  }

  public void testStripeMaxima() {
    for (DistanceKernels kernels : TestDistanceKernels.implementations()) {
      for (int repeat = 0; repeat < 300; repeat++) {
        int count = randomBlocks(kernels, 12);
        int stripes = randomBlocks(kernels, 12);
        int offset = random().nextInt(30);
        float[] values = floats(offset + count + 7);
        float[] maxima = floats(stripes + 7);
        float[] expected = maxima.clone();
        Arrays.fill(expected, 0, stripes, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < count; i++) {
          expected[i % stripes] = Math.max(expected[i % stripes], values[offset + i]);
        }
        kernels.stripeMaxima(values, offset, count, maxima, stripes);
        assertArrayEquals(kernels.name(), expected, maxima, 0f);
      }
    }
  }

  public void testAtLeast() {
    for (DistanceKernels kernels : TestDistanceKernels.implementations()) {
      for (int repeat = 0; repeat < 500; repeat++) {
        int count = randomBlocks(kernels, 10);
        int offset = random().nextInt(30);
        float[] values = floats(offset + count + 40);
        for (int i = random().nextInt(5); i > 0; i--) {
          values[offset + random().nextInt(count)] =
              new float[] {Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, -0f}
                  [random().nextInt(4)];
        }
        float bound =
            switch (random().nextInt(4)) {
              case 0 -> -Float.MAX_VALUE; // what is left out where nothing else bounds
              case 1 -> 0f;
              default -> values[offset + random().nextInt(count)]; // equality counts
            };
        int[] expected =
            IntStream.range(0, count).filter(i -> values[offset + i] >= bound).toArray();
        int[] indices = new int[expected.length + kernels.blockRows()];
        float[] reached = new float[indices.length];
        int found = kernels.atLeast(values, offset, count, bound, indices, reached);
        assertArrayEquals(kernels.name(), expected, Arrays.copyOf(indices, found));
        for (int i = 0; i < found; i++) {
          assertEquals(kernels.name(), values[offset + indices[i]], reached[i], 0f);
        }
      }
    }
  }

  public void testGreatest() {
    for (DistanceKernels kernels : TestDistanceKernels.implementations()) {
      for (int repeat = 0; repeat < 500; repeat++) {
        int count = randomBlocks(kernels, 10);
        int offset = random().nextInt(30);
        float[] values = floats(offset + count + 40);
        for (int i = random().nextInt(5); i > 0; i--) {
          values[offset + random().nextInt(count)] =
              random().nextBoolean() ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
        }
        float[] sorted = Arrays.copyOfRange(values, offset, offset + count);
        Arrays.sort(sorted);
        int rank = random().nextInt(1, count + 1);
        float[] same = values.clone();
        assertEquals(
            kernels.name(),
            sorted[count - rank],
            kernels.greatest(values, offset, count, rank),
            0f);
        assertArrayEquals(kernels.name(), same, values, 0f);
      }
    }
  }

  public void testSortDescending() {
    for (DistanceKernels kernels : TestDistanceKernels.implementations()) {
      for (int repeat = 0; repeat < 300; repeat++) {
        int count = random().nextInt(300);
        long[] values = random().longs(count + random().nextInt(3)).toArray();
        if (count > 1 && random().nextBoolean()) { // different, with equal upper halves
          int i = random().nextInt(1, count);
          values[i] = values[0] ^ i;
        }
        if (count > 1) {
          values[random().nextInt(count)] = random().nextBoolean() ? Long.MIN_VALUE : 0;
        }
        long[] sorted = new long[count + random().nextInt(3)];
        long[] expected = sorted.clone();
        System.arraycopy(values, 0, expected, 0, count);
        Arrays.sort(expected, 0, count);
        for (int i = 0; i < count; i++) {
          sorted[i] = random().nextLong();
        }
        long[] same = values.clone();
        kernels.sortDescending(values, count, sorted);
        for (int i = 0; i < count; i++) {
          assertEquals(kernels.name(), expected[count - 1 - i], sorted[i]);
        }
        assertArrayEquals(kernels.name(), same, values);
      }
    }
  }

  /** Multiples of a quarter, many of them equal. */
  private static float[] floats(int length) {
    float[] floats = new float[length];
    for (int i = 0; i < length; i++) {
      floats[i] = random().nextInt(-20, 21) / 4f;
    }
    return floats;
  }
}
