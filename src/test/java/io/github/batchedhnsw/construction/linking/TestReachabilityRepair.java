// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.linking;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.construction.Graphs;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.search.BeamSearch;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Whatever a level looks like, all of it is reached afterwards. */
public class TestReachabilityRepair extends LuceneTestCase {

  /** A level whose lists are filled with neighbours drawn from a range around each node. */
  private static FlatAdjacency randomLevel(VectorSet vectors, int[] nodes, int size, int maxDegree)
      throws IOException {
    FlatAdjacency level = new FlatAdjacency(nodes, size, maxDegree);
    int fill = random().nextInt(maxDegree + 1);
    int spread = random().nextInt(1, size + 1);
    boolean backwards = random().nextBoolean();
    OrdinalScorer scorer = vectors.scorer();
    float[] score = new float[1];
    for (int slot = 0; slot < size; slot++) {
      int degree = random().nextInt(4) == 0 ? random().nextInt(maxDegree + 1) : fill;
      for (int i = 0; i < degree; i++) {
        int from = backwards ? Math.max(0, slot - spread) : Math.max(0, slot - spread / 2);
        int to = backwards ? slot : Math.min(size, slot + spread / 2 + 1);
        int other = from >= to ? slot : random().nextInt(from, to);
        if (other != slot && !level.contains(slot, level.ordinalAt(other))) {
          scorer.setQuery(level.ordinalAt(slot));
          scorer.score(new int[] {level.ordinalAt(other)}, 1, score);
          level.append(slot, level.ordinalAt(other), score[0]);
        }
      }
    }
    return level;
  }

  private static ReachabilityRepair repair(VectorSet vectors, int maxDegree) throws IOException {
    return new ReachabilityRepair(
        vectors.scorer(),
        new BeamSearch(vectors.size(), ReachabilityRepair.beamWidth(), maxDegree),
        ParallelRanges.serial());
  }

  public void testRandomLevels() throws IOException {
    int rounds = atLeast(1500);
    int repaired = 0;
    for (int round = 0; round < rounds; round++) {
      int graphSize = random().nextInt(1, random().nextInt(2, 300));
      float[][] rows =
          random().nextInt(3) == 0
              ? VectorData.identical(random(), graphSize, 3)
              : VectorData.uniform(random(), graphSize, 3);
      VectorSet vectors =
          VectorSets.ofHeap(List.of(rows), null, 3, VectorSimilarityFunction.EUCLIDEAN);
      int[] nodes = random().nextBoolean() ? null : randomNodes(graphSize);
      int size = nodes == null ? graphSize : nodes.length;
      int maxDegree = random().nextInt(1, random().nextBoolean() ? 4 : 33);
      FlatAdjacency level = randomLevel(vectors, nodes, size, maxDegree);
      int entry = level.ordinalAt(random().nextInt(size));
      int before = Graphs.reachable(level, entry);
      int linked = repair(vectors, maxDegree).repair(level, entry);
      assertEquals("round " + round, size, Graphs.reachable(level, entry));
      assertTrue(linked <= size - before);
      assertEquals(before == size, linked == 0);
      assertTrue("the entry is in no list", size == 1 || inDegree(level, entry) > 0);
      repaired += linked > 0 ? 1 : 0;
      assertWellFormed(level);
      assertEquals("nothing is left to do", 0, repair(vectors, maxDegree).repair(level, entry));
    }
    assertTrue("only " + repaired + " had unreachable nodes", repaired > rounds / 3);
  }

  private static int inDegree(FlatAdjacency level, int ordinal) {
    return (int) IntStream.range(0, level.size()).filter(i -> level.contains(i, ordinal)).count();
  }

  private static int[] randomNodes(int graphSize) {
    TreeSet<Integer> nodes = new TreeSet<>();
    int count = random().nextInt(1, graphSize + 1);
    for (int i = 0; i < count; i++) {
      nodes.add(random().nextInt(graphSize));
    }
    return nodes.stream().mapToInt(Integer::intValue).toArray();
  }

  private static void assertWellFormed(FlatAdjacency level) {
    int[] list = new int[level.maxDegree()];
    for (int slot = 0; slot < level.size(); slot++) {
      assertTrue(level.degree(slot) <= level.maxDegree());
      int degree = level.copyNeighbors(slot, list);
      Arrays.sort(list, 0, degree);
      for (int i = 0; i < degree; i++) {
        assertNotEquals("loop", level.ordinalAt(slot), list[i]);
        assertTrue("twice", i == 0 || list[i] != list[i - 1]);
        assertTrue("not on the level", level.slotOf(list[i]) >= 0);
      }
    }
  }

  /** Many that turn to one node burden it with one, and are not far behind it. */
  public void testOneNodeTakesOne() throws IOException {
    int size = atLeast(1000);
    float[][] rows = VectorData.uniform(random(), size, 3);
    rows[0] = new float[] {100, 100, 100}; // with inner products the neighbour of all
    VectorSet vectors =
        VectorSets.ofHeap(List.of(rows), null, 3, VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT);
    FlatAdjacency level = new FlatAdjacency(null, size, 32);
    for (int slot = 1; slot < size; slot++) {
      level.append(slot, 0, 1);
    }
    assertEquals(size - 1, repair(vectors, 32).repair(level, 0));
    assertEquals(1, level.degree(0));
    int[] depths = Graphs.distances(level, 0);
    assertTrue("not reached", Arrays.stream(depths).allMatch(depth -> depth >= 0));
    int deepest = Arrays.stream(depths).max().getAsInt();
    assertTrue("deepest=" + deepest, deepest <= 4 * Math.log(size));
  }

  /** The part that cannot be reached is linked to its nearest, and leads back. */
  public void testLinksToTheNearest() throws IOException {
    float[][] rows = {{0}, {10}, {20}, {11}, {12}};
    VectorSet vectors =
        VectorSets.ofHeap(List.of(rows), null, 1, VectorSimilarityFunction.EUCLIDEAN);
    FlatAdjacency level = new FlatAdjacency(null, 5, 3);
    level.append(0, 1, -100);
    level.append(1, 2, -100);
    level.append(3, 4, -1); // 3 leads to 4, nothing leads to 3
    assertEquals(1, repair(vectors, 3).repair(level, 0));
    assertTrue(level.contains(1, 3));
    assertTrue(level.contains(3, 1));
    assertEquals("score of a new edge", -1, level.score(1, 1), 0f);
    assertEquals("of no use", 1, level.degree(0));
  }

  /** Where all near lists are full an edge goes that nothing depends on. */
  public void testFullLists() throws IOException {
    float[][] rows = {{0}, {1}, {2}, {1.5f}};
    VectorSet vectors =
        VectorSets.ofHeap(List.of(rows), null, 1, VectorSimilarityFunction.EUCLIDEAN);
    FlatAdjacency level = new FlatAdjacency(null, 4, 2);
    level.append(0, 1, -1);
    level.append(0, 2, -4);
    level.append(1, 2, -1);
    level.append(1, 0, -1);
    level.append(2, 1, -1);
    level.append(2, 0, -4);
    assertEquals(1, repair(vectors, 2).repair(level, 0));
    assertEquals(4, Graphs.reachable(level, 0));
    assertTrue("the root needs both", level.contains(0, 1) && level.contains(0, 2));
  }
}
