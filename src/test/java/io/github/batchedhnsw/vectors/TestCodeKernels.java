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

  /** Lists of the rows, with room for the columns after what they hold. */
  private static int[][] members(int[] counts, int columns) {
    int[][] members = new int[counts.length][];
    for (int row = 0; row < counts.length; row++) {
      members[row] = ints(counts[row] + columns + CodeKernels.BLOCK_COLUMNS);
    }
    return members;
  }

  public void testAtLeast() {
    for (int repeat = 0; repeat < 2000; repeat++) {
      int words = random().nextInt(1, 70);
      int blocks = random().nextInt(1, 8);
      int columns = blocks * CodeKernels.BLOCK_COLUMNS;
      int[] rows = ints(CodeKernels.ROWS * words);
      int[] codes = ints(columns * words);
      float[] lengths = floats(columns);
      float[] biases = floats(columns);
      int padding = random().nextInt(CodeKernels.BLOCK_COLUMNS);
      Arrays.fill(biases, columns - padding, columns, Float.POSITIVE_INFINITY);
      float[] base = floats(CodeKernels.ROWS);
      float[] scale = floats(CodeKernels.ROWS);
      float radians = (float) (Math.PI / (words * Integer.SIZE));
      float[] bounds = floats(CodeKernels.ROWS);
      boolean all = random().nextInt(4) == 0;
      if (all) {
        Arrays.fill(bounds, -Float.MAX_VALUE);
      }
      boolean missing = random().nextBoolean();
      if (missing) {
        bounds[CodeKernels.ROWS - 1] = Float.NaN;
      }
      int[] before = new int[CodeKernels.ROWS];
      Arrays.setAll(before, row -> random().nextInt(20));
      int first = random().nextInt(1000);
      int[][] expected = members(before, columns);
      int[][] actual = Arrays.stream(expected).map(int[]::clone).toArray(int[][]::new);
      float[][] expectedEstimates = new float[CodeKernels.ROWS][];
      Arrays.setAll(expectedEstimates, row -> floats(expected[row].length));
      float[][] estimates =
          Arrays.stream(expectedEstimates).map(float[]::clone).toArray(float[][]::new);
      int[] expectedCounts = before.clone();
      int[] counts = before.clone();
      int[] scratch = new int[CodeKernels.scratchLength(words, columns)];
      SCALAR.atLeast(
          rows,
          words,
          codes,
          blocks,
          lengths,
          biases,
          base,
          scale,
          radians,
          bounds,
          first,
          expected,
          expectedEstimates,
          expectedCounts,
          scratch);
      BEST.atLeast(
          rows, words, codes, blocks, lengths, biases, base, scale, radians, bounds, first, actual,
          estimates, counts, scratch);
      assertArrayEquals(expectedCounts, counts);
      for (int row = 0; row < CodeKernels.ROWS; row++) {
        int end = counts[row];
        assertArrayEquals(Arrays.copyOf(expected[row], end), Arrays.copyOf(actual[row], end));
        assertSameBits(
            Arrays.copyOf(expectedEstimates[row], end), Arrays.copyOf(estimates[row], end));
        if (all) {
          int found = missing && row == CodeKernels.ROWS - 1 ? 0 : columns - padding;
          assertEquals(before[row] + found, end);
        }
        for (int i = before[row]; i < end; i++) {
          assertTrue(estimates[row][i] >= bounds[row]);
          int c = actual[row][i] - first;
          assertTrue(c < columns - padding);
          double cosine = Math.cos(Math.PI * distance(rows, row, codes, c, words) / (words * 32));
          double estimate = base[row] + scale[row] * lengths[c] * cosine - biases[c];
          // The polynomial in place of the cosine is exact to 0.005.
          double tolerance = 0.005 * Math.abs(scale[row] * lengths[c]) + 1e-6;
          assertEquals(estimate, estimates[row][i], tolerance);
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
