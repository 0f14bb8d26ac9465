// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import io.github.batchedhnsw.VectorData;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Vectors gathered for products: what is loaded, what is padded, and what is left from before. */
public class TestPanel extends LuceneTestCase {
  private static final DistanceKernels KERNELS = DistanceKernels.best();
  private static final int STRIP_ROWS = DistanceKernels.STRIP_ROWS;

  /** The bias of a vector is its ordinal. */
  private static RowReader reader(float[][] vectors) {
    return new RowReader() {
      @Override
      public void read(int ordinal, float[] destination, int offset) {
        System.arraycopy(vectors[ordinal], 0, destination, offset, vectors[ordinal].length);
      }

      @Override
      public float bias(int ordinal) {
        return ordinal;
      }
    };
  }

  /** Products of vectors with columns of a panel. */
  private static float[][] products(float[][] left, Panel right, int fromColumn, int toColumn) {
    int width = toColumn - fromColumn;
    int dimension = right.dimension();
    int padded = (left.length + STRIP_ROWS - 1) / STRIP_ROWS * STRIP_ROWS;
    float[][] result = new float[padded][];
    float[] out = new float[3 + STRIP_ROWS * (width + 1)];
    float[] strip = new float[5 + STRIP_ROWS * dimension];
    for (int row = 0; row < padded; row += STRIP_ROWS) {
      Arrays.fill(strip, 0);
      for (int r = 0; r < STRIP_ROWS && row + r < left.length; r++) {
        System.arraycopy(left[row + r], 0, strip, 5 + r * dimension, dimension);
      }
      right.products(strip, 5, fromColumn, toColumn, out, 3, width + 1);
      for (int r = 0; r < STRIP_ROWS; r++) {
        int from = 3 + r * (width + 1);
        result[row + r] = Arrays.copyOfRange(out, from, from + width);
      }
    }
    return result;
  }

  private static float[][] rows(float[][] vectors, int[] ordinals, int from, int count) {
    return Arrays.stream(ordinals, from, from + count)
        .mapToObj(ordinal -> vectors[ordinal])
        .toArray(float[][]::new);
  }

  private static int[] randomOrdinals(int count, int size) {
    return random().ints(count, 0, size).toArray();
  }

  public void testLoadedAgainAndAgain() throws IOException {
    for (int dimension : new int[] {1, 3, 8, 31, 100}) {
      float[][] vectors = VectorData.uniform(random(), 50, dimension);
      Panel panel = new Panel(dimension);
      Panel other = new Panel(dimension);
      assertEquals(dimension, panel.dimension());
      for (int repeat = 0; repeat < 30; repeat++) {
        int[] otherOrdinals = randomOrdinals(random().nextInt(1, 40), 50);
        other.load(reader(vectors), otherOrdinals, 0, otherOrdinals.length);
        int from = random().nextInt(5);
        int count = random().nextInt(0, 70);
        int[] ordinals = randomOrdinals(from + count + 3, 50);
        panel.load(reader(vectors), ordinals, from, count);

        assertEquals(0, panel.columns() % BlockKernels.BLOCK_ROWS);
        assertTrue(panel.columns() >= count && panel.columns() < count + BlockKernels.BLOCK_ROWS);
        for (int column = 0; column < panel.columns(); column++) {
          float bias = column < count ? ordinals[from + column] : Float.POSITIVE_INFINITY;
          assertEquals(bias, panel.biases()[column], 0f);
        }
        float[][] products =
            products(
                rows(vectors, otherOrdinals, 0, otherOrdinals.length), panel, 0, panel.columns());
        float[][] mirrored =
            products(rows(vectors, ordinals, from, count), other, 0, other.columns());
        for (int row = 0; row < products.length; row++) {
          for (int column = 0; column < mirrored.length; column++) {
            float expected =
                row < otherOrdinals.length && column < count
                    ? Blocks.product(
                        KERNELS, vectors[otherOrdinals[row]], vectors[ordinals[from + column]])
                    : 0; // whatever was in the panel before
            assertEquals(expected, products[row][column], 0f);
            assertEquals(expected, mirrored[column][row], 0f);
          }
        }
      }
    }
  }

  /** A pair's product has the same bits wherever the two are, and whatever is around them. */
  public void testPlacesDoNotMatter() throws IOException {
    for (int repeat = 0; repeat < 40; repeat++) {
      int dimension = random().nextInt(1, 200);
      float[][] vectors = VectorData.uniform(random(), 30, dimension);
      float[][] expected = new float[30][30];
      for (int panels = 0; panels < 4; panels++) {
        int[] left = randomOrdinals(random().nextInt(1, 50), 30);
        int[] right = randomOrdinals(random().nextInt(1, 50), 30);
        Panel rightPanel = new Panel(dimension);
        rightPanel.load(reader(vectors), right, 0, right.length);
        int blocks = rightPanel.columns() / BlockKernels.BLOCK_ROWS;
        int from = random().nextInt(blocks) * BlockKernels.BLOCK_ROWS;
        float[][] products =
            products(rows(vectors, left, 0, left.length), rightPanel, from, rightPanel.columns());
        for (int i = 0; i < left.length; i++) {
          for (int j = from; j < right.length; j++) {
            float product = products[i][j - from];
            int a = Math.min(left[i], right[j]);
            int b = Math.max(left[i], right[j]);
            if (expected[a][b] == 0) {
              expected[a][b] = product;
            }
            assertEquals(Float.floatToRawIntBits(expected[a][b]), Float.floatToRawIntBits(product));
          }
        }
      }
    }
  }

  /** Even where rows are infinite, no bound accepts a column of the padding. */
  public void testPaddingReachesNoBound() throws IOException {
    float[][] vectors = {{Float.MAX_VALUE, 1}, {Float.POSITIVE_INFINITY, 1}, {-1, 2}};
    Panel panel = new Panel(2);
    for (int count = 1; count <= 2 * BlockKernels.BLOCK_ROWS + 1; count++) {
      int[] ordinals = IntStream.range(0, count).map(i -> i % 3).toArray();
      panel.load(reader(vectors), ordinals, 0, count);
      float[] reached = new float[panel.columns() + BlockKernels.BLOCK_ROWS];
      int[] hits = new int[panel.columns() + BlockKernels.BLOCK_ROWS];
      for (float[] row : products(rows(vectors, ordinals, 0, count), panel, 0, panel.columns())) {
        KERNELS.scores(row, 0, row.length, panel.biases(), 1, 0, row, 0);
        int found = KERNELS.atLeast(row, 0, row.length, -Float.MAX_VALUE, 0, hits, reached, 0);
        for (int i = 0; i < found; i++) {
          assertTrue(hits[i] < count);
        }
      }
    }
  }
}
