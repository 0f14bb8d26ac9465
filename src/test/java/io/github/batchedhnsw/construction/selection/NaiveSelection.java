// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.selection;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.construction.search.Beam;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Neighbours selected as the definition of the diversity rule reads, and what to select from. */
public final class NaiveSelection {
  private NaiveSelection() {}

  /** Scores of all pairs. */
  public static float[][] scores(VectorSet set) throws IOException {
    float[][] scores = new float[set.size()][set.size()];
    OrdinalScorer scorer = set.scorer();
    for (int i = 0; i < set.size(); i++) {
      scorer.setQuery(i);
      scorer.score(IntStream.range(0, set.size()).toArray(), set.size(), scores[i]);
    }
    return scores;
  }

  /** Vectors of random kind, dimension and similarity. */
  public static VectorSet randomSet(int size) throws IOException {
    int dimension = LuceneTestCase.random().nextInt(1, 6);
    VectorSimilarityFunction similarity =
        VectorSimilarityFunction.values()[LuceneTestCase.random().nextInt(4)];
    // Small integers: candidates that are as close to each other as to the node.
    return LuceneTestCase.random().nextBoolean()
        ? VectorSets.ofHeap(
            VectorData.list(VectorData.smallBytes(LuceneTestCase.random(), size, dimension, 3)),
            null,
            dimension,
            similarity)
        : VectorSets.ofHeap(
            VectorData.list(VectorData.uniform(LuceneTestCase.random(), size, dimension)),
            null,
            dimension,
            similarity);
  }

  /** The rule as its definition reads. */
  public static List<Long> select(
      float[][] scores, long[] candidates, int maxDegree, int targetDegree) {
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
      if (diverse.size() < targetDegree) {
        diverse.add(candidate);
      }
    }
    return diverse;
  }

  /** Some nodes as candidates of one, which is left out: best first. */
  public static long[] candidates(float[][] scores, int node, List<Integer> ordinals) {
    long[] pairs =
        ordinals.stream()
            .filter(o -> o != node)
            .mapToLong(o -> ScoredOrdinal.encode(scores[node][o], o))
            .toArray();
    Beam.sortBestFirst(pairs, pairs.length);
    return pairs;
  }

  /** All ordinals in a random order. */
  public static List<Integer> shuffledOrdinals(int size) {
    List<Integer> ordinals = new ArrayList<>(IntStream.range(0, size).boxed().toList());
    Collections.shuffle(ordinals, LuceneTestCase.random());
    return ordinals;
  }
}
