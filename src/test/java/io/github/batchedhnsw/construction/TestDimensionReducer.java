package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.parallel.Workers;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.Panel;
import io.github.batchedhnsw.vectors.RowReader;
import io.github.batchedhnsw.vectors.RowSource;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.lucene.index.MergePolicy.MergeAbortedException;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Vectors are projected where neighbours stay neighbours, and only there. */
public class TestDimensionReducer extends LuceneTestCase {
  private static final int SIZE = 6000;
  private static final int DIMENSION = 280;

  private static RowSource reduce(VectorSet vectors, ParallelRanges parallel, long seed)
      throws IOException {
    return new DimensionReducer(vectors, parallel, seed, BuildLog.silent()).reduce();
  }

  private static VectorSet set(List<?> vectors, VectorSimilarityFunction similarity)
      throws IOException {
    return VectorSets.ofHeap(vectors, null, DIMENSION, similarity);
  }

  /** Ordinals and scores of the nearest of some nodes. */
  private static long[][] nearest(RowSource vectors, int[] nodes, int count) throws IOException {
    int[] all = IntStream.range(0, vectors.size()).toArray();
    Panel columns = new Panel(vectors.dimension());
    columns.load(vectors.rows(), all, 0, all.length);
    Panel rows = new Panel(vectors.dimension());
    rows.load(vectors.rows(), nodes, 0, nodes.length);
    long[][] result = new long[nodes.length][];
    new NearestColumns(vectors.metric(), vectors.dimension(), count + 1)
        .find(
            rows,
            0,
            nodes.length,
            columns,
            all,
            0,
            count + 1,
            (row, found) ->
                result[row] =
                    Arrays.stream(found.pairs(), 0, found.size())
                        .filter(pair -> ScoredOrdinal.ordinal(pair) != nodes[row])
                        .limit(count)
                        .toArray());
    return result;
  }

  /** Mean share of the ten nearest that are among the fifteen nearest in the other space. */
  private static double kept(RowSource original, RowSource reduced, int[] nodes)
      throws IOException {
    long[][] expected = nearest(original, nodes, 10);
    long[][] actual = nearest(reduced, nodes, 15);
    int kept = 0;
    for (int i = 0; i < nodes.length; i++) {
      Set<Integer> found = new HashSet<>();
      Arrays.stream(actual[i]).forEach(pair -> found.add(ScoredOrdinal.ordinal(pair)));
      for (long pair : expected[i]) {
        kept += found.contains(ScoredOrdinal.ordinal(pair)) ? 1 : 0;
      }
    }
    return kept / (10.0 * nodes.length);
  }

  private static void assertSameRows(RowSource expected, RowSource actual) throws IOException {
    assertEquals(expected.size(), actual.size());
    assertEquals(expected.dimension(), actual.dimension());
    RowReader a = expected.rows();
    RowReader b = actual.rows();
    float[] rowA = new float[expected.dimension()];
    float[] rowB = new float[expected.dimension()];
    for (int i = 0; i < expected.size(); i++) {
      a.read(i, rowA, 0);
      b.read(i, rowB, 0);
      assertArrayEquals(rowA, rowB, 0f);
      assertEquals(a.bias(i), b.bias(i), 0f);
    }
  }

  public void testLowRankIsReduced() throws IOException {
    float[][] floats = VectorData.lowRank(random(), SIZE, DIMENSION, 10, 0.01f);
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      VectorSet set = set(VectorData.list(floats), similarity);
      RowSource reduced = reduce(set, ParallelRanges.serial(), random().nextLong());
      assertTrue("dimension=" + reduced.dimension(), reduced.dimension() < DIMENSION / 2);
      assertEquals(SIZE, reduced.size());
      assertSame(set.metric(), reduced.metric());
      RowReader rows = set.rows();
      RowReader reducedRows = reduced.rows();
      for (int i = 0; i < SIZE; i++) {
        assertEquals(rows.bias(i), reducedRows.bias(i), 0.02f * rows.bias(i));
      }
      double kept = kept(set, reduced, random().ints(80, 0, SIZE).toArray());
      assertTrue(similarity + " kept=" + kept, kept > 0.85);
    }
  }

  public void testLowRankBytesAreReduced() throws IOException {
    float[][] floats = VectorData.lowRank(random(), SIZE, DIMENSION, 8, 0);
    byte[][] bytes = new byte[SIZE][DIMENSION];
    for (int i = 0; i < SIZE; i++) {
      for (int d = 0; d < DIMENSION; d++) {
        bytes[i][d] = (byte) Math.max(-128, Math.min(127, Math.round(20 * floats[i][d])));
      }
    }
    VectorSet set = set(VectorData.list(bytes), VectorSimilarityFunction.EUCLIDEAN);
    RowSource reduced = reduce(set, ParallelRanges.serial(), random().nextLong());
    assertTrue(reduced.dimension() < DIMENSION / 2);
    double kept = kept(set, reduced, random().ints(80, 0, SIZE).toArray());
    assertTrue("kept=" + kept, kept > 0.85);
  }

  public void testNoiseIsNotReduced() throws IOException {
    float[][] floats = VectorData.normalized(random(), SIZE, DIMENSION);
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      VectorSet set = set(VectorData.list(floats), similarity);
      assertSame(set, reduce(set, ParallelRanges.serial(), random().nextLong()));
    }
  }

  /** Documents come sorted: what holds for the first of them need not hold for the others. */
  public void testNoiseAfterLowRankIsNotReduced() throws IOException {
    float[][] floats = VectorData.lowRank(random(), SIZE, DIMENSION, 10, 0.001f);
    float[][] noise = VectorData.uniform(random(), SIZE, DIMENSION);
    System.arraycopy(noise, SIZE / 5, floats, SIZE / 5, SIZE - SIZE / 5);
    VectorSet set = set(VectorData.list(floats), VectorSimilarityFunction.EUCLIDEAN);
    RowSource reduced = reduce(set, ParallelRanges.serial(), random().nextLong());
    if (reduced != set) {
      int[] nodes = IntStream.range(0, 80).map(i -> SIZE - 1 - 10 * i).toArray();
      fail("reduced; kept=" + kept(set, reduced, nodes));
    }
  }

  public void testFewVectorsStay() throws IOException {
    float[][] few = VectorData.lowRank(random(), 100, DIMENSION, 3, 0);
    VectorSet set = set(VectorData.list(few), VectorSimilarityFunction.EUCLIDEAN);
    assertSame(set, reduce(set, ParallelRanges.serial(), 1));
  }

  /** With few components, too, whatever is done to them keeps neighbours. */
  public void testFewDimensions() throws IOException {
    for (float shift : new float[] {0, 1, 100}) {
      float[][] floats = VectorData.uniform(random(), SIZE, 16);
      for (float[] vector : floats) {
        for (int d = 0; d < 16; d++) {
          vector[d] += shift;
        }
      }
      VectorSet set =
          VectorSets.ofHeap(VectorData.list(floats), null, 16, VectorSimilarityFunction.EUCLIDEAN);
      RowSource reduced = reduce(set, ParallelRanges.serial(), random().nextLong());
      double kept = kept(set, reduced, random().ints(80, 0, SIZE).toArray());
      assertTrue("shift " + shift + ": kept=" + kept, kept > 0.85);
    }
  }

  /** No direction at all, one, or lengths that overflow: whatever is returned can be read. */
  public void testDegenerateVectors() throws IOException {
    float[][] overflowing = VectorData.uniform(random(), SIZE, DIMENSION);
    for (float[] vector : overflowing) {
      for (int d = 0; d < DIMENSION; d++) {
        vector[d] *= Float.MAX_VALUE;
      }
    }
    for (float[][] vectors :
        List.of(
            new float[SIZE][DIMENSION],
            VectorData.identical(random(), SIZE, DIMENSION),
            overflowing)) {
      for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
        RowSource reduced =
            reduce(set(VectorData.list(vectors), similarity), ParallelRanges.serial(), 3);
        assertEquals(SIZE, reduced.size());
        reduced.rows().read(SIZE - 1, new float[reduced.dimension()], 0);
      }
    }
  }

  public void testSameForAnyNumberOfWorkers() throws IOException {
    try (Workers workers = new Workers(8)) {
      float[][] floats = VectorData.lowRank(random(), SIZE, DIMENSION, 20, 0.05f);
      VectorSet set =
          set(VectorData.list(floats), VectorSimilarityFunction.values()[random().nextInt(4)]);
      long seed = random().nextLong();
      RowSource expected = reduce(set, ParallelRanges.serial(), seed);
      assertNotSame(set, expected);
      for (int threads : new int[] {1, 2, 3, 8}) {
        assertSameRows(expected, reduce(set, workers.ranges(threads), seed));
      }
    }
  }

  public void testAborts() throws IOException {
    float[][] floats = VectorData.lowRank(random(), SIZE, DIMENSION, 10, 0.01f);
    VectorSet set = set(VectorData.list(floats), VectorSimilarityFunction.EUCLIDEAN);
    int[] checks = new int[1];
    reduce(set, ParallelRanges.serial(() -> checks[0]++), 1);
    assertTrue("checks=" + checks[0], checks[0] > 10);
    expectThrows(
        MergeAbortedException.class,
        () ->
            reduce(
                set,
                ParallelRanges.serial(
                    () -> {
                      throw new MergeAbortedException("aborted");
                    }),
                1));
  }
}
