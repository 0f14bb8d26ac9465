package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.construction.search.Beam;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.DistanceKernels;
import io.github.batchedhnsw.vectors.Metric;
import io.github.batchedhnsw.vectors.Panel;
import io.github.batchedhnsw.vectors.RowReader;
import io.github.batchedhnsw.vectors.RowSource;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Picking the nearest against sorting all. */
public class TestNearestColumns extends LuceneTestCase {
  private static final int STRIP_ROWS = DistanceKernels.STRIP_ROWS;

  private static Panel panel(RowSource vectors, int[] ordinals) throws IOException {
    Panel panel = new Panel(vectors.dimension());
    panel.load(vectors.rows(), ordinals, 0, ordinals.length);
    return panel;
  }

  private static RowSource source(float[][] vectors, VectorSimilarityFunction similarity)
      throws IOException {
    return VectorSets.ofHeap(VectorData.list(vectors), null, vectors[0].length, similarity);
  }

  private static int[] range(int size) {
    return IntStream.range(0, size).toArray();
  }

  /** Distinct, in any order, with some in front that belong to nobody. */
  private static int[] randomIdentifiers(int from, int count) {
    int offset = random().nextInt(1000);
    int[] identifiers = IntStream.range(offset, offset + from + count).map(i -> 3 * i).toArray();
    for (int i = identifiers.length - 1; i > 0; i--) {
      int j = random().nextInt(i + 1);
      int swapped = identifiers[i];
      identifiers[i] = identifiers[j];
      identifiers[j] = swapped;
    }
    return identifiers;
  }

  /** All columns that compare, by score and then by identifier. */
  private static long[] naive(
      Metric metric, Panel rows, int row, Panel columns, int[] identifiers, int from) {
    float[] out = new float[STRIP_ROWS * columns.columns()];
    int strip = row / STRIP_ROWS * STRIP_ROWS;
    rows.products(strip, columns, 0, columns.columns(), out, 0, columns.columns());
    long[] pairs = new long[columns.rows()];
    int count = 0;
    for (int column = 0; column < columns.rows(); column++) {
      float biased = out[(row - strip) * columns.columns() + column] - columns.bias(column);
      if ((rows != columns || row != column) && biased > Float.NEGATIVE_INFINITY) {
        pairs[count++] =
            ScoredOrdinal.encode(metric.score(biased, rows.bias(row)), identifiers[from + column]);
      }
    }
    Beam.sortBestFirst(pairs, count);
    return Arrays.copyOf(pairs, count);
  }

  private static void check(
      Metric metric,
      NearestColumns nearest,
      Panel rows,
      int fromRow,
      int toRow,
      Panel columns,
      int count,
      boolean exact)
      throws IOException {
    int from = random().nextInt(4);
    int[] identifiers = randomIdentifiers(from, columns.rows());
    int[] next = {fromRow};
    nearest.find(
        rows,
        fromRow,
        toRow,
        columns,
        identifiers,
        from,
        count,
        (row, found) -> {
          assertEquals("rows in order, each once", next[0]++, row);
          long[] expected = naive(metric, rows, row, columns, identifiers, from);
          assertEquals(Math.min(count, expected.length), found.size());
          for (int i = 0; i < found.size(); i++) {
            long pair = found.pairs()[i];
            if (exact) {
              assertEquals(ScoredOrdinal.ordinal(expected[i]), ScoredOrdinal.ordinal(pair));
            }
            // Otherwise different products may round to one score, and their order is free.
            assertEquals(ScoredOrdinal.score(expected[i]), ScoredOrdinal.score(pair), 0f);
          }
          assertEquals(
              "distinct",
              found.size(),
              Arrays.stream(found.pairs(), 0, found.size())
                  .map(ScoredOrdinal::ordinal)
                  .distinct()
                  .count());
        });
    assertEquals(Math.max(fromRow, toRow), next[0]);
  }

  /** Small integers, exact and with many ties, and floats; other columns than rows. */
  public void testOtherColumns() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      for (int repeat = 0; repeat < 25; repeat++) {
        int dimension = random().nextInt(1, 20);
        boolean exact = similarity != VectorSimilarityFunction.COSINE && random().nextBoolean();
        float[][] vectors =
            exact
                ? VectorData.floats(VectorData.smallBytes(random(), 400, dimension, 2))
                : VectorData.uniform(random(), 400, dimension);
        RowSource source = source(vectors, similarity);
        Panel rows = panel(source, random().ints(random().nextInt(1, 90), 0, 400).toArray());
        Panel columns = panel(source, random().ints(random().nextInt(0, 300), 0, 400).toArray());
        int maxCount = random().nextInt(1, 50);
        NearestColumns nearest = new NearestColumns(source.metric(), dimension, maxCount);
        for (int i = 0; i < 3; i++) { // used again, with other counts and rows
          int fromRow = random().nextInt(rows.rows()) / STRIP_ROWS * STRIP_ROWS;
          int toRow = random().nextInt(fromRow, rows.rows() + 1);
          int count = random().nextInt(1, maxCount + 1);
          check(source.metric(), nearest, rows, fromRow, toRow, columns, count, exact);
        }
      }
    }
  }

  /** The same panel on both sides: a row is not among its own columns, but its duplicates are. */
  public void testSelf() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      for (int size : new int[] {1, 2, 7, 8, 9, 17, 100, 333}) {
        boolean exact = similarity != VectorSimilarityFunction.COSINE;
        float[][] vectors = VectorData.floats(VectorData.smallBytes(random(), size, 5, 1));
        RowSource source = source(vectors, similarity);
        Panel panel = panel(source, range(size));
        int count = random().nextInt(1, 40);
        NearestColumns nearest = new NearestColumns(source.metric(), 5, count);
        check(source.metric(), nearest, panel, 0, size, panel, count, exact);
      }
    }
  }

  /** More columns than are looked at in one go, self and others, for low and high dimensions. */
  public void testMoreColumnsThanAChunk() throws IOException {
    for (int dimension : new int[] {3, 1100}) {
      int size = dimension == 3 ? 2600 : 700;
      float[][] vectors = VectorData.floats(VectorData.smallBytes(random(), size, dimension, 2));
      RowSource source = source(vectors, VectorSimilarityFunction.EUCLIDEAN);
      Panel all = panel(source, range(size));
      Panel some = panel(source, random().ints(40, 0, size).toArray());
      NearestColumns nearest = new NearestColumns(source.metric(), dimension, 400);
      check(source.metric(), nearest, some, 0, 40, all, 10, true);
      check(source.metric(), nearest, some, 0, 40, all, 400, true);
      int fromRow = (size - 100) / STRIP_ROWS * STRIP_ROWS;
      check(source.metric(), nearest, all, fromRow, size, all, random().nextInt(1, 30), true);
    }
  }

  public void testMoreWantedThanThereAre() throws IOException {
    RowSource source =
        source(VectorData.uniform(random(), 20, 4), VectorSimilarityFunction.EUCLIDEAN);
    Panel panel = panel(source, range(20));
    NearestColumns nearest = new NearestColumns(source.metric(), 4, 1000);
    for (int count : new int[] {19, 20, 21, 1000}) {
      int[] visited = new int[1];
      nearest.find(
          panel,
          0,
          20,
          panel,
          range(20),
          0,
          count,
          (row, found) -> {
            assertEquals(19, found.size());
            visited[0]++;
          });
      assertEquals(20, visited[0]);
    }
  }

  public void testAllEqual() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      RowSource source = source(VectorData.identical(random(), 1500, 6), similarity);
      Panel panel = panel(source, range(1500));
      int count = random().nextInt(1, 40);
      new NearestColumns(source.metric(), 6, count)
          .find(
              panel,
              0,
              1500,
              panel,
              range(1500),
              0,
              count,
              (row, found) -> {
                // those of the lowest ordinals
                for (int i = 0; i < count; i++) {
                  int expected = i < row ? i : i + 1;
                  assertEquals(expected, ScoredOrdinal.ordinal(found.pairs()[i]));
                }
              });
    }
  }

  /** Products that are not finite: what does not compare is left out, and nothing else. */
  public void testProductsThatAreNotFinite() throws IOException {
    for (Metric metric : Metric.values()) {
      for (int repeat = 0; repeat < 30; repeat++) {
        int size = random().nextInt(1, 200);
        float[][] vectors = VectorData.uniform(random(), size, 3);
        for (float[] vector : vectors) {
          for (int i = 0; i < 3; i++) {
            if (random().nextInt(8) == 0) {
              vector[i] *= Float.MAX_VALUE;
            }
          }
        }
        RowReader reader =
            new RowReader() {
              @Override
              public void read(int ordinal, float[] destination, int offset) {
                System.arraycopy(vectors[ordinal], 0, destination, offset, 3);
              }

              @Override
              public float bias(int ordinal) {
                if (metric != Metric.SQUARE) {
                  return 0;
                }
                float squares = 0;
                for (float x : vectors[ordinal]) {
                  squares += x * x;
                }
                return squares / 2;
              }
            };
        Panel panel = new Panel(3);
        panel.load(reader, range(size), 0, size);
        int count = random().nextInt(1, 20);
        check(metric, new NearestColumns(metric, 3, count), panel, 0, size, panel, count, false);
      }
    }
  }
}
