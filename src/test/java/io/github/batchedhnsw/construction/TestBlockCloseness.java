package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.construction.search.Beam;
import io.github.batchedhnsw.construction.selection.EagerPairwiseScores;
import io.github.batchedhnsw.construction.selection.NeighborSelector;
import io.github.batchedhnsw.construction.selection.PairwiseScores;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import io.github.batchedhnsw.vectors.Panel;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;

/** The diversity rule over a block of products against the same rule over single scores. */
public class TestBlockCloseness extends LuceneTestCase {

  private static long[] candidates(VectorSet set, int node, int count) throws IOException {
    List<Integer> ordinals =
        IntStream.range(0, set.size()).filter(o -> o != node).boxed().collect(Collectors.toList());
    Collections.shuffle(ordinals, random());
    int[] others = ordinals.stream().limit(count).mapToInt(o -> o).toArray();
    float[] scores = new float[others.length];
    OrdinalScorer scorer = set.scorer();
    scorer.setQuery(node);
    scorer.score(others, others.length, scores);
    long[] pairs = new long[others.length];
    Arrays.setAll(pairs, i -> ScoredOrdinal.encode(scores[i], others[i]));
    Beam.sortBestFirst(pairs, pairs.length);
    return pairs;
  }

  /** Small integers: no rounding, and candidates as close to each other as to the node. */
  public void testSameSelectionWhereSumsAreExact() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      if (similarity == VectorSimilarityFunction.COSINE) {
        continue;
      }
      for (int repeat = 0; repeat < 20; repeat++) {
        int size = random().nextInt(2, 150);
        int dimension = random().nextInt(1, 30);
        byte[][] bytes = VectorData.smallBytes(random(), size, dimension, random().nextInt(1, 6));
        List<?> vectors =
            VectorData.list(random().nextBoolean() ? bytes : VectorData.floats(bytes));
        VectorSet set = VectorSets.ofHeap(vectors, null, dimension, similarity);
        NeighborSelector single = new NeighborSelector(new EagerPairwiseScores(set.scorer()));
        NeighborSelector block = new NeighborSelector(new BlockCloseness(set, size));
        for (int i = 0; i < 20; i++) { // longer and shorter lists, one after the other
          long[] candidates = candidates(set, random().nextInt(size), random().nextInt(size));
          int maxDegree = random().nextInt(1, 65);
          int fillDegree = random().nextInt(maxDegree + 1);
          long[] expected = new long[maxDegree];
          long[] actual = new long[maxDegree];
          int count = candidates.length;
          int chosen = single.select(candidates, count, maxDegree, fillDegree, expected);
          assertEquals(chosen, block.select(candidates, count, maxDegree, fillDegree, actual));
          assertArrayEquals(expected, actual);
          assertEquals(single.diverseCount(), block.diverseCount());
        }
      }
    }
  }

  /** Every single decision follows the rule, but for those that are closer than rounding. */
  public void testFloats() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      int decided = 0;
      for (int repeat = 0; repeat < 10; repeat++) {
        int size = random().nextInt(2, 120);
        int dimension = random().nextInt(2, 60);
        float[][] vectors =
            random().nextBoolean()
                ? VectorData.uniform(random(), size, dimension)
                : VectorData.sortedByCluster(random(), size, dimension, 1 + size / 10);
        VectorSet set = VectorSets.ofHeap(VectorData.list(vectors), null, dimension, similarity);
        PairwiseScores closeness = new BlockCloseness(set, size);
        float[][] scores = new float[size][size];
        OrdinalScorer scorer = set.scorer();
        for (int i = 0; i < size; i++) {
          scorer.setQuery(i);
          scorer.score(IntStream.range(0, size).toArray(), size, scores[i]);
        }
        for (int i = 0; i < 10; i++) {
          long[] candidates = candidates(set, random().nextInt(size), size);
          closeness.reset(candidates, candidates.length);
          float closest;
          List<Integer> chosen = new ArrayList<>();
          for (int c = 0; c < candidates.length; c++) {
            int ordinal = ScoredOrdinal.ordinal(candidates[c]);
            closest = Float.NEGATIVE_INFINITY;
            for (int other : chosen) {
              closest = Math.max(closest, scores[ordinal][other]);
            }
            float bound = ScoredOrdinal.score(candidates[c]);
            boolean isClose = closeness.isCloseToChosen(c);
            if (Math.abs(closest - bound) > 1e-5f * dimension) {
              assertEquals(similarity + ": " + closest + " to " + bound, closest >= bound, isClose);
              decided++;
            }
            if (!isClose) {
              closeness.choose(c);
              chosen.add(ordinal);
            }
          }
        }
      }
      assertTrue(similarity + ": " + decided, decided > 500);
    }
  }

  /** All others as a bulk build finds them: scored by products of the same kind. */
  private static long[] nearest(VectorSet set, int node) throws IOException {
    int[] all = IntStream.range(0, set.size()).toArray();
    Panel panel = new Panel(set.dimension());
    panel.load(set.rows(), all, 0, all.length);
    List<long[]> result = new ArrayList<>();
    new NearestColumns(set.metric(), set.dimension(), set.size())
        .find(
            panel,
            0,
            set.size(),
            panel,
            all,
            0,
            set.size(),
            (row, found) -> result.add(Arrays.copyOf(found.pairs(), found.size())));
    return result.get(node);
  }

  /** Duplicates of a point are one neighbour, of itself and of any other point. */
  public void testDuplicates() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      int dimension = random().nextInt(1, 100);
      float[][] vectors = VectorData.normalized(random(), 60, dimension);
      Arrays.fill(vectors, 0, 30, vectors[0]);
      VectorSet set = VectorSets.ofHeap(VectorData.list(vectors), null, dimension, similarity);
      for (int node : new int[] {0, 29, 40}) {
        long[] selected = new long[60];
        int chosen =
            new NeighborSelector(new BlockCloseness(set, 60))
                .select(nearest(set, node), 59, 60, 0, selected);
        long duplicates =
            Arrays.stream(selected, 0, chosen).filter(p -> ScoredOrdinal.ordinal(p) < 30).count();
        assertTrue(similarity + ", " + node + ": " + duplicates, duplicates <= 1);
        if (node < 30 && similarity != VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT) {
          assertEquals(1, duplicates);
        }
      }
    }
  }

  public void testNoCandidates() throws IOException {
    VectorSet set =
        VectorSets.ofHeap(
            VectorData.list(VectorData.uniform(random(), 3, 2)),
            null,
            2,
            VectorSimilarityFunction.EUCLIDEAN);
    assertEquals(
        0,
        new NeighborSelector(new BlockCloseness(set, 4)).select(new long[4], 0, 4, 4, new long[4]));
  }
}
