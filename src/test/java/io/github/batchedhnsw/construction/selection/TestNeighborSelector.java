package io.github.batchedhnsw.construction.selection;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.construction.linking.TargetPruner;
import io.github.batchedhnsw.construction.search.Beam;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;

/** The diversity rule, and its use on a list that takes in edges. */
public class TestNeighborSelector extends LuceneTestCase {

  private static float[][] scores(VectorSet set) throws IOException {
    float[][] scores = new float[set.size()][set.size()];
    OrdinalScorer scorer = set.scorer();
    for (int i = 0; i < set.size(); i++) {
      scorer.setQuery(i);
      scorer.score(IntStream.range(0, set.size()).toArray(), set.size(), scores[i]);
    }
    return scores;
  }

  private static VectorSet randomSet(int size) throws IOException {
    int dimension = random().nextInt(1, 6);
    VectorSimilarityFunction similarity = VectorSimilarityFunction.values()[random().nextInt(4)];
    return random()
            .nextBoolean() // small integers: candidates as close to each other as to the node
        ? VectorSets.ofHeap(
            VectorData.list(VectorData.smallBytes(random(), size, dimension, 3)),
            null,
            dimension,
            similarity)
        : VectorSets.ofHeap(
            VectorData.list(VectorData.uniform(random(), size, dimension)),
            null,
            dimension,
            similarity);
  }

  /** The rule as its definition reads. */
  private static List<Long> naive(
      float[][] scores, long[] candidates, int maxDegree, int fillDegree) {
    List<Long> diverse = new ArrayList<>();
    List<Long> rejected = new ArrayList<>();
    for (long candidate : candidates) {
      if (diverse.size() == maxDegree) {
        break;
      }
      int ordinal = ScoredOrdinal.ordinal(candidate);
      boolean closerToAnother =
          diverse.stream()
              .anyMatch(
                  chosen ->
                      scores[ordinal][ScoredOrdinal.ordinal(chosen)]
                          >= ScoredOrdinal.score(candidate));
      (closerToAnother ? rejected : diverse).add(candidate);
    }
    for (long candidate : rejected) {
      if (diverse.size() < fillDegree) {
        diverse.add(candidate);
      }
    }
    return diverse;
  }

  private static long[] candidates(float[][] scores, int node, List<Integer> ordinals) {
    long[] pairs =
        ordinals.stream()
            .filter(o -> o != node)
            .mapToLong(o -> ScoredOrdinal.encode(scores[node][o], o))
            .toArray();
    Beam.sortBestFirst(pairs, pairs.length);
    return pairs;
  }

  private static List<Integer> shuffledOrdinals(int size) {
    List<Integer> ordinals = new ArrayList<>(IntStream.range(0, size).boxed().toList());
    Collections.shuffle(ordinals, random());
    return ordinals;
  }

  public void testAgainstTheDefinition() throws IOException {
    for (int round = 0; round < 50; round++) {
      int size = random().nextInt(1, 80);
      VectorSet set = randomSet(size);
      float[][] scores = scores(set);
      int largest = random().nextInt(1, 40);
      NeighborSelector selector = new NeighborSelector(new LazyPairwiseScores(set.scorer()));
      for (int i = 0; i < 20; i++) {
        int node = random().nextInt(size);
        long[] candidates =
            candidates(scores, node, shuffledOrdinals(size).subList(0, random().nextInt(size + 1)));
        int maxDegree = random().nextInt(1, largest + 1);
        int fillDegree = random().nextInt(maxDegree + 1);
        List<Long> expected = naive(scores, candidates, maxDegree, fillDegree);
        long[] selected = new long[maxDegree];
        int count = candidates.length;
        // longer than the number of candidates, as callers pass it
        long[] scratch = Arrays.copyOf(candidates, count + random().nextInt(3));
        int chosen = selector.select(scratch, count, maxDegree, fillDegree, selected);
        assertArrayEquals(
            expected.stream().mapToLong(Long::longValue).toArray(),
            Arrays.copyOf(selected, chosen));
        assertEquals(naive(scores, candidates, maxDegree, 0).size(), selector.diverseCount());
      }
    }
  }

  public void testDuplicatesOfOnePointAreOneNeighbor() throws IOException {
    float[][] vectors = VectorData.identical(random(), 20, 4);
    VectorSet set =
        VectorSets.ofHeap(VectorData.list(vectors), null, 4, VectorSimilarityFunction.EUCLIDEAN);
    long[] candidates = candidates(scores(set), 0, shuffledOrdinals(20));
    long[] selected = new long[8];
    NeighborSelector selector = new NeighborSelector(new LazyPairwiseScores(set.scorer()));
    assertEquals(1, selector.select(candidates.clone(), 19, 8, 0, selected));
    assertEquals(1, ScoredOrdinal.ordinal(selected[0]));
    assertEquals(6, selector.select(candidates.clone(), 19, 8, 6, selected));
    for (int i = 0; i < 6; i++) {
      assertEquals(i + 1, ScoredOrdinal.ordinal(selected[i]));
    }
  }

  public void testTargetTakesInItsGroup() throws IOException {
    for (int round = 0; round < 50; round++) {
      int size = random().nextInt(2, 60);
      int maxDegree = random().nextInt(1, 20);
      int fillDegree = random().nextInt(maxDegree + 1);
      int maxCandidates =
          random().nextBoolean() ? Integer.MAX_VALUE : maxDegree + random().nextInt(1, 20);
      VectorSet set = randomSet(size);
      float[][] scores = scores(set);
      TargetPruner pruner =
          new TargetPruner(
              new NeighborSelector(new LazyPairwiseScores(set.scorer())),
              maxDegree,
              fillDegree,
              maxCandidates);
      FlatAdjacency level = new FlatAdjacency(null, size, maxDegree);
      int target = random().nextInt(size);
      List<Integer> expected = new ArrayList<>();
      for (int batch = 0; batch < 10; batch++) {
        List<Integer> group = shuffledOrdinals(size);
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
          long[] candidates = candidates(scores, target, union);
          long[] considered = Arrays.copyOf(candidates, Math.min(candidates.length, maxCandidates));
          List<Long> chosen = naive(scores, considered, maxDegree, fillDegree);
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
}
