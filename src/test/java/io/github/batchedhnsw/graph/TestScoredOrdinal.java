// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.graph;

import java.util.Arrays;
import org.apache.lucene.tests.util.LuceneTestCase;

/** The total order that everything else relies on. */
public class TestScoredOrdinal extends LuceneTestCase {
  private static final float[] SCORES = {
    Float.NEGATIVE_INFINITY,
    -Float.MAX_VALUE,
    -1.5f,
    Math.nextDown(-1f),
    -1f,
    -Float.MIN_NORMAL,
    -Float.MIN_VALUE,
    -0f,
    0f,
    Float.MIN_VALUE,
    Float.MIN_NORMAL,
    1f,
    Math.nextUp(1f),
    1.5f,
    Float.MAX_VALUE,
    Float.POSITIVE_INFINITY
  };
  private static final int[] ORDINALS = {
    0, 1, 2, 1 << 20, Integer.MAX_VALUE - 1, Integer.MAX_VALUE
  };

  public void testRoundTrip() {
    for (float score : SCORES) {
      for (int ordinal : ORDINALS) {
        assertRoundTrip(score, ordinal);
      }
    }
    for (int i = 0; i < 1000; i++) {
      float score = Float.intBitsToFloat(random().nextInt());
      if (Float.isNaN(score) == false) {
        assertRoundTrip(score, random().nextInt() & Integer.MAX_VALUE);
      }
    }
    // Not a number is the worst of all scores, and keeps its ordinal.
    assertEquals(
        ScoredOrdinal.encode(Float.NEGATIVE_INFINITY, 5), ScoredOrdinal.encode(Float.NaN, 5));
  }

  private static void assertRoundTrip(float score, int ordinal) {
    long pair = ScoredOrdinal.encode(score, ordinal);
    for (long marked : new long[] {pair, pair | ScoredOrdinal.MARK}) {
      assertEquals(
          Float.floatToRawIntBits(score), Float.floatToRawIntBits(ScoredOrdinal.score(marked)));
      assertEquals(ordinal, ScoredOrdinal.ordinal(marked));
    }
    assertEquals("the mark is clear", 0, pair & ScoredOrdinal.MARK);
  }

  public void testGreaterIsHigherScoreThenLowerOrdinal() {
    for (float scoreA : SCORES) {
      for (float scoreB : SCORES) {
        for (int ordinalA : ORDINALS) {
          for (int ordinalB : ORDINALS) {
            assertOrder(scoreA, ordinalA, scoreB, ordinalB);
          }
        }
      }
    }
    for (int i = 0; i < 10_000; i++) {
      float scoreA = random().nextFloat() - 0.5f;
      float scoreB = random().nextBoolean() ? scoreA : random().nextFloat() - 0.5f;
      assertOrder(
          scoreA,
          random().nextInt() & Integer.MAX_VALUE,
          scoreB,
          random().nextInt() & Integer.MAX_VALUE);
    }
  }

  private static void assertOrder(float scoreA, int ordinalA, float scoreB, int ordinalB) {
    int expected = Float.compare(scoreA, scoreB);
    if (expected == 0) {
      expected = Integer.compare(ordinalB, ordinalA);
    }
    long a = ScoredOrdinal.encode(scoreA, ordinalA);
    long b = ScoredOrdinal.encode(scoreB, ordinalB);
    String message = scoreA + "/" + ordinalA + " with " + scoreB + "/" + ordinalB;
    assertEquals(message, Integer.signum(expected), Long.compare(a, b));
    if (ordinalA != ordinalB) {
      assertEquals(message, Integer.signum(expected), Long.compare(a | ScoredOrdinal.MARK, b));
      assertEquals(message, Integer.signum(expected), Long.compare(a, b | ScoredOrdinal.MARK));
    }
  }

  public void testSortingLongsSortsPairs() {
    long[] pairs = new long[SCORES.length];
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = ScoredOrdinal.encode(SCORES[pairs.length - 1 - i], i);
    }
    Arrays.sort(pairs);
    float[] sorted = new float[pairs.length];
    for (int i = 0; i < pairs.length; i++) {
      sorted[i] = ScoredOrdinal.score(pairs[i]);
    }
    assertArrayEquals(SCORES, sorted, 0f);
  }
}
