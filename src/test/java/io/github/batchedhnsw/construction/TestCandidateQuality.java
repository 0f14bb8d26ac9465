package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.construction.linking.ReverseEdges;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.parallel.Workers;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;

/** The estimate for lists whose quality is known. */
public class TestCandidateQuality extends LuceneTestCase {

  private static VectorSet set(float[][] vectors, VectorSimilarityFunction similarity)
      throws IOException {
    return VectorSets.ofHeap(VectorData.list(vectors), null, vectors[0].length, similarity);
  }

  private static FlatAdjacency exactLists(VectorSet set, int[] nodes, int neighbors)
      throws IOException {
    FlatAdjacency level = new FlatAdjacency(nodes, nodes.length, 1, neighbors);
    new LeafNeighbors(set, ParallelRanges.serial(), new ReverseEdges(), neighbors)
        .collect(level, Partition.single(nodes), neighbors);
    return level;
  }

  private static double estimate(VectorSet set, FlatAdjacency level, int[] nodes)
      throws IOException {
    return new CandidateQuality(set, ParallelRanges.serial(), level, nodes, random().nextLong())
        .estimate(level);
  }

  /** Keeps a share of every list, chosen at random. */
  private static FlatAdjacency damaged(FlatAdjacency level, int[] nodes, int percent) {
    FlatAdjacency result = new FlatAdjacency(nodes, nodes.length, 1, level.capacity());
    for (int slot = 0; slot < level.size(); slot++) {
      for (int i = 0; i < level.degree(slot); i++) {
        if (random().nextInt(100) < percent) {
          result.append(slot, level.neighbor(slot, i), level.score(slot, i));
        }
      }
    }
    return result;
  }

  public void testKnownShares() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      for (int step : new int[] {1, 3}) {
        VectorSet set = set(VectorData.normalized(random(), 1500 * step, 6), similarity);
        int[] nodes = IntStream.range(0, 1500).map(i -> step * i).toArray();
        FlatAdjacency exact = exactLists(set, nodes, 12);
        assertEquals(1.0, estimate(set, exact, nodes), 0);
        for (int percent : new int[] {90, 50, 10}) {
          double estimate = estimate(set, damaged(exact, nodes, percent), nodes);
          assertEquals(similarity + ", " + percent, percent / 100.0, estimate, 0.1);
        }
        assertEquals(0.0, estimate(set, damaged(exact, nodes, 0), nodes), 0);
      }
    }
  }

  /** The furthest are no candidates, however many. */
  public void testOthersDoNotCount() throws IOException {
    VectorSet set = set(VectorData.uniform(random(), 600, 3), VectorSimilarityFunction.EUCLIDEAN);
    int[] nodes = IntStream.range(0, 600).toArray();
    FlatAdjacency all = exactLists(set, nodes, 599);
    FlatAdjacency others = new FlatAdjacency(null, 600, 1, 599);
    for (int slot = 0; slot < 600; slot++) {
      for (int i = 100; i < 599; i++) {
        others.append(slot, all.neighbor(slot, i), all.score(slot, i));
      }
    }
    assertEquals(1.0, estimate(set, all, nodes), 0);
    assertEquals(0.0, estimate(set, others, nodes), 0);
  }

  public void testFewNodes() throws IOException {
    for (int size : new int[] {1, 2, 5, 11, 130}) {
      VectorSet set =
          set(VectorData.uniform(random(), size, 3), VectorSimilarityFunction.EUCLIDEAN);
      int[] nodes = IntStream.range(0, size).toArray();
      assertEquals(1.0, estimate(set, exactLists(set, nodes, 20), nodes), 0);
    }
  }

  /** Where many are equally close, any of them will do. */
  public void testTies() throws IOException {
    float[][] vectors = VectorData.uniform(random(), 600, 3);
    for (int i = 0; i < 600; i++) {
      vectors[i] = vectors[i / 40]; // 40 copies of each
    }
    VectorSet set = set(vectors, VectorSimilarityFunction.EUCLIDEAN);
    int[] nodes = IntStream.range(0, 600).toArray();
    FlatAdjacency all = exactLists(set, nodes, 39);
    FlatAdjacency last = new FlatAdjacency(null, 600, 1, 12);
    for (int slot = 0; slot < 600; slot++) {
      for (int i = 27; i < 39; i++) { // of 39 copies those with the highest ordinals
        last.append(slot, all.neighbor(slot, i), all.score(slot, i));
      }
    }
    assertEquals(1.0, estimate(set, last, nodes), 0);
  }

  public void testSameForAnyNumberOfWorkers() throws IOException {
    try (Workers workers = new Workers(8)) {
      VectorSet set =
          set(VectorData.uniform(random(), 2000, 5), VectorSimilarityFunction.EUCLIDEAN);
      int[] nodes = IntStream.range(0, 2000).toArray();
      FlatAdjacency half = damaged(exactLists(set, nodes, 15), nodes, 50);
      double[] estimates =
          Arrays.stream(new int[] {1, 1, 2, 3, 8})
              .mapToDouble(
                  threads -> {
                    try {
                      return new CandidateQuality(set, workers.ranges(threads), half, nodes, 7)
                          .estimate(half);
                    } catch (IOException e) {
                      throw new AssertionError(e);
                    }
                  })
              .toArray();
      for (double estimate : estimates) {
        assertEquals(estimates[0], estimate, 0);
      }
    }
  }
}
