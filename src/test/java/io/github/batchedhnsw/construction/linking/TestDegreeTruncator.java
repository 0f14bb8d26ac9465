// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.linking;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.vectors.Metric;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Lists end at one degree, but not before their diverse neighbours do. */
public class TestDegreeTruncator extends LuceneTestCase {

  /** Random lists with random numbers of diverse neighbours. */
  private static ForwardLists lists(int size, int maxDegree, BitSet selecting) {
    FlatAdjacency level = new FlatAdjacency(null, size, maxDegree);
    short[] diverse = new short[size];
    for (int slot = 0; slot < size; slot++) {
      Set<Integer> neighbors = new HashSet<>(List.of(slot));
      int degree = random().nextInt(1, maxDegree + 1);
      while (level.degree(slot) < degree) {
        int neighbor = random().nextInt(size);
        if (neighbors.add(neighbor)) {
          level.append(slot, neighbor, 1);
        }
      }
      boolean selects = selecting == null || selecting.get(slot);
      diverse[slot] = (short) (selects ? random().nextInt(1, Math.min(6, degree) + 1) : degree);
    }
    return new ForwardLists(level, selecting, diverse);
  }

  private static BitSet randomSlots(int size) {
    BitSet slots = new BitSet();
    for (int slot = 0; slot < size; slot++) {
      slots.set(slot, random().nextBoolean());
    }
    slots.set(random().nextInt(size));
    return slots;
  }

  private static void check(ForwardLists lists, Metric metric) throws IOException {
    FlatAdjacency level = lists.level();
    int size = level.size();
    int[] before = new int[size];
    int[] inDegrees = new int[size];
    List<Set<Integer>> linked = new ArrayList<>(); // in either direction
    for (int slot = 0; slot < size; slot++) {
      linked.add(new TreeSet<>());
    }
    for (int slot = 0; slot < size; slot++) {
      before[slot] = level.degree(slot);
      for (int i = 0; i < lists.diverse()[slot]; i++) {
        int neighbor = level.neighbor(slot, i);
        inDegrees[neighbor]++;
        linked.get(slot).add(neighbor);
        linked.get(neighbor).add(slot);
      }
    }
    double diverse = 0;
    double inserted = 0;
    int selecting = 0;
    for (int slot = 0; slot < size; slot++) {
      if (lists.selects(slot)) {
        selecting++;
        diverse += Math.min(level.maxDegree(), linked.get(slot).size());
        inserted += Math.min(level.maxDegree(), lists.diverse()[slot] + inDegrees[slot]);
      }
    }
    int filled = random().nextInt(level.maxDegree() + 1);
    DegreeTruncator.Result result =
        new DegreeTruncator(1, 0, metric, ParallelRanges.serial()).truncate(lists, filled);
    assertEquals(diverse / selecting, result.diverseMean(), 1e-9);
    assertEquals(inserted / selecting, result.insertedMean(), 1e-9);
    for (int slot = 0; slot < size; slot++) {
      int most = Math.max(lists.diverse()[slot], result.targetDegree());
      int expected = lists.selects(slot) ? Math.min(before[slot], most) : before[slot];
      assertEquals(expected, level.degree(slot));
    }
    if (metric == Metric.INNER_PRODUCT) {
      assertEquals(filled, result.targetDegree());
    }
    assertTrue(result.targetDegree() + " of " + filled, result.targetDegree() <= filled);
  }

  public void testAgainstNaiveDegrees() throws IOException {
    for (int round = 0; round < 50; round++) {
      int size = random().nextInt(20, 300);
      int maxDegree = random().nextInt(1, 20);
      BitSet selecting = random().nextBoolean() ? null : randomSlots(size);
      Metric metric = Metric.values()[random().nextInt(Metric.values().length)];
      check(lists(size, maxDegree, selecting), metric);
    }
  }

  /** A ring in which each node selects the nearest four on either side and knows of 12. */
  private static DegreeTruncator.Result truncateRing(int maxDegree, double joinedShare)
      throws IOException {
    int size = 1000;
    FlatAdjacency level = new FlatAdjacency(null, size, maxDegree);
    short[] diverse = new short[size];
    for (int slot = 0; slot < size; slot++) {
      for (int i = 1; i <= 12; i++) {
        level.append(slot, (slot + (i % 2 == 0 ? i / 2 : size - i / 2 - 1)) % size, 1);
      }
      diverse[slot] = 8;
    }
    DegreeTruncator.Result result =
        new DegreeTruncator(1, joinedShare, Metric.EUCLIDEAN, ParallelRanges.serial())
            .truncate(new ForwardLists(level, null, diverse), maxDegree);
    assertEquals(8, result.diverseMean(), 0);
    assertEquals(16, result.insertedMean(), 0);
    assertEquals(Math.min(12, result.targetDegree()), level.degree(0));
    return result;
  }

  /** Of two nodes that select each other, insertion lets each have two edges, here it is one. */
  public void testMutualNeighborsAreMadeUpFor() throws IOException {
    // A quarter full: .89 * 16 - 8 = 6.24 edges are missing, and a neighbour makes 1.5 lists
    // longer.
    assertEquals(13, truncateRing(64, 0).targetDegree());
  }

  public void testFullListsArePruned() throws IOException {
    // .80 * 16 - 8 = 4.8 edges are missing
    assertEquals(12, truncateRing(16, 0).targetDegree());
  }

  public void testJoinedListsAreShorter() throws IOException {
    // .88 * .80 * 16 - 8 = 3.26 edges are missing
    assertEquals(11, truncateRing(16, 1).targetDegree());
    // .97 * .89 * 16 - 8 = 5.81
    assertEquals(12, truncateRing(64, 1).targetDegree());
  }
}
