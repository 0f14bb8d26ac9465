package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.parallel.Workers;
import io.github.batchedhnsw.vectors.RowSource;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.lucene.index.MergePolicy.MergeAbortedException;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Leaves of nodes, whatever the data: easy, degenerate, or more than there are leaders for. */
public class TestPartitioner extends LuceneTestCase {
  private static final VectorSimilarityFunction EUCLIDEAN = VectorSimilarityFunction.EUCLIDEAN;

  private static RowSource source(float[][] vectors, VectorSimilarityFunction similarity)
      throws IOException {
    return VectorSets.ofHeap(VectorData.list(vectors), null, vectors[0].length, similarity);
  }

  private static int[] range(int size) {
    return IntStream.range(0, size).toArray();
  }

  private static Partition partition(
      RowSource source, ParallelRanges parallel, int[] nodes, int leafSize, int fanout, long seed)
      throws IOException {
    Partition partition =
        new Partitioner(source, parallel, leafSize, fanout).partition(nodes, fanout, seed);
    assertValid(partition, nodes, leafSize, fanout);
    return partition;
  }

  /** Every node is somewhere, not too often, and never twice in a leaf; no leaf is too large. */
  private static void assertValid(Partition partition, int[] nodes, int leafSize, int fanout) {
    int[] starts = partition.starts();
    assertEquals(0, starts[0]);
    assertEquals(partition.leaves(), starts.length - 1);
    assertEquals(partition.members().length, starts[partition.leaves()]);
    int[] memberships = new int[Arrays.stream(nodes).max().orElseThrow() + 1];
    for (int leaf = 0; leaf < partition.leaves(); leaf++) {
      int size = starts[leaf + 1] - starts[leaf];
      assertTrue("empty", size > 0);
      assertTrue("leaf of " + size, size <= 2 * leafSize);
      Set<Integer> seen = new HashSet<>();
      for (int i = starts[leaf]; i < starts[leaf + 1]; i++) {
        int node = partition.members()[i];
        assertTrue("twice in a leaf: " + node, seen.add(node));
        memberships[node]++;
      }
    }
    for (int node : nodes) {
      assertTrue("in no leaf: " + node, memberships[node] > 0);
      assertTrue(
          "in " + memberships[node] + " leaves: " + node, memberships[node] <= Math.max(1, fanout));
    }
    assertEquals(
        "others", partition.members().length, Arrays.stream(nodes).map(n -> memberships[n]).sum());
  }

  public void testAllSizes() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      for (int repeat = 0; repeat < 20; repeat++) {
        int size = random().nextInt(1, 1200);
        int dimension = random().nextInt(1, 12);
        float[][] vectors =
            random().nextBoolean()
                ? VectorData.uniform(random(), size, dimension)
                : VectorData.sortedByCluster(random(), size, dimension, 1 + size / 50);
        int[] nodes = // some of the ordinals, as on an upper level
            IntStream.range(0, size).filter(i -> i == 0 || random().nextInt(4) > 0).toArray();
        partition(
            source(vectors, similarity),
            ParallelRanges.serial(),
            nodes,
            random().nextInt(1, 100),
            random().nextInt(1, 6),
            random().nextLong());
      }
    }
  }

  public void testFewNodesAreOneLeaf() throws IOException {
    RowSource source = source(VectorData.uniform(random(), 100, 3), EUCLIDEAN);
    Partition partition =
        partition(source, ParallelRanges.serial(), range(100), 50, 3, random().nextLong());
    assertEquals(1, partition.leaves());
    assertArrayEquals(range(100), partition.members());
  }

  /** So many leaders that they are grouped. */
  public void testManyLeaders() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      int fanout = random().nextInt(1, 6);
      for (float[][] vectors :
          new float[][][] {
            VectorData.uniform(random(), 3000, 8),
            VectorData.sortedByCluster(random(), 3000, 8, 20),
            VectorData.sortedByCluster(random(), 3000, 8, 2000),
            VectorData.varyingNorms(random(), 3000, 8),
            VectorData.varyingNorms(random(), 3000, 100),
            VectorData.floats(VectorData.smallBytes(random(), 3000, 2, 3)),
          }) {
        partition(
            source(vectors, similarity),
            ParallelRanges.serial(),
            range(3000),
            random().nextInt(4, 11),
            fanout,
            random().nextLong());
      }
    }
  }

  /** Nothing to tell nodes apart by: cut at random, as often as a node may join. */
  public void testIdenticalVectors() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      for (int leafSize : new int[] {3, 50}) {
        RowSource source = source(VectorData.identical(random(), 2000, 4), similarity);
        Partition partition =
            partition(source, ParallelRanges.serial(), range(2000), leafSize, 3, 17);
        assertEquals("memberships", 3 * 2000, partition.members().length);
        assertTrue("leaves=" + partition.leaves(), partition.leaves() < 2 * 3 * 2000 / leafSize);
      }
    }
  }

  /** One point has most of the nodes, the others are far away. */
  public void testOneGiantCluster() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      float[][] vectors = VectorData.uniform(random(), 2000, 4);
      float[] point = VectorData.normalized(random(), 1, 4)[0];
      for (int i = 0; i < 1950; i++) {
        vectors[i] = point;
      }
      partition(source(vectors, similarity), ParallelRanges.serial(), range(2000), 20, 3, 5);
    }
  }

  public void testFewDistinctVectors() throws IOException {
    for (int distinct : new int[] {2, 3, 7}) {
      float[][] points = VectorData.uniform(random(), distinct, 4);
      float[][] vectors = new float[2000][];
      Arrays.setAll(vectors, i -> points[random().nextInt(distinct)]);
      partition(source(vectors, EUCLIDEAN), ParallelRanges.serial(), range(2000), 20, 3, 6);
    }
  }

  /** Few of the leaders compare with anything; nodes that find too few join others, but once. */
  public void testProductsThatAreNotFinite() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      for (int repeat = 0; repeat < 20; repeat++) {
        float[][] vectors = VectorData.uniform(random(), 1500, 4);
        int firstFinite = random().nextInt(60);
        int finite = random().nextInt(60);
        for (int i = 0; i < 1500; i++) {
          for (int d = 0; d < 4; d++) {
            vectors[i][d] *= i < firstFinite || i >= firstFinite + finite ? Float.MAX_VALUE : 1;
          }
        }
        RowSource source = source(vectors, similarity);
        partition(source, ParallelRanges.serial(), range(1500), 50, 3, random().nextLong());
        partition(source, ParallelRanges.serial(), range(1500), 10, 3, random().nextLong());
      }
    }
  }

  public void testSameForAnyNumberOfWorkers() throws IOException {
    try (Workers workers = new Workers(8)) {
      for (int leafSize : new int[] {8, 100}) {
        RowSource source =
            random().nextBoolean()
                ? source(VectorData.uniform(random(), 3000, 5), EUCLIDEAN)
                : source(VectorData.floats(VectorData.smallBytes(random(), 3000, 3, 2)), EUCLIDEAN);
        long seed = random().nextLong();
        Partition expected =
            partition(source, ParallelRanges.serial(), range(3000), leafSize, 3, seed);
        for (int threads : new int[] {1, 2, 3, 8}) {
          Partition actual =
              partition(source, workers.ranges(threads), range(3000), leafSize, 3, seed);
          assertArrayEquals(expected.starts(), actual.starts());
          assertArrayEquals(expected.members(), actual.members());
        }
        Partition other =
            partition(source, ParallelRanges.serial(), range(3000), leafSize, 3, seed + 1);
        assertFalse("seed", Arrays.equals(expected.members(), other.members()));
      }
    }
  }

  /** Nodes are with those that they are close to, also where leaders are grouped. */
  public void testNearNodesShareALeaf() throws IOException {
    for (int leafSize : new int[] {10, 100}) {
      float[][] vectors = VectorData.uniform(random(), 3000, 4);
      Partition partition =
          partition(
              source(vectors, EUCLIDEAN), ParallelRanges.serial(), range(3000), leafSize, 3, 1);
      int[][] leavesOf = new int[3000][];
      Arrays.setAll(leavesOf, i -> new int[0]);
      for (int leaf = 0; leaf < partition.leaves(); leaf++) {
        for (int i = partition.starts()[leaf]; i < partition.starts()[leaf + 1]; i++) {
          int node = partition.members()[i];
          leavesOf[node] = Arrays.copyOf(leavesOf[node], leavesOf[node].length + 1);
          leavesOf[node][leavesOf[node].length - 1] = leaf;
        }
      }
      int together = 0;
      for (int node = 0; node < 3000; node += 10) {
        int nearest = -1;
        float best = Float.NEGATIVE_INFINITY;
        for (int other = 0; other < 3000; other++) {
          float score = EUCLIDEAN.compare(vectors[node], vectors[other]);
          if (other != node && score > best) {
            best = score;
            nearest = other;
          }
        }
        int[] leaves = leavesOf[nearest];
        if (Arrays.stream(leavesOf[node])
            .anyMatch(l -> Arrays.stream(leaves).anyMatch(m -> m == l))) {
          together++;
        }
      }
      assertTrue("leaf size " + leafSize + ": " + together + " of 300", together > 270);
    }
  }

  public void testAborts() throws IOException {
    RowSource source = source(VectorData.uniform(random(), 2000, 4), EUCLIDEAN);
    int[] checks = new int[1];
    partition(source, ParallelRanges.serial(() -> checks[0]++), range(2000), 10, 3, 1);
    int total = checks[0];
    assertTrue("checks=" + total, total > 10);
    checks[0] = 0;
    int allowed = random().nextInt(total);
    expectThrows(
        MergeAbortedException.class,
        () ->
            partition(
                source,
                ParallelRanges.serial(
                    () -> {
                      if (checks[0]++ == allowed) {
                        throw new MergeAbortedException("aborted");
                      }
                    }),
                range(2000),
                10,
                3,
                1));
    assertEquals(allowed + 1, checks[0]);
  }
}
