// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.selection;

import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.tests.util.LuceneTestCase;

/**
 * All implementations answer as the interface promises, also to callers that do not choose all they
 * may.
 */
public class TestPairwiseScores extends LuceneTestCase {
  private int skipped;

  /** Candidates are queried or not and chosen or not, in their order, whatever the answers are. */
  public void testAnyOrderOfCalls() throws IOException {
    for (int round = 0; round < 200; round++) {
      int size = random().nextInt(2, 150);
      VectorSet vectors = NaiveSelection.randomSet(size);
      float[][] scores = NaiveSelection.scores(vectors);
      for (PairwiseScores pairwise :
          List.of(new EagerPairwiseScores(vectors.scorer()), known(scores))) {
        for (int nodes = random().nextInt(1, 4); nodes > 0; nodes--) {
          checkAnyOrderOfCalls(pairwise, scores);
        }
      }
    }
    assertTrue("skipped=" + skipped, skipped > 0);
  }

  /** The scores as a matrix whose rows may be longer than needed. */
  private static PairwiseScores known(float[][] scores) {
    int stride = scores.length + random().nextInt(3);
    float[] matrix = new float[scores.length * stride];
    for (int row = 0; row < scores.length; row++) {
      System.arraycopy(scores[row], 0, matrix, row * stride, scores.length);
    }
    return new KnownPairwiseScores(matrix, stride);
  }

  private void checkAnyOrderOfCalls(PairwiseScores pairwise, float[][] scores) throws IOException {
    int size = scores.length;
    int rarity = random().nextInt(1, 20); // of chosen ones
    List<Integer> some =
        NaiveSelection.shuffledOrdinals(size).subList(0, random().nextInt(2, size + 1));
    long[] candidates = NaiveSelection.candidates(scores, random().nextInt(size), some);
    pairwise.reset(candidates, candidates.length);
    Set<Integer> chosen = new HashSet<>();
    for (int candidate = 0; candidate < candidates.length; candidate++) {
      int ordinal = ScoredOrdinal.ordinal(candidates[candidate]);
      float score = ScoredOrdinal.score(candidates[candidate]);
      boolean close = chosen.stream().anyMatch(other -> scores[other][ordinal] >= score);
      if (random().nextBoolean()) {
        assertEquals(close, pairwise.isCloseToChosen(candidate));
      }
      if (!close && random().nextInt(rarity) == 0) {
        pairwise.choose(candidate);
        chosen.add(ordinal);
      } else {
        skipped += close ? 0 : 1;
      }
    }
  }
}
