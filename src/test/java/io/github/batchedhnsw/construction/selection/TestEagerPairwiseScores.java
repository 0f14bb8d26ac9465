// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.selection;

import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Answers as the interface promises them, also to callers that do not choose all they may. */
public class TestEagerPairwiseScores extends LuceneTestCase {

  /** Candidates are queried or not and chosen or not, in their order, whatever the answers are. */
  public void testAnyOrderOfCalls() throws IOException {
    int skipped = 0;
    for (int round = 0; round < 200; round++) {
      int size = random().nextInt(2, 150);
      int rarity = random().nextInt(1, 20); // of chosen ones
      VectorSet vectors = NaiveSelection.randomSet(size);
      float[][] scores = NaiveSelection.scores(vectors);
      int node = random().nextInt(size);
      long[] candidates =
          NaiveSelection.candidates(scores, node, NaiveSelection.shuffledOrdinals(size));
      PairwiseScores pairwise = new EagerPairwiseScores(vectors.scorer());
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
    assertTrue("skipped=" + skipped, skipped > 0);
  }
}
