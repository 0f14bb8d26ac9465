// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import java.util.Arrays;
import java.util.Random;
import org.apache.lucene.tests.util.LuceneTestCase;

/**
 * The scalar implementation gives what the interface defines, and the one that is used gives the
 * same bits, however much of it is compiled.
 */
public class TestCodeKernels extends LuceneTestCase {
  private static final CodeKernels SCALAR = new ScalarCodeKernels();
  private static final CodeKernels BEST = CodeKernels.best();

  private static float[] floats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = 2 * random().nextFloat() - 1;
    }
    return values;
  }

  private static int[] ints(int count) {
    return new Random(random().nextLong()).ints(count).toArray();
  }

  /** Offsets of ranges of a length, one after the other with gaps. */
  private static int[] offsets(int length) {
    int[] offsets = new int[CodeKernels.ROWS];
    int next = random().nextInt(20);
    for (int row = 0; row < offsets.length; row++) {
      offsets[row] = next;
      next += length + random().nextInt(20);
    }
    return offsets;
  }

  public void testEstimates() {
    for (int repeat = 0; repeat < 2000; repeat++) {
      int words = random().nextInt(1, 30);
      int blocks = random().nextInt(1, 8);
      int columns = blocks * CodeKernels.BLOCK_COLUMNS;
      int count = random().nextInt(1, CodeKernels.ROWS + 1);
      int[] rows = ints(CodeKernels.ROWS * words);
      int[] codes = ints(columns * words);
      float[] lengths = floats(columns);
      float[] biases = floats(columns);
      int padding = random().nextInt(CodeKernels.BLOCK_COLUMNS);
      Arrays.fill(biases, columns - padding, columns, Float.POSITIVE_INFINITY);
      float[] base = floats(CodeKernels.ROWS);
      float[] scale = floats(CodeKernels.ROWS);
      float radians = (float) (Math.PI / (words * Integer.SIZE));
      int[] outOffsets = offsets(columns);
      int[] maximaOffsets = offsets(CodeKernels.BLOCK_COLUMNS);
      float[] expected = floats(outOffsets[CodeKernels.ROWS - 1] + columns + 5);
      float[] out = expected.clone();
      float[] expectedMaxima =
          floats(maximaOffsets[CodeKernels.ROWS - 1] + CodeKernels.BLOCK_COLUMNS + 5);
      float[] maxima = expectedMaxima.clone();
      SCALAR.estimates(
          rows,
          count,
          words,
          codes,
          blocks,
          lengths,
          biases,
          base,
          scale,
          radians,
          expected,
          outOffsets,
          expectedMaxima,
          maximaOffsets);
      BEST.estimates(
          rows,
          count,
          words,
          codes,
          blocks,
          lengths,
          biases,
          base,
          scale,
          radians,
          out,
          outOffsets,
          maxima,
          maximaOffsets);
      assertSameBits(expected, out);
      assertSameBits(expectedMaxima, maxima);
      for (int row = 0; row < count; row++) {
        for (int c = 0; c < columns; c++) {
          double cosine = Math.cos(Math.PI * distance(rows, row, codes, c, words) / (words * 32));
          double estimate = base[row] + scale[row] * lengths[c] * cosine - biases[c];
          // The polynomial in place of the cosine is exact to 0.005.
          double tolerance = 0.005 * Math.abs(scale[row] * lengths[c]) + 1e-6;
          assertEquals(estimate, out[outOffsets[row] + c], tolerance);
        }
        for (int lane = 0; lane < CodeKernels.BLOCK_COLUMNS; lane++) {
          float greatest = Float.NEGATIVE_INFINITY;
          for (int c = lane; c < columns; c += CodeKernels.BLOCK_COLUMNS) {
            greatest = Math.max(greatest, out[outOffsets[row] + c]);
          }
          assertEquals(greatest, maxima[maximaOffsets[row] + lane], 0f);
        }
      }
    }
  }

  /** Bits in which the codes of a row and of a column of a panel differ. */
  private static int distance(int[] rows, int row, int[] codes, int column, int words) {
    int block = column / CodeKernels.BLOCK_COLUMNS;
    int lane = column % CodeKernels.BLOCK_COLUMNS;
    int distance = 0;
    for (int bit = 0; bit < words * Integer.SIZE; bit++) {
      int rowWord = rows[row * words + bit / 32];
      int columnWord = codes[(block * words + bit / 32) * CodeKernels.BLOCK_COLUMNS + lane];
      distance += (rowWord >>> bit & 1) == (columnWord >>> bit & 1) ? 0 : 1;
    }
    return distance;
  }

  public void testHadamard() {
    for (int repeat = 0; repeat < 1000; repeat++) {
      int length = 1 << random().nextInt(11);
      int offset = random().nextInt(30);
      float[] input = floats(offset + length + 5);
      float[] expected = input.clone();
      float[] values = input.clone();
      SCALAR.hadamard(expected, offset, length);
      BEST.hadamard(values, offset, length);
      assertSameBits(expected, values);
      for (int i = 0; i < values.length; i++) {
        if (i < offset || i >= offset + length) {
          assertEquals("wrote elsewhere", input[i], values[i], 0f);
        }
      }
      int row = random().nextInt(length);
      double sum = 0;
      for (int column = 0; column < length; column++) {
        int sign = Integer.bitCount(row & column) % 2 == 0 ? 1 : -1; // of the Hadamard matrix
        sum += sign * (double) input[offset + column];
      }
      assertEquals(sum, values[offset + row], 1e-6 * length);
    }
  }

  public void testSigns() {
    for (int repeat = 0; repeat < 2000; repeat++) {
      int count = random().nextInt(1, 300);
      int aOffset = random().nextInt(30);
      int bOffset = random().nextInt(30);
      int offset = random().nextInt(30);
      int stride = random().nextInt(1, 18);
      float[] a = floats(aOffset + count);
      float[] b = floats(bOffset + count);
      a[aOffset + random().nextInt(count)] = b[bOffset];
      a[aOffset] = b[bOffset]; // the difference is not negative
      int words = (count + Integer.SIZE - 1) / Integer.SIZE;
      int[] expected = ints(offset + words * stride + 5);
      int[] scalar = expected.clone();
      int[] code = expected.clone();
      for (int w = 0; w < words; w++) {
        expected[offset + w * stride] = 0;
      }
      for (int i = 0; i < count; i++) {
        if (a[aOffset + i] - b[bOffset + i] < 0) {
          expected[offset + i / 32 * stride] |= 1 << i % 32;
        }
      }
      SCALAR.signs(a, aOffset, b, bOffset, count, scalar, offset, stride);
      BEST.signs(a, aOffset, b, bOffset, count, code, offset, stride);
      assertArrayEquals(expected, scalar);
      assertArrayEquals(expected, code);
    }
  }

  private static void assertSameBits(float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(Float.floatToIntBits(expected[i]), Float.floatToIntBits(actual[i]));
    }
  }
}
