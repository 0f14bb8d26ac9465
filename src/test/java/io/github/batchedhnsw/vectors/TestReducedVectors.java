package io.github.batchedhnsw.vectors;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Rounded copies: how much is lost, and that all else stays in its place. */
public class TestReducedVectors extends LuceneTestCase {
  /** Half a unit in the last of eight significant bits. */
  private static void assertRounded(float exact, float actual) {
    float tolerance = Math.max(Math.abs(exact), Float.MIN_NORMAL) * 0x1p-8f;
    assertEquals(exact, actual, tolerance);
    assertEquals("lower half", 0, Float.floatToRawIntBits(actual) & 0xFFFF);
    if (actual != 0) {
      assertEquals(Math.signum(exact), Math.signum(actual), 0f);
    }
  }

  /** More rows than a page has, set in any order, each read where it was set. */
  public void testRows() throws IOException {
    for (Metric metric : Metric.values()) {
      int dimension = random().nextInt(1, 7);
      int size = random().nextInt(1, 10_000);
      ReducedVectors reduced = new ReducedVectors(size, dimension, metric);
      assertEquals(size, reduced.size());
      assertEquals(dimension, reduced.dimension());
      assertSame(metric, reduced.metric());
      float[] components = new float[size + dimension];
      for (int i = 0; i < components.length; i++) {
        float magnitude = (float) Math.pow(10, random().nextInt(-30, 31));
        components[i] = random().nextInt(5) == 0 ? 0 : (random().nextFloat() - 0.5f) * magnitude;
      }
      int step = 7919; // a prime: visits every ordinal once
      for (int i = 0; i < size; i++) {
        int ordinal = (int) ((long) i * step % size);
        if (size % step == 0) {
          ordinal = i;
        }
        reduced.set(ordinal, components, ordinal, ordinal + 0.25f);
      }
      RowReader rows = reduced.rows();
      for (int ordinal = size - 1; ordinal >= 0; ordinal--) {
        float[] row = new float[3 + dimension + 2];
        Arrays.fill(row, Float.NaN);
        rows.read(ordinal, row, 3);
        for (int i = 0; i < row.length; i++) {
          if (i >= 3 && i < 3 + dimension) {
            assertRounded(components[ordinal + i - 3], row[i]);
          } else {
            assertTrue("wrote elsewhere", Float.isNaN(row[i]));
          }
        }
        if (metric != Metric.SQUARE) {
          assertEquals(0, rows.bias(ordinal), 0f);
        }
      }
    }
  }

  /** Blocks are read in another way than single rows, where there are enough components. */
  public void testPanels() throws IOException {
    for (int dimension : new int[] {1, 31, 32, 33, 34, 50, 80}) {
      int size = random().nextInt(1, 6000);
      ReducedVectors reduced = new ReducedVectors(size, dimension, Metric.SQUARE);
      float[] components = new float[dimension];
      for (int i = 0; i < size; i++) {
        for (int k = 0; k < dimension; k++) {
          components[k] = random().nextFloat() - 0.5f;
        }
        reduced.set(i, components, 0, i);
      }
      RowReader rows = reduced.rows();
      Panel panel = new Panel(dimension);
      float[] expected = new float[dimension];
      float[] actual = new float[dimension];
      for (int repeat = 0; repeat < 10; repeat++) {
        int[] ordinals = random().ints(random().nextInt(1, 70), 0, size).toArray();
        panel.load(rows, ordinals, 0, ordinals.length);
        for (int row = 0; row < panel.columns(); row++) {
          Arrays.fill(expected, 0); // the padding
          if (row < ordinals.length) {
            rows.read(ordinals[row], expected, 0);
            assertEquals(rows.bias(ordinals[row]), panel.bias(row), 0f);
          }
          panel.copyRow(row, actual);
          assertArrayEquals(expected, actual, 0f);
        }
      }
    }
  }

  public void testValues() throws IOException {
    float[] exact = {
      0, 1, -1, 0.5f, -2, 128, 255, -255, 1 + 0x1p-7f, // have eight bits
    };
    float[] odd = {
      (float) Math.PI, -0.1f, 1e-30f, -3e30f, 1 + 0x1p-8f, 1 + 0x1p-9f, 1.999f, 257, Float.MIN_VALUE
    };
    ReducedVectors reduced = new ReducedVectors(2, 9, Metric.DOT);
    reduced.set(0, exact, 0, 0);
    reduced.set(1, odd, 0, 0);
    float[] row = new float[9];
    reduced.rows().read(0, row, 0);
    assertArrayEquals(exact, row, 0f);
    reduced.rows().read(1, row, 0);
    for (int i = 0; i < 9; i++) {
      assertRounded(odd[i], row[i]);
    }
    assertEquals("rounded to the nearest", 1, row[5], 0f);
    assertEquals("rounded to the nearest", 2, row[6], 0f);
  }

  /** Where nothing is rounded, the bias is what was given; otherwise it is close to that. */
  public void testBiases() throws IOException {
    int size = 9000;
    ReducedVectors reduced = new ReducedVectors(size, 3, Metric.SQUARE);
    for (int i = 0; i < size; i++) {
      float[] row = {i % 100, -(i % 50) / 2f, i % 2 == 0 ? 0 : 1 / 3f};
      reduced.set(i, row, 0, i + 0.25f);
    }
    RowReader rows = reduced.rows();
    for (int i = 0; i < size; i++) {
      assertEquals(i + 0.25f, rows.bias(i), i % 2 == 0 ? 0 : 1e-2f);
    }
  }

  public void testEstimate() {
    for (int size : new int[] {0, 1, 4096, 10_000}) {
      for (int dimension : new int[] {1, 80}) {
        assertEquals(
            2L * size * dimension, ReducedVectors.estimateBytes(size, dimension, Metric.DOT));
        assertEquals(
            2L * size * dimension + 4L * size,
            ReducedVectors.estimateBytes(size, dimension, Metric.SQUARE));
      }
    }
    // no overflow
    assertEquals(160L * 100_000_000, ReducedVectors.estimateBytes(100_000_000, 80, Metric.COSINE));
  }
}
