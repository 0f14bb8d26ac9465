// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import com.carrotsearch.randomizedtesting.annotations.Name;
import com.carrotsearch.randomizedtesting.annotations.ParametersFactory;
import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.parallel.Workers;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.FlatHnswGraph;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.MergePolicy.MergeAbortedException;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;

/**
 * What is asked of bulk construction and of insertion alike: the shape of whole graphs, that they
 * can be searched, that threads do not matter, and the end of a build that is aborted. What only
 * one of them promises is in the tests of its class.
 */
public class TestEveryGraphBuilder extends LuceneTestCase {
  private static final VectorSimilarityFunction EUCLIDEAN = VectorSimilarityFunction.EUCLIDEAN;

  private final boolean bulk;

  public TestEveryGraphBuilder(@Name("builder") String builder) {
    bulk = builder.equals("bulk");
  }

  @ParametersFactory
  public static Iterable<Object[]> builders() {
    return List.of(new Object[] {"bulk"}, new Object[] {"insertion"});
  }

  private static VectorSet set(List<?> vectors, VectorSimilarityFunction similarity)
      throws IOException {
    int dimension =
        vectors.get(0) instanceof float[] floats ? floats.length : ((byte[]) vectors.get(0)).length;
    return VectorSets.ofHeap(vectors, null, dimension, similarity);
  }

  private FlatHnswGraph build(VectorSet set, BuildParams params, ParallelRanges parallel)
      throws IOException {
    GraphBuilder builder =
        bulk
            ? new ClusterGraphBuilder(params, BuildLog.silent())
            : new BatchGraphBuilder(params, BuildLog.silent());
    FlatHnswGraph graph = builder.build(set, parallel).graph();
    Graphs.assertValid(graph, set.size(), params);
    return graph;
  }

  private FlatHnswGraph build(
      float[][] vectors, VectorSimilarityFunction similarity, BuildParams params)
      throws IOException {
    return build(set(VectorData.list(vectors), similarity), params, ParallelRanges.serial());
  }

  private static BuildParams randomParams() {
    return new BuildParams(random().nextInt(1, 20), random().nextInt(1, 101), random().nextLong());
  }

  private static VectorSimilarityFunction randomSimilarity() {
    return VectorSimilarityFunction.values()[random().nextInt(4)];
  }

  /** On both sides of sizes from which on something is done in another way. */
  public void testSizes() throws IOException {
    int[] sizes = {1, 2, 3, 255, 256, 257, 512, 513, bulk ? 2100 : 1000};
    for (int maxConn : new int[] {1, 2, 16, 40}) {
      for (int size :
          IntStream.concat(Arrays.stream(sizes), IntStream.of(maxConn, maxConn + 1)).toArray()) {
        float[][] vectors = VectorData.uniform(random(), size, random().nextInt(1, 20));
        build(vectors, EUCLIDEAN, new BuildParams(maxConn, random().nextInt(1, 101)));
      }
    }
  }

  /** Graphs are valid, and so every node is reachable on each level, whatever the vectors are. */
  public void testAnyVectors() throws IOException {
    for (int i = 0; i < atLeast(12); i++) {
      int size = random().nextInt(1, 2000);
      int dimension = random().nextInt(1, 12);
      float[][] vectors =
          switch (i % 4) {
            case 0 -> VectorData.identical(random(), size, dimension);
            case 1 -> VectorData.sortedByCluster(random(), size, dimension, 20);
            case 2 ->
                VectorData.withDuplicates(
                    random(), VectorData.uniform(random(), size, dimension), 50);
            default -> VectorData.varyingNorms(random(), size, dimension);
          };
      build(vectors, randomSimilarity(), randomParams());
    }
  }

  public void testIdenticalVectors() throws IOException {
    for (int size : new int[] {2, 17, 600, bulk ? 3000 : 1000}) {
      for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
        build(VectorData.identical(random(), size, 6), similarity, randomParams());
      }
    }
    for (byte value : new byte[] {0, 5}) {
      byte[][] bytes = new byte[1000][3];
      for (byte[] vector : bytes) {
        vector[1] = value;
      }
      build(set(VectorData.list(bytes), EUCLIDEAN), randomParams(), ParallelRanges.serial());
    }
  }

  public void testSameGraphForAnyNumberOfWorkers() throws IOException {
    try (Workers workers = new Workers(8)) {
      for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
        int size = random().nextInt(300, bulk ? 4000 : 1500);
        List<?> vectors =
            random().nextBoolean()
                ? VectorData.list(VectorData.normalized(random(), size, random().nextInt(1, 40)))
                : VectorData.list(VectorData.smallBytes(random(), size, 4, 3));
        VectorSet set = set(vectors, similarity);
        BuildParams params = randomParams();
        FlatHnswGraph expected = build(set, params, ParallelRanges.serial());
        for (int threads : new int[] {2, 3, 8}) {
          Graphs.assertSame(expected, build(set, params, workers.ranges(threads)));
        }
      }
    }
  }

  /** Not for levels only: the lists of the lowest level, which has all nodes, differ. */
  public void testSeedMatters() throws IOException {
    float[][] vectors = VectorData.uniform(random(), 3000, 5);
    List<List<Integer>> first = lists(build(vectors, EUCLIDEAN, new BuildParams(8, 20, 1)));
    List<List<Integer>> second = lists(build(vectors, EUCLIDEAN, new BuildParams(8, 20, 2)));
    assertEquals(first.size(), second.size());
    assertNotEquals(first, second);
  }

  /** The lists of the lowest level. */
  private static List<List<Integer>> lists(FlatHnswGraph graph) {
    FlatAdjacency level = graph.level(0);
    List<List<Integer>> lists = new ArrayList<>();
    for (int slot = 0; slot < level.size(); slot++) {
      int node = slot;
      lists.add(
          IntStream.range(0, level.degree(node)).mapToObj(i -> level.neighbor(node, i)).toList());
    }
    return lists;
  }

  public void testHeapAndFileGiveTheSameGraph() throws IOException {
    int size = random().nextInt(600, 1500);
    float[][] floats = VectorData.uniform(random(), size, 9);
    byte[][] bytes = VectorData.bytes(random(), size, 9);
    for (VectorSimilarityFunction similarity :
        new VectorSimilarityFunction[] {EUCLIDEAN, VectorSimilarityFunction.COSINE}) {
      BuildParams params = randomParams();
      FlatHnswGraph ofFloats = build(floats, similarity, params);
      FlatHnswGraph ofBytes =
          build(set(VectorData.list(bytes), similarity), params, ParallelRanges.serial());
      try (Directory directory = newFSDirectory(createTempDir())) {
        IndexWriterConfig config = new IndexWriterConfig().setCodec(TestUtil.getDefaultCodec());
        try (IndexWriter writer = new IndexWriter(directory, config)) {
          for (int i = 0; i < size; i++) {
            Document document = new Document();
            document.add(new KnnFloatVectorField("floats", floats[i], similarity));
            document.add(new KnnByteVectorField("bytes", bytes[i], similarity));
            writer.addDocument(document);
          }
          writer.commit();
        }
        try (DirectoryReader reader = DirectoryReader.open(directory);
            Workers workers = new Workers(3)) {
          assertEquals(1, reader.leaves().size());
          LeafReader leaf = reader.leaves().get(0).reader();
          for (ParallelRanges parallel : List.of(ParallelRanges.serial(), workers.ranges(3))) {
            Graphs.assertSame(
                ofFloats,
                build(
                    VectorSets.of(leaf.getFloatVectorValues("floats"), similarity, () -> {}),
                    params,
                    parallel));
            Graphs.assertSame(
                ofBytes,
                build(
                    VectorSets.of(leaf.getByteVectorValues("bytes"), similarity, () -> {}),
                    params,
                    parallel));
          }
        }
      }
    }
  }

  public void testRecall() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      float[][] vectors = VectorData.normalized(random(), atLeast(bulk ? 3000 : 1500), 12);
      FlatHnswGraph graph = build(vectors, similarity, new BuildParams(16, 100));
      assertRecall(similarity, graph, vectors);
    }
  }

  public void testRecallOfBytes() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      byte[][] bytes = VectorData.bytes(random(), bulk ? 3000 : 1500, 12);
      FlatHnswGraph graph =
          build(
              set(VectorData.list(bytes), similarity),
              new BuildParams(16, 100),
              ParallelRanges.serial());
      assertRecall(similarity, graph, VectorData.floats(bytes));
    }
  }

  private static void assertRecall(
      VectorSimilarityFunction similarity, FlatHnswGraph graph, float[][] vectors)
      throws IOException {
    double recall = Graphs.recall(random(), graph, vectors, similarity, 10, 50);
    assertTrue(similarity + " recall=" + recall, recall > 0.95);
  }

  /** Points on a line: nothing lies to the side of a gap, and bulk construction has no detours. */
  public void testOneDimension() throws IOException {
    float[][] vectors = VectorData.uniform(random(), bulk ? 3000 : 1000, 1);
    FlatHnswGraph graph = build(vectors, EUCLIDEAN, new BuildParams(16, 100));
    double recall = Graphs.recall(random(), graph, vectors, EUCLIDEAN, 10, 40);
    assertTrue("recall=" + recall, recall > (bulk ? 0.85 : 0.95));
  }

  /** Finite components whose squares and products are not. */
  public void testOverflowingScoresDoNoHarm() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      for (int size : bulk ? new int[] {400, 3000, 6000} : new int[] {700}) {
        float[][] vectors = VectorData.uniform(random(), size, 7);
        for (float[] vector : vectors) {
          if (random().nextInt(3) == 0) {
            for (int i = 0; i < vector.length; i++) {
              vector[i] *= Float.MAX_VALUE;
            }
          }
        }
        build(vectors, similarity, new BuildParams(8, 30));
      }
    }
  }

  public void testAborts() throws IOException {
    int size = bulk ? 3000 : 1000;
    VectorSet set = set(VectorData.list(VectorData.uniform(random(), size, 4)), EUCLIDEAN);
    int[] checks = new int[1];
    BuildParams params = new BuildParams(8, 20);
    build(set, params, ParallelRanges.serial(() -> checks[0]++));
    int total = checks[0];
    assertTrue("only " + total + " checks", total >= (bulk ? 50 : 100));
    for (int allowed : new int[] {0, 1, total / 2, total - 1}) {
      checks[0] = 0;
      ParallelRanges aborting =
          ParallelRanges.serial(
              () -> {
                if (checks[0]++ == allowed) {
                  throw new MergeAbortedException("aborted");
                }
              });
      expectThrows(MergeAbortedException.class, () -> build(set, params, aborting));
      assertEquals("went on after the abort", allowed + 1, checks[0]);
    }
  }
}
