package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.construction.linking.ReverseEdges;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.parallel.Workers;
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
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Candidates from leaves against sorting each leaf. */
public class TestLeafNeighbors extends LuceneTestCase {

  /** Small integers: scores are exact, and many are equal. */
  private static VectorSet exactSet(int size) throws IOException {
    int dimension = random().nextInt(1, 8);
    VectorSimilarityFunction similarity =
        random().nextBoolean()
            ? VectorSimilarityFunction.EUCLIDEAN
            : VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;
    byte[][] bytes = VectorData.smallBytes(random(), size, dimension, random().nextInt(1, 4));
    List<?> vectors = VectorData.list(random().nextBoolean() ? bytes : VectorData.floats(bytes));
    return VectorSets.ofHeap(vectors, null, dimension, similarity);
  }

  private static Partition partition(List<int[]> leaves) {
    int[] starts = new int[leaves.size() + 1];
    for (int i = 0; i < leaves.size(); i++) {
      starts[i + 1] = starts[i] + leaves.get(i).length;
    }
    return new Partition(leaves.stream().flatMapToInt(Arrays::stream).toArray(), starts);
  }

  private static FlatAdjacency collect(
      VectorSet set, ParallelRanges parallel, FlatAdjacency level, List<int[]> leaves, int picks)
      throws IOException {
    new LeafNeighbors(set, parallel, new ReverseEdges(), picks)
        .collect(level, partition(leaves), picks);
    return level;
  }

  private static List<Long> list(FlatAdjacency level, int slot) {
    long[] pairs = new long[level.capacity()];
    return Arrays.stream(pairs, 0, level.copyPairs(slot, pairs)).boxed().toList();
  }

  private static List<Long> nearest(VectorSet set, int node, int[] leaf, int picks)
      throws IOException {
    OrdinalScorer scorer = set.scorer();
    scorer.setQuery(node);
    float[] scores = new float[leaf.length];
    scorer.score(leaf, leaf.length, scores);
    return IntStream.range(0, leaf.length)
        .filter(i -> leaf[i] != node)
        .mapToObj(i -> ScoredOrdinal.encode(scores[i] + 0f, leaf[i])) // no -0
        .sorted(Collections.reverseOrder())
        .limit(picks)
        .toList();
  }

  /** Overlapping leaves that together have all nodes. */
  private static List<int[]> randomLeaves(int[] nodes, int leaves, int largest) {
    List<int[]> result = new ArrayList<>();
    for (int from = 0; from < nodes.length; from += largest) {
      result.add(Arrays.copyOfRange(nodes, from, Math.min(nodes.length, from + largest)));
    }
    while (result.size() < leaves) {
      result.add(
          random()
              .ints(random().nextInt(1, largest + 1), 0, nodes.length)
              .map(i -> nodes[i])
              .distinct()
              .sorted()
              .toArray());
    }
    Collections.shuffle(result, random());
    return result;
  }

  private static void check(
      VectorSet set, FlatAdjacency level, int[] nodes, List<int[]> leaves, int picks)
      throws IOException {
    List<TreeSet<Long>> expected = new ArrayList<>();
    for (int slot = 0; slot < nodes.length; slot++) {
      expected.add(new TreeSet<>(Collections.reverseOrder()));
      expected.get(slot).addAll(list(level, slot));
    }
    for (int[] leaf : leaves) {
      for (int node : leaf) {
        expected.get(level.slotOf(node)).addAll(nearest(set, node, leaf, picks));
      }
    }
    collect(set, ParallelRanges.serial(), level, leaves, picks);
    for (int slot = 0; slot < nodes.length; slot++) {
      assertEquals(
          expected.get(slot).stream().limit(level.capacity()).collect(Collectors.toList()),
          list(level, slot));
    }
  }

  public void testSingleLeafIsExact() throws IOException {
    for (int size : new int[] {1, 2, 3, 15, 16, 17, 100, 512, 700}) {
      VectorSet set = exactSet(size);
      int[] nodes = IntStream.range(0, size).toArray();
      int picks = random().nextInt(1, 60);
      FlatAdjacency level = new FlatAdjacency(null, size, 1, picks);
      check(set, level, nodes, List.of(nodes), picks);
    }
  }

  /** Several leaves, partition after partition, with room for less than is found, or more. */
  public void testMerge() throws IOException {
    for (int repeat = 0; repeat < 30; repeat++) {
      int size = random().nextInt(1, 300);
      VectorSet set = exactSet(3 * size);
      boolean dense = random().nextBoolean();
      int[] nodes = IntStream.range(0, size).map(i -> dense ? i : 3 * i + 1).toArray();
      int picks = random().nextInt(1, 12);
      int capacity = random().nextInt(1, 40);
      FlatAdjacency level = new FlatAdjacency(dense ? null : nodes, size, 1, capacity);
      for (int round = 0; round < 3; round++) {
        int largest = random().nextInt(1, 60);
        check(set, level, nodes, randomLeaves(nodes, random().nextInt(40), largest), picks);
      }
    }
  }

  /** More members than are merged in one go. */
  public void testManyMembers() throws IOException {
    VectorSet set = exactSet(3000);
    int[] nodes = IntStream.range(0, 3000).toArray();
    List<int[]> leaves = new ArrayList<>();
    while (leaves.stream().mapToInt(l -> l.length).sum() < 140_000) {
      leaves.addAll(randomLeaves(nodes, 80, 60));
    }
    check(set, new FlatAdjacency(null, 3000, 1, 10), nodes, leaves, 5);
  }

  public void testNeitherWorkersNorTheOrderOfLeavesMatter() throws IOException {
    try (Workers workers = new Workers(8)) {
      int dimension = random().nextInt(1, 40);
      VectorSet set =
          VectorSets.ofHeap(
              VectorData.list(VectorData.uniform(random(), 1000, dimension)),
              null,
              dimension,
              VectorSimilarityFunction.values()[random().nextInt(4)]);
      int[] nodes = IntStream.range(0, 1000).toArray();
      List<int[]> leaves = randomLeaves(nodes, 60, 90);
      FlatAdjacency expected =
          collect(set, ParallelRanges.serial(), new FlatAdjacency(null, 1000, 1, 12), leaves, 6);
      for (int threads : new int[] {1, 2, 3, 8}) {
        Collections.shuffle(leaves, random());
        FlatAdjacency actual =
            collect(set, workers.ranges(threads), new FlatAdjacency(null, 1000, 1, 12), leaves, 6);
        for (int slot = 0; slot < 1000; slot++) {
          assertEquals(list(expected, slot), list(actual, slot));
        }
      }
    }
  }
}
