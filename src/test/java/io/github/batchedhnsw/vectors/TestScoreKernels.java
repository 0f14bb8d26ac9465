// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import com.carrotsearch.randomizedtesting.annotations.Name;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The kernels over arrays of scores. */
public class TestScoreKernels extends KernelTestCase {

  public TestScoreKernels(@Name("kernels") String kernels) {
    super(kernels);
  }

  private int randomBlocks(int most) {
    return random().nextInt(1, most + 1) * BlockKernels.BLOCK_ROWS;
  }

  public void testScores() {
    for (int repeat = 0; repeat < 300; repeat++) {
      int count = randomBlocks(12);
      int offset = random().nextInt(30);
      int outOffset = random().nextInt(30);
      float[] products = floats(offset + count + 7);
      float[] bias = floats(count + 7);
      int padding = random().nextInt(count + 1); // columns without row
      Arrays.fill(bias, count - padding, count, Float.POSITIVE_INFINITY);
      float scale = random().nextInt(1, 3);
      float shift = random().nextBoolean() ? 0 : random().nextFloat();
      float[] out = floats(outOffset + count + 7);
      float[] expected = out.clone();
      for (int i = 0; i < count; i++) {
        float score = scale * (products[offset + i] - bias[i]) - shift;
        expected[outOffset + i] = score;
      }
      kernels.scores(products, offset, count, bias, scale, shift, out, outOffset);
      assertArrayEquals(kernels.name(), expected, out, 0f);
      kernels.scores(products, offset, count, bias, scale, shift, products, offset);
      for (int i = 0; i < count; i++) { // in place, too
        assertEquals(kernels.name(), expected[outOffset + i], products[offset + i], 0f);
      }
    }
  }

  public void testAtLeast() {
    for (int repeat = 0; repeat < 500; repeat++) {
      int count = randomBlocks(10);
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
      int first = random().nextInt(100);
      int at = random().nextInt(20);
      int[] expected = IntStream.range(0, count).filter(i -> values[offset + i] >= bound).toArray();
      int[] numbers = new int[at + expected.length + BlockKernels.BLOCK_ROWS];
      float[] reached = floats(numbers.length);
      float[] before = Arrays.copyOf(reached, at);
      int end = kernels.atLeast(values, offset, count, bound, first, numbers, reached, at);
      assertEquals(kernels.name(), at + expected.length, end);
      assertArrayEquals("what was there stays", before, Arrays.copyOf(reached, at), 0f);
      for (int i = 0; i < expected.length; i++) {
        assertEquals(kernels.name(), first + expected[i], numbers[at + i]);
        assertEquals(kernels.name(), values[offset + expected[i]], reached[at + i], 0f);
      }
      // In place, too.
      int[] kept = new int[offset + count + BlockKernels.BLOCK_ROWS];
      kernels.atLeast(values, offset, count, bound, 0, kept, values, offset);
      assertArrayEquals(
          kernels.name(),
          Arrays.copyOfRange(reached, at, end),
          Arrays.copyOfRange(values, offset, offset + expected.length),
          0f);
    }
  }

  public void testDropReached() {
    for (int repeat = 0; repeat < 500; repeat++) {
      int from = random().nextInt(1, 20);
      int count = random().nextInt(60);
      int room = from + count + BlockKernels.BLOCK_ROWS;
      float[] scores = floats(room);
      float[] others = floats(room);
      for (int i = 0; i < count; i++) {
        int kind = random().nextInt(10);
        others[i] = kind == 0 ? Float.NaN : kind == 1 ? scores[from + i] : others[i];
      }
      int[] positions = random().ints(room).toArray();
      int[] ordinals = random().ints(room).toArray();
      int[] kept =
          IntStream.range(0, count).filter(i -> !(others[i] >= scores[from + i])).toArray();
      float[] scoresBefore = scores.clone();
      int[] positionsBefore = positions.clone();
      int[] ordinalsBefore = ordinals.clone();
      int left = kernels.dropReached(others, count, scores, positions, from, ordinals);
      assertEquals(kernels.name(), kept.length, left);
      for (int i = 0; i < left; i++) {
        assertEquals(kernels.name(), scoresBefore[from + kept[i]], scores[i], 0f);
        assertEquals(kernels.name(), positionsBefore[from + kept[i]], positions[i]);
        assertEquals(kernels.name(), ordinalsBefore[kept[i]], ordinals[i]);
      }
    }
  }

  public void testGreatest() {
    for (int repeat = 0; repeat < 500; repeat++) {
      int count = randomBlocks(10);
      int offset = random().nextInt(30);
      float[] values = floats(offset + count + 40);
      for (int i = random().nextInt(5); i > 0; i--) {
        values[offset + random().nextInt(count)] =
            new float[] {Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, Float.NaN}
                [random().nextInt(3)];
      }
      float[] sorted = sortedNumbers(values, offset, count);
      int rank = random().nextInt(1, count + 1);
      float expected =
          rank > sorted.length ? Float.NEGATIVE_INFINITY : sorted[sorted.length - rank];
      float[] same = values.clone();
      assertEquals(kernels.name(), expected, kernels.greatest(values, offset, count, rank), 0f);
      assertArrayEquals(kernels.name(), same, values, 0f);
    }
  }

  private static float[] sortedNumbers(float[] values, int offset, int count) {
    float[] numbers = new float[count];
    int n = 0;
    for (int i = offset; i < offset + count; i++) {
      if (!Float.isNaN(values[i])) {
        numbers[n++] = values[i];
      }
    }
    Arrays.sort(numbers, 0, n);
    return Arrays.copyOf(numbers, n);
  }

  public void testGreatestWithoutNumbers() {
    float[] values = new float[2 * BlockKernels.BLOCK_ROWS];
    Arrays.fill(values, Float.NaN);
    for (int rank : new int[] {1, 2, values.length}) {
      assertEquals(
          kernels.name(),
          Float.NEGATIVE_INFINITY,
          kernels.greatest(values, 0, values.length, rank),
          0f);
    }
    values[5] = 7;
    assertEquals(kernels.name(), 7, kernels.greatest(values, 0, values.length, 1), 0f);
  }

  public void testSortDescending() {
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

  /** Multiples of a quarter, many of them equal. */
  private static float[] floats(int length) {
    float[] floats = new float[length];
    for (int i = 0; i < length; i++) {
      floats[i] = random().nextInt(-20, 21) / 4f;
    }
    return floats;
  }
}
