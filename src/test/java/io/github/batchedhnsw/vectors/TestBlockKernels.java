// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import com.carrotsearch.randomizedtesting.annotations.Name;
import io.github.batchedhnsw.VectorData;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The kernels over blocks of rows. */
public class TestBlockKernels extends KernelTestCase {
  private static final int STRIP_ROWS = BlockKernels.STRIP_ROWS;
  private static final float GUARD = 12345;

  public TestBlockKernels(@Name("kernels") String kernels) {
    super(kernels);
  }

  public void testProducts() {
    int[] dimensions =
        IntStream.concat(
                IntStream.rangeClosed(1, 40),
                IntStream.of(63, 65, 127, 128, 129, 255, 257, 769, 1537))
            .toArray();
    for (int dimension : dimensions) {
      checkProducts(dimension);
    }
  }

  /** Interpreted, half compiled and compiled, products have the same bits. */
  public void testProductsAreSummedInOneOrder() {
    for (int repeat = 0; repeat < 1500; repeat++) {
      checkProducts(random().nextInt(1, 30));
    }
  }

  private void checkProducts(int dimension) {
    int blockRows = BlockKernels.BLOCK_ROWS;
    float[][] left =
        VectorData.uniform(random(), random().nextInt(1, 2 * blockRows + 1), dimension);
    float[][] right =
        VectorData.uniform(random(), random().nextInt(1, 5 * blockRows + 1), dimension);
    float[] packedRight = Blocks.pack(right, 0);
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
    for (int dimension : new int[] {1, 2, 17, 384, 1023}) {
      float[][] rows = VectorData.uniform(random(), STRIP_ROWS, dimension);
      float[] strip = new float[STRIP_ROWS * dimension];
      for (int r = 0; r < STRIP_ROWS; r++) {
        System.arraycopy(rows[r], 0, strip, r * dimension, dimension);
      }
      float[] packed = Blocks.pack(rows, 0);
      int stride = BlockKernels.BLOCK_ROWS;
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

  public void testInterleave() {
    int blockRows = BlockKernels.BLOCK_ROWS;
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
