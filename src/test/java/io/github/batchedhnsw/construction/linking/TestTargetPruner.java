// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.linking;

import io.github.batchedhnsw.construction.selection.EagerPairwiseScores;
import io.github.batchedhnsw.construction.selection.NaiveSelection;
import io.github.batchedhnsw.construction.selection.NeighborSelector;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.tests.util.LuceneTestCase;

/** A target takes in its group: what fits is appended, otherwise neighbours are selected. */
public class TestTargetPruner extends LuceneTestCase {

  public void testTargetTakesInItsGroup() throws IOException {
    for (int round = 0; round < 50; round++) {
      int size = random().nextInt(2, 60);
      int maxDegree = random().nextInt(1, 20);
      int targetDegree = random().nextInt(maxDegree + 1);
      int maxCandidates =
          random().nextBoolean() ? Integer.MAX_VALUE : maxDegree + random().nextInt(1, 20);
      VectorSet set = NaiveSelection.randomSet(size);
      float[][] scores = NaiveSelection.scores(set);
      TargetPruner pruner =
          new TargetPruner(
              new NeighborSelector(new EagerPairwiseScores(set.scorer())),
              maxDegree,
              targetDegree,
              maxCandidates);
      FlatAdjacency level = new FlatAdjacency(null, size, maxDegree);
      int target = random().nextInt(size);
      List<Integer> expected = new ArrayList<>();
      for (int batch = 0; batch < 10; batch++) {
        List<Integer> group = NaiveSelection.shuffledOrdinals(size);
        group.remove((Integer) target);
        group = group.subList(0, random().nextInt(1, group.size() + 1));
        int from = random().nextInt(5);
        int[] sources = new int[from + group.size() + 3];
        float[] sourceScores = new float[sources.length];
        for (int i = 0; i < group.size(); i++) {
          sources[from + i] = group.get(i);
          sourceScores[from + i] = scores[target][group.get(i)];
        }
        pruner.add(level, target, sources, sourceScores, from, from + group.size());

        List<Integer> union = new ArrayList<>(expected);
        group.stream().filter(o -> !expected.contains(o)).forEach(union::add);
        if (union.size() > maxDegree) {
          long[] candidates = NaiveSelection.candidates(scores, target, union);
          long[] considered = Arrays.copyOf(candidates, Math.min(candidates.length, maxCandidates));
          List<Long> chosen = NaiveSelection.select(scores, considered, maxDegree, targetDegree);
          union = new ArrayList<>(chosen.stream().map(ScoredOrdinal::ordinal).toList());
        }
        expected.clear();
        expected.addAll(union);
        List<Integer> actual = new ArrayList<>();
        for (int i = 0; i < level.degree(target); i++) {
          actual.add(level.neighbor(target, i));
          assertEquals(scores[target][level.neighbor(target, i)], level.score(target, i), 0f);
        }
        assertEquals(expected, actual);
      }
      for (int slot = 0; slot < size; slot++) {
        assertTrue(slot == target || level.degree(slot) == 0);
      }
    }
  }

  /** A list without scores is selected from as if it had them, once it overflows. */
  public void testMissingScores() throws IOException {
    for (int round = 0; round < 50; round++) {
      int maxDegree = random().nextInt(2, 20);
      int size = maxDegree + random().nextInt(2, 20);
      VectorSet set = NaiveSelection.randomSet(size);
      float[][] scores = NaiveSelection.scores(set);
      OrdinalScorer scorer = set.scorer();
      TargetPruner pruner =
          new TargetPruner(
              new NeighborSelector(new EagerPairwiseScores(scorer)),
              maxDegree,
              maxDegree,
              Integer.MAX_VALUE,
              new MissingScores(scorer, maxDegree));
      FlatAdjacency level = new FlatAdjacency(null, size, maxDegree);
      List<Integer> others = NaiveSelection.shuffledOrdinals(size);
      int target = others.remove(0);
      for (int other : others.subList(0, maxDegree - 1)) {
        boolean known = random().nextBoolean();
        level.append(target, other, known ? scores[target][other] : MissingScores.UNKNOWN);
      }
      for (int i = maxDegree - 1; i <= maxDegree; i++) {
        int source = others.get(i);
        pruner.add(level, target, new int[] {source}, new float[] {scores[target][source]}, 0, 1);
      }
      long[] union = NaiveSelection.candidates(scores, target, others.subList(0, maxDegree + 1));
      List<Long> expected = NaiveSelection.select(scores, union, maxDegree, maxDegree);
      assertEquals(expected.size(), level.degree(target));
      for (int i = 0; i < expected.size(); i++) {
        assertEquals(ScoredOrdinal.ordinal(expected.get(i)), level.neighbor(target, i));
        assertEquals(ScoredOrdinal.score(expected.get(i)), level.score(target, i), 0f);
      }
    }
  }
}
