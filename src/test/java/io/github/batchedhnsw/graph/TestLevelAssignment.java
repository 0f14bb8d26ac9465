// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.graph;

import java.util.SplittableRandom;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Levels are a function of (seed, ordinal), distributed as in the HNSW paper. */
public class TestLevelAssignment extends LuceneTestCase {

  public void testDistribution() {
    int size = 100_000;
    for (int maxConn : new int[] {2, 3, 16, 64}) {
      long seed = random().nextLong();
      int[] atLeast = new int[64];
      for (int ordinal = 0; ordinal < size; ordinal++) {
        int level = LevelAssignment.levelOf(seed, ordinal, maxConn);
        assertTrue("level=" + level, level >= 0 && level < 64);
        for (int l = 0; l <= level; l++) {
          atLeast[l]++;
        }
      }
      assertEquals(size, atLeast[0]);
      for (int l = 1; l < 4; l++) {
        double share = Math.pow(maxConn, -l);
        double deviation = Math.sqrt(size * share * (1 - share));
        assertEquals("M=" + maxConn + " level=" + l, size * share, atLeast[l], 6 * deviation + 1);
      }
    }
  }

  public void testDependsOnSeedAndOrdinalOnly() {
    long seed = random().nextLong();
    boolean seedMatters = false;
    for (int ordinal = 0; ordinal < 1000; ordinal++) {
      int level = LevelAssignment.levelOf(seed, ordinal, 4);
      assertEquals(level, LevelAssignment.levelOf(seed, ordinal, 4));
      seedMatters |= level != LevelAssignment.levelOf(seed + 1, ordinal, 4);
    }
    assertTrue(seedMatters);
  }

  /** What the default seed gives is part of the bytes that we write: not to change by accident. */
  public void testPinnedLevels() {
    int[] nodes = LevelAssignment.nodesByLevel(42, 100, 16)[1];
    StringBuilder actual = new StringBuilder();
    for (int node : nodes) {
      actual.append(node).append(' ');
    }
    assertEquals(pinned(), actual.toString().trim());
  }

  /** Straight from the definition, with the JDK's own SplitMix64. */
  private static String pinned() {
    StringBuilder expected = new StringBuilder();
    SplittableRandom random = new SplittableRandom(42);
    for (int ordinal = 0; ordinal < 100; ordinal++) {
      double uniform = ((random.nextLong() >>> 11) + 1) / (double) (1L << 53);
      if (uniform <= 1.0 / 16) {
        expected.append(ordinal).append(' ');
      }
    }
    return expected.toString().trim();
  }

  public void testExpectedUpperNodes() {
    int size = 100_000;
    for (int maxConn : new int[] {1, 2, 3, 16, 100, 512}) {
      int[][] nodes = LevelAssignment.nodesByLevel(random().nextLong(), size, maxConn);
      long above = 0;
      for (int level = 1; level < nodes.length; level++) {
        above += nodes[level].length;
      }
      long expected = LevelAssignment.expectedUpperNodes(size, maxConn);
      assertEquals("M=" + maxConn, expected, above, 0.03 * expected + 100);
    }
  }

  public void testNodesByLevel() {
    for (int i = 0; i < 50; i++) {
      long seed = random().nextLong();
      int size = i < 4 ? i + 1 : random().nextInt(1, 3000);
      int maxConn = random().nextInt(1, 20);
      int[][] nodes = LevelAssignment.nodesByLevel(seed, size, maxConn);
      assertNull(nodes[0]);
      int top = 0;
      for (int ordinal = 0; ordinal < size; ordinal++) {
        top = Math.max(top, LevelAssignment.levelOf(seed, ordinal, maxConn));
      }
      assertEquals("no level is empty", top + 1, nodes.length);
      for (int level = 1; level < nodes.length; level++) {
        int next = 0;
        for (int ordinal = 0; ordinal < size; ordinal++) {
          if (LevelAssignment.levelOf(seed, ordinal, maxConn) >= level) {
            assertEquals(ordinal, nodes[level][next++]);
          }
        }
        assertEquals(nodes[level].length, next);
        assertTrue(next > 0);
      }
    }
  }
}
