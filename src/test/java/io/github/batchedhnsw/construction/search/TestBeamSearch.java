// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.search;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Search of one level. */
public class TestBeamSearch extends LuceneTestCase {

  /** Small integers: many ties. */
  private static VectorSet randomSet(int size) throws IOException {
    byte[][] vectors = VectorData.smallBytes(random(), size, 3, 4);
    return VectorSets.ofHeap(VectorData.list(vectors), null, 3, VectorSimilarityFunction.EUCLIDEAN);
  }

  private static TreeSet<Long> exact(VectorSet set, int query, Set<Integer> among)
      throws IOException {
    TreeSet<Long> pairs = new TreeSet<>(Collections.reverseOrder());
    for (int ordinal : among) {
      pairs.add(ScoredOrdinal.encode(score(set, query, ordinal), ordinal));
    }
    return pairs;
  }

  private static float score(VectorSet set, int query, int ordinal) throws IOException {
    OrdinalScorer scorer = set.scorer();
    scorer.setQuery(query);
    float[] out = new float[1];
    scorer.score(new int[] {ordinal}, 1, out);
    return out[0];
  }

  /** A beam's pairs without marks. */
  private static long[] pairs(Beam beam) {
    return Arrays.stream(beam.pairs(), 0, beam.size()).map(p -> p & ~ScoredOrdinal.MARK).toArray();
  }

  private static long[] best(TreeSet<Long> pairs, int count) {
    return pairs.stream().limit(count).mapToLong(Long::longValue).toArray();
  }

  public void testCompleteGraphGivesTheExactNeighbors() throws IOException {
    int size = random().nextInt(2, 80);
    VectorSet set = randomSet(size);
    FlatAdjacency level = new FlatAdjacency(null, size, size - 1);
    Set<Integer> all = new HashSet<>();
    for (int node = 0; node < size; node++) {
      all.add(node);
      for (int other = 0; other < size; other++) {
        if (other != node) {
          level.append(node, other, 0);
        }
      }
    }
    BeamSearch search = new BeamSearch(size, size + 10, size - 1);
    OrdinalScorer scorer = set.scorer();
    for (int i = 0; i < 100; i++) {
      int query = random().nextInt(size);
      int beamWidth = random().nextInt(1, size + 11);
      scorer.setQuery(query);
      Beam found = search.search(level, scorer, random().nextInt(size), beamWidth);
      assertArrayEquals(best(exact(set, query, all), beamWidth), pairs(found));
    }
  }

  public void testWideBeamFindsExactlyWhatIsReachable() throws IOException {
    int size = 100;
    VectorSet set = randomSet(size);
    // two rings of even and of odd nodes
    FlatAdjacency level = new FlatAdjacency(null, size, 1);
    for (int node = 0; node < size; node++) {
      level.append(node, (node + 2) % size, 0);
    }
    BeamSearch search = new BeamSearch(size, size, 1);
    OrdinalScorer scorer = set.scorer();
    for (int entry = 0; entry < size; entry++) {
      Set<Integer> reachable = new HashSet<>();
      for (int node = entry & 1; node < size; node += 2) {
        reachable.add(node);
      }
      int query = random().nextInt(size);
      scorer.setQuery(query);
      Beam found = search.search(level, scorer, entry, size);
      assertArrayEquals(best(exact(set, query, reachable), size), pairs(found));
    }
  }

  /** HNSW paper, algorithm 2, with a candidate set and a result set. */
  private static TreeSet<Long> naive(
      VectorSet set, FlatAdjacency level, int query, int entry, int beamWidth) throws IOException {
    TreeSet<Long> candidates = new TreeSet<>(Collections.reverseOrder());
    TreeSet<Long> results = new TreeSet<>(Collections.reverseOrder());
    Set<Integer> visited = new HashSet<>();
    long start = ScoredOrdinal.encode(score(set, query, entry), entry);
    visited.add(entry);
    candidates.add(start);
    results.add(start);
    while (!candidates.isEmpty()) {
      long candidate = candidates.pollFirst();
      if (results.size() == beamWidth && candidate < results.last()) {
        break;
      }
      int slot = level.slotOf(ScoredOrdinal.ordinal(candidate));
      for (int i = 0; i < level.degree(slot); i++) {
        int neighbor = level.neighbor(slot, i);
        if (visited.add(neighbor)) {
          long pair = ScoredOrdinal.encode(score(set, query, neighbor), neighbor);
          candidates.add(pair);
          results.add(pair);
          if (results.size() > beamWidth) {
            results.pollLast();
          }
        }
      }
    }
    return results;
  }

  public void testRandomGraphsAgainstTheTextbook() throws IOException {
    for (int round = 0; round < 20; round++) {
      int size = random().nextInt(2, 300);
      int maxDegree = random().nextInt(1, 9);
      VectorSet set = randomSet(size);
      // an upper level: every other ordinal
      boolean sparse = random().nextBoolean();
      int nodes = sparse ? (size + 1) / 2 : size;
      int[] ordinals = new int[nodes];
      Arrays.setAll(ordinals, i -> 2 * i);
      FlatAdjacency level = new FlatAdjacency(sparse ? ordinals : null, nodes, maxDegree);
      for (int slot = 0; slot < nodes; slot++) {
        for (int i = random().nextInt(maxDegree + 1); i > 0; i--) {
          level.append(slot, level.ordinalAt(random().nextInt(nodes)), 0);
        }
      }
      BeamSearch search = new BeamSearch(size, 50, maxDegree);
      OrdinalScorer scorer = set.scorer();
      for (int i = 0; i < 20; i++) {
        int query = random().nextInt(size);
        int entry = level.ordinalAt(random().nextInt(nodes));
        int beamWidth = random().nextInt(1, 51);
        scorer.setQuery(query);
        Beam found = search.search(level, scorer, entry, beamWidth);
        assertArrayEquals(
            best(naive(set, level, query, entry, beamWidth), beamWidth), pairs(found));
      }
    }
  }
}
