// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.graph;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.lucene.tests.util.LuceneTestCase;

/** The source of all randomness in a build. */
public class TestSplitMix extends LuceneTestCase {

  /** First outputs of the published generator. */
  public void testReferenceValues() {
    assertEquals(0xE220A8397B1DCDAFL, SplitMix.hash(0, 0));
    assertEquals(0x6E789E6AA1B965F4L, SplitMix.hash(0, 1));
    assertEquals(0x06C45D188009454FL, SplitMix.hash(0, 2));
    assertEquals(6457827717110365317L, SplitMix.hash(1234567, 0));
    assertEquals(3203168211198807973L, SplitMix.hash(1234567, 1));
  }

  public void testBoundedHashIsInRangeAndUniform() {
    int bound = random().nextInt(2, 20);
    int draws = 20_000;
    int[] counts = new int[bound];
    long seed = random().nextLong();
    for (int i = 0; i < draws; i++) {
      counts[SplitMix.hash(seed, i, bound)]++;
    }
    double expected = (double) draws / bound;
    for (int count : counts) {
      assertEquals(expected, count, 6 * Math.sqrt(expected));
    }
    for (int i = 0; i < 1000; i++) {
      int drawn = SplitMix.hash(seed, i, Integer.MAX_VALUE);
      assertTrue("drawn=" + drawn, drawn >= 0 && drawn < Integer.MAX_VALUE);
      assertEquals(0, SplitMix.hash(seed, i, 1));
    }
  }

  /** One from each of as many equal parts, and each of a part as often as the others. */
  public void testSample() {
    long seed = random().nextLong();
    for (int repeat = 0; repeat < 200; repeat++) {
      int size = random().nextInt(1, 1000);
      int count = random().nextInt(1, size + 1);
      int end = 0;
      for (int i = 0; i < count; i++) {
        int start = end;
        end = (int) ((i + 1) * (long) size / count);
        int drawn = SplitMix.sample(seed + repeat, i, count, size);
        assertTrue(start + " <= " + drawn + " < " + end, start <= drawn && drawn < end);
      }
      assertEquals(size, end);
    }
    int[] counts = new int[10];
    for (int draw = 0; draw < 5000; draw++) {
      counts[SplitMix.sample(seed + draw, 0, 2, 10)]++;
      counts[SplitMix.sample(seed + draw, 1, 2, 10)]++;
    }
    for (int times : counts) {
      assertEquals(1000, times, 200);
    }
    int size = Integer.MAX_VALUE; // no overflow
    int last = SplitMix.sample(seed, 999, 1000, size);
    assertTrue("last=" + last, last >= size / 1000 * 999 && last < size);
  }

  public void testShuffleIsAPermutation() {
    for (int size : new int[] {0, 1, 2, 3, 10, 1000}) {
      int[] original = IntStream.range(0, size).map(i -> 3 * i + 1).toArray();
      int[] shuffled = original.clone();
      long seed = random().nextLong();
      SplitMix.shuffle(shuffled, seed);
      if (size == 1000) {
        assertFalse("nothing moved", Arrays.equals(original, shuffled));
        int[] other = original.clone();
        SplitMix.shuffle(other, seed + 1);
        assertFalse("the seed does not matter", Arrays.equals(other, shuffled));
      }
      int[] again = original.clone();
      SplitMix.shuffle(again, seed);
      assertArrayEquals(shuffled, again);
      Arrays.sort(shuffled);
      assertArrayEquals(original, shuffled);
    }
  }

  public void testShuffleReachesEveryPermutation() {
    int[] counts = new int[6];
    for (int seed = 0; seed < 6000; seed++) {
      int[] values = {0, 1, 2};
      SplitMix.shuffle(values, seed);
      counts[values[0] * 2 + (values[1] > values[2] ? 1 : 0)]++;
    }
    for (int count : counts) {
      assertEquals(1000, count, 200);
    }
  }
}
