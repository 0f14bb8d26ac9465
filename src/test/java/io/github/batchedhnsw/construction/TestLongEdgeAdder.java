// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.construction.candidates.JoinPlan.LongEdges;
import io.github.batchedhnsw.construction.linking.ForwardLists;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.graph.FlatAdjacency;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.tests.util.LuceneTestCase;

/** What a node of several levels keeps, on a level that is too small for subsets. */
public class TestLongEdgeAdder extends LuceneTestCase {
  private static final int SIZE = 100;
  private static final int MAX_DEGREE = 16; // two edges in place, eight added
  private static final int NODE = 50;
  private static final int DIVERSE = 6;

  /** A level above whose only list, of the node, has the given neighbours. */
  private static FlatAdjacency above(int... neighbors) {
    FlatAdjacency level = new FlatAdjacency(new int[] {7, NODE, 70}, 3, 8);
    for (int neighbor : neighbors) {
      level.append(1, neighbor, 0.5f);
    }
    return level;
  }

  /** Lists of the neighbours 0 to 7, six of them diverse. */
  private static ForwardLists lists(BitSet selecting) {
    FlatAdjacency level = new FlatAdjacency(null, SIZE, MAX_DEGREE);
    short[] diverse = new short[SIZE];
    for (int slot = 10; slot < SIZE; slot++) {
      for (int neighbor = 0; neighbor < 8; neighbor++) {
        level.append(slot, neighbor, 1);
      }
      diverse[slot] = DIVERSE;
    }
    return new ForwardLists(level, selecting, diverse);
  }

  private static List<Integer> add(ForwardLists lists, LongEdges kind, FlatAdjacency... above)
      throws IOException {
    return add(0, lists, kind, above);
  }

  private static List<Integer> add(
      double joinedShare, ForwardLists lists, LongEdges kind, FlatAdjacency... above)
      throws IOException {
    int[] ordinals = IntStream.range(0, SIZE).toArray();
    new LongEdgeAdder(joinedShare, null, null, ParallelRanges.serial(), BuildLog.silent())
        .add(lists, ordinals, Arrays.asList(above), kind, 1);
    int[] neighbors = new int[MAX_DEGREE];
    int count = lists.level().copyNeighbors(NODE, neighbors);
    return IntStream.of(neighbors).limit(count).boxed().toList();
  }

  public void testEdgesInPlaceOfTheLastLevelComeFirst() throws IOException {
    ForwardLists lists = lists(null);
    FlatAdjacency next = above(20, 21, 22);
    assertEquals(List.of(0, 1, 2, 3, 20, 21, 4, 5), add(lists, LongEdges.IN_PLACE, next));
    assertEquals(DIVERSE, lists.diverse()[NODE]);

    lists = lists(null);
    FlatAdjacency full = above(30, 31);
    assertEquals(List.of(0, 1, 2, 3, 30, 31, 20, 21), add(lists, LongEdges.IN_PLACE, next, full));
    assertEquals(DIVERSE, lists.diverse()[NODE]);

    lists = lists(null);
    FlatAdjacency one = above(30);
    assertEquals(List.of(0, 1, 2, 3, 30, 20, 21, 4), add(lists, LongEdges.IN_PLACE, next, one));
    assertEquals(DIVERSE, lists.diverse()[NODE]);
  }

  public void testAddedEdgesStayAsFarAsThereIsRoom() throws IOException {
    ForwardLists lists = lists(null);
    FlatAdjacency next = above(20, 21, 22, 4);
    FlatAdjacency top = above(30, 31, 20);
    assertEquals(
        List.of(0, 1, 2, 3, 4, 5, 20, 21, 22, 30, 31, 6, 7),
        add(lists, LongEdges.ADDED, next, top));
    assertEquals(DIVERSE + 5, lists.diverse()[NODE]);

    lists = lists(null);
    next = above(20, 21, 22, 23, 24, 25, 26, 27);
    assertEquals(
        List.of(0, 1, 2, 3, 4, 5, 20, 21, 22, 23, 24, 25, 26, 27, 30, 31),
        add(lists, LongEdges.ADDED, next, above(30, 31, 32)));
    assertEquals(MAX_DEGREE, lists.diverse()[NODE]);
  }

  /** A node that Lucene would join gets half as many edges between clumps. */
  public void testMergedClumps() throws IOException {
    FlatAdjacency next = above(20, 21, 22, 23, 24, 25, 26, 27);
    assertEquals(
        List.of(0, 1, 2, 3, 4, 5, 20, 21, 22, 23, 24, 25, 26, 27, 6, 7),
        add(0, lists(null), LongEdges.BETWEEN_CLUMPS, next));
    assertEquals(
        List.of(0, 1, 2, 3, 4, 5, 20, 21, 22, 23, 6, 7),
        add(1, lists(null), LongEdges.BETWEEN_CLUMPS, next));
    assertEquals(
        List.of(0, 1, 2, 3, 4, 5, 20, 21, 22, 23, 24, 25, 26, 27, 6, 7),
        add(1, lists(null), LongEdges.ADDED, next));
  }

  public void testOtherListsStay() throws IOException {
    List<Integer> before = List.of(0, 1, 2, 3, 4, 5, 6, 7);
    BitSet others = new BitSet();
    others.set(0, NODE);
    for (LongEdges kind : LongEdges.values()) {
      assertEquals(before, add(lists(others), kind, above(20, 21)));
    }
    assertEquals(before, add(lists(null), LongEdges.NONE, above(20, 21)));
  }
}
