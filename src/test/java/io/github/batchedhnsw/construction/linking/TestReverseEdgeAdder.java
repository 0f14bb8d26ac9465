// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.linking;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.parallel.Workers;
import io.github.batchedhnsw.construction.selection.EagerPairwiseScores;
import io.github.batchedhnsw.construction.selection.NaiveSelection;
import io.github.batchedhnsw.construction.selection.NeighborSelector;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Reverse edges against a map, in lists that do not overflow. */
public class TestReverseEdgeAdder extends LuceneTestCase {

  private static ReverseEdgeAdder adder(VectorSet set, ParallelRanges parallel) throws IOException {
    OrdinalScorer[] scorers = new OrdinalScorer[parallel.workers()];
    NeighborSelector[] selectors = new NeighborSelector[scorers.length];
    for (int i = 0; i < scorers.length; i++) {
      scorers[i] = set.scorer();
      selectors[i] = new NeighborSelector(new EagerPairwiseScores(scorers[i]));
    }
    return new ReverseEdgeAdder(scorers, selectors, parallel);
  }

  private static void check(ParallelRanges parallel, boolean isExtension) throws IOException {
    int size = random().nextInt(2, 200);
    VectorSet set = NaiveSelection.randomSet(size);
    float[][] scores = NaiveSelection.scores(set);
    FlatAdjacency level = new FlatAdjacency(null, size, size);
    BitSet selecting = isExtension ? new BitSet() : null;
    for (int slot = 0; isExtension && slot < size; slot++) {
      selecting.set(slot, random().nextBoolean());
    }
    ForwardLists lists = new ForwardLists(level, selecting, new short[size]);
    List<Map<Integer, Float>> expected = new ArrayList<>();
    for (int slot = 0; slot < size; slot++) {
      expected.add(new TreeMap<>());
      for (int neighbor : NaiveSelection.shuffledOrdinals(size).subList(0, Math.min(size, 9))) {
        if (neighbor != slot) {
          boolean isKnown = lists.selects(slot);
          float score = isKnown ? scores[slot][neighbor] : MissingScores.UNKNOWN;
          level.append(slot, neighbor, score);
          expected.get(slot).put(neighbor, score);
        }
      }
    }
    for (int slot = 0; slot < size; slot++) {
      for (int i = 0; i < level.degree(slot); i++) {
        int neighbor = level.neighbor(slot, i);
        if (lists.selects(slot) || lists.selects(neighbor)) {
          expected.get(neighbor).putIfAbsent(slot, scores[slot][neighbor]);
        }
      }
    }
    int[] order =
        NaiveSelection.shuffledOrdinals(size).stream().mapToInt(Integer::intValue).toArray();
    List<Double> progress = new ArrayList<>();
    adder(set, parallel).add(lists, order, progress::add);
    assertEquals(List.of(1.0), progress);
    for (int slot = 0; slot < size; slot++) {
      Map<Integer, Float> found = new TreeMap<>();
      for (int i = 0; i < level.degree(slot); i++) {
        assertNull(found.put(level.neighbor(slot, i), level.score(slot, i)));
      }
      assertEquals(expected.get(slot), found);
    }
  }

  public void testAgainstNaiveReversal() throws IOException {
    try (Workers workers = new Workers(3)) {
      for (int round = 0; round < 30; round++) {
        check(random().nextBoolean() ? ParallelRanges.serial() : workers.ranges(3), false);
        check(random().nextBoolean() ? ParallelRanges.serial() : workers.ranges(3), true);
      }
    }
  }
}
