// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.graph;

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

  /** The levels of two seeds have nothing in common, although the seeds are neighbours. */
  public void testSeedMatters() {
    long seed = random().nextLong();
    int size = 100_000;
    int both = 0;
    for (int ordinal = 0; ordinal < size; ordinal++) {
      boolean above = LevelAssignment.levelOf(seed, ordinal, 4) > 0;
      both += above && LevelAssignment.levelOf(seed + 1, ordinal, 4) > 0 ? 1 : 0;
    }
    // A quarter of a quarter is above level 0 with both of them.
    double deviation = Math.sqrt(size * (1 / 16.0) * (15 / 16.0));
    assertEquals(size / 16.0, both, 6 * deviation);
  }

  /** A hash of zero bits, that of ordinal 0 and this seed, is the rarest draw and no exception. */
  public void testHighestLevels() {
    long seed = -0x9E3779B97F4A7C15L;
    assertEquals(0, SplitMix.hash(seed, 0));
    assertEquals(53, LevelAssignment.levelOf(seed, 0, 2));
    assertEquals(36, LevelAssignment.levelOf(seed, 0, 1)); // 53 ln 2
    assertEquals(13, LevelAssignment.levelOf(seed, 0, 16)); // 53 / 4
    assertEquals(54, LevelAssignment.nodesByLevel(seed, 1, 2).length);
  }

  /** What the default seed gives is part of the bytes that we write: not to change by accident. */
  public void testPinnedLevels() {
    int[][] nodes = LevelAssignment.nodesByLevel(42, 300, 16);
    assertArrayEquals(
        new int[] {
          4, 54, 59, 63, 80, 95, 105, 123, 126, 128, 145, 160, 168, 171, 215, 217, 233, 251, 257,
          295
        },
        nodes[1]);
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
