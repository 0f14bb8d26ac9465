// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import java.util.Arrays;
import java.util.Random;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Both implementations give the same bits, however much of them is compiled. */
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
        float greatest = Float.NEGATIVE_INFINITY;
        for (int c = 0; c < columns; c += CodeKernels.BLOCK_COLUMNS) {
          greatest = Math.max(greatest, out[outOffsets[row] + c]);
        }
        assertEquals(greatest, maxima[maximaOffsets[row]], 0f);
      }
    }
  }

  public void testHadamard() {
    for (int repeat = 0; repeat < 1000; repeat++) {
      int length = 1 << random().nextInt(11);
      int offset = random().nextInt(30);
      float[] expected = floats(offset + length + 5);
      float[] values = expected.clone();
      SCALAR.hadamard(expected, offset, length);
      BEST.hadamard(values, offset, length);
      assertSameBits(expected, values);
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
      int[] code = expected.clone();
      SCALAR.signs(a, aOffset, b, bOffset, count, expected, offset, stride);
      BEST.signs(a, aOffset, b, bOffset, count, code, offset, stride);
      assertArrayEquals(expected, code);
      assertEquals(0, code[offset] & 1);
    }
  }

  private static void assertSameBits(float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(Float.floatToIntBits(expected[i]), Float.floatToIntBits(actual[i]));
    }
  }
}
