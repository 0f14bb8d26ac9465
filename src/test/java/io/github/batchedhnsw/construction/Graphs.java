// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.FlatHnswGraph;
import io.github.batchedhnsw.graph.LevelAssignment;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.lucene.codecs.hnsw.DefaultFlatVectorScorer;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.util.hnsw.HnswGraphSearcher;
import org.apache.lucene.util.hnsw.RandomVectorScorer;

/** What the tests of whole graphs have in common. */
public final class Graphs {
  private static final int QUERIES = 40;

  private Graphs() {}

  /** Well formed, with the levels that were drawn. */
  static void assertValid(FlatHnswGraph graph, int size, BuildParams params) {
    assertWellFormed(graph, size, params.maxConn());
    int[][] nodes = LevelAssignment.nodesByLevel(params.seed(), size, params.maxConn());
    assertEquals(nodes.length, graph.numLevels());
    for (int l = 1; l < nodes.length; l++) {
      FlatAdjacency level = graph.level(l);
      assertArrayEquals(nodes[l], IntStream.range(0, level.size()).map(level::ordinalAt).toArray());
    }
  }

  /**
   * Nodes ascending and on the level below, too; degrees in bounds, no loop, no duplicate,
   * neighbours on the level; everything is reachable. Levels need not be as drawn: duplicates are
   * on the lowest one only.
   */
  public static void assertWellFormed(FlatHnswGraph graph, int size, int maxConn) {
    assertEquals(maxConn, graph.maxConn());
    assertEquals(size, graph.size());
    assertEquals(size, graph.level(0).size());
    for (int l = 0; l < graph.numLevels(); l++) {
      FlatAdjacency level = graph.level(l);
      assertTrue("level " + l + " is empty", level.size() > 0);
      int bound = l == 0 ? 2 * maxConn : maxConn;
      for (int slot = 0; slot < level.size(); slot++) {
        int node = level.ordinalAt(slot);
        assertTrue("order", slot == 0 || node > level.ordinalAt(slot - 1));
        assertTrue("not below: " + node, l == 0 || graph.level(l - 1).slotOf(node) >= 0);
        assertTrue(level.degree(slot) <= bound);
        if (level.size() > 1) {
          assertTrue("node " + node + " of level " + l + " is alone", level.degree(slot) > 0);
        }
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < level.degree(slot); i++) {
          int neighbor = level.neighbor(slot, i);
          assertTrue("no ordinal: " + neighbor, neighbor >= 0 && neighbor < size);
          assertTrue("not on the level: " + neighbor, level.slotOf(neighbor) >= 0);
          assertNotEquals("loop", node, neighbor);
          assertTrue("twice: " + neighbor, seen.add(neighbor));
        }
      }
      assertEquals("reachable on level " + l, level.size(), reachable(level, graph.entryPoint()));
    }
  }

  public static void assertSame(FlatHnswGraph expected, FlatHnswGraph actual) {
    assertEquals(expected.numLevels(), actual.numLevels());
    for (int l = 0; l < expected.numLevels(); l++) {
      FlatAdjacency a = expected.level(l);
      FlatAdjacency b = actual.level(l);
      assertEquals(a.size(), b.size());
      for (int slot = 0; slot < a.size(); slot++) {
        assertEquals("level " + l + " slot " + slot, a.degree(slot), b.degree(slot));
        for (int i = 0; i < a.degree(slot); i++) {
          assertEquals("level " + l + " slot " + slot, a.neighbor(slot, i), b.neighbor(slot, i));
          assertEquals(a.score(slot, i), b.score(slot, i), 0f);
        }
      }
    }
  }

  /** New points near the data. */
  public static float[][] queries(Random random, float[][] vectors, int count) {
    float[][] queries = new float[count][];
    for (int q = 0; q < count; q++) {
      queries[q] = vectors[random.nextInt(vectors.length)].clone();
      for (int i = 0; i < queries[q].length; i++) {
        queries[q][i] += 0.05f * (random.nextFloat() - 0.5f);
      }
    }
    return queries;
  }

  /** Number of nodes of level 0 that can be reached from the entry point there. */
  public static int reachable(FlatHnswGraph graph) {
    return reachable(graph.level(0), graph.entryPoint());
  }

  /** Number of nodes of a level that can be reached from one of them. */
  public static int reachable(FlatAdjacency level, int entry) {
    return (int) Arrays.stream(distances(level, entry)).filter(distance -> distance >= 0).count();
  }

  /** By slot, the fewest edges that lead there from a node; -1 where none do. */
  public static int[] distances(FlatAdjacency level, int entry) {
    int[] distances = new int[level.size()];
    Arrays.fill(distances, -1);
    int[] queue = new int[level.size()];
    queue[0] = level.slotOf(entry);
    distances[queue[0]] = 0;
    int count = 1;
    for (int next = 0; next < count; next++) {
      for (int i = 0; i < level.degree(queue[next]); i++) {
        int neighbor = level.slotOf(level.neighbor(queue[next], i));
        if (distances[neighbor] < 0) {
          distances[neighbor] = distances[queue[next]] + 1;
          queue[count++] = neighbor;
        }
      }
    }
    return distances;
  }

  /**
   * As {@link #recall(FlatHnswGraph, float[][], float[][], VectorSimilarityFunction, int, int)}.
   */
  public static double recall(
      Random random,
      FlatHnswGraph graph,
      float[][] vectors,
      VectorSimilarityFunction similarity,
      int topK,
      int width)
      throws IOException {
    return recall(graph, vectors, queries(random, vectors, QUERIES), similarity, topK, width);
  }

  /**
   * Recall of Lucene's own search of the graph. Whatever is as close as the k-th nearest counts as
   * found: equal scores have no order.
   *
   * @param width number of nodes that the search collects
   */
  public static double recall(
      FlatHnswGraph graph,
      float[][] vectors,
      float[][] queries,
      VectorSimilarityFunction similarity,
      int topK,
      int width)
      throws IOException {
    FloatVectorValues values =
        FloatVectorValues.fromFloats(VectorData.list(vectors), vectors[0].length);
    int wanted = Math.min(topK, vectors.length);
    int hits = 0;
    for (float[] query : queries) {
      RandomVectorScorer scorer =
          DefaultFlatVectorScorer.INSTANCE.getRandomVectorScorer(similarity, values, query);
      KnnCollector collector = new TopKnnCollector(width, Integer.MAX_VALUE);
      HnswGraphSearcher.search(scorer, collector, graph.view(), null);
      float[] scores = new float[vectors.length];
      for (int i = 0; i < scores.length; i++) {
        scores[i] = scorer.score(i);
      }
      float[] sorted = scores.clone();
      Arrays.sort(sorted);
      float bound = sorted[sorted.length - wanted];
      ScoreDoc[] found = collector.topDocs().scoreDocs;
      for (int i = 0; i < Math.min(wanted, found.length); i++) {
        hits += scores[found[i].doc] >= bound ? 1 : 0;
      }
    }
    return hits / (double) (queries.length * wanted);
  }
}
