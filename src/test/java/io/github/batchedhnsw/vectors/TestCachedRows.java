// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Rows are those of the file, stay valid for some calls, and are not read again and again. */
public class TestCachedRows extends LuceneTestCase {
  private int reads;

  /** A file whose rows hold their ordinals, and that overwrites one array. */
  private Rows<float[]> file(int dimension) {
    float[] row = new float[dimension];
    return ordinal -> {
      reads++;
      Arrays.fill(row, ordinal);
      return row;
    };
  }

  private CachedRows<float[]> cached(int size, int dimension) {
    return new CachedRows<>(
        file(dimension), size, dimension, dimension * Float.BYTES, float[][]::new, float[]::new);
  }

  private record Returned(int ordinal, float[] row) {}

  public void testReturnedRowsStay() throws IOException {
    for (int size : new int[] {1, 7, 64, 5000, 100_000}) {
      int dimension = random().nextInt(1, 2000);
      CachedRows<float[]> rows = cached(size, dimension);
      Deque<Returned> last = new ArrayDeque<>();
      for (int call = 0; call < 5000; call++) {
        int ordinal = random().nextInt(random().nextBoolean() ? Math.min(size, 30) : size);
        last.addLast(new Returned(ordinal, rows.row(ordinal)));
        if (last.size() > 8) {
          last.removeFirst();
        }
        for (Returned returned : last) {
          assertEquals(dimension, returned.row.length);
          assertEquals(returned.ordinal, returned.row[0], 0f);
          assertEquals(returned.ordinal, returned.row[dimension - 1], 0f);
        }
      }
    }
  }

  public void testFewAreReadOnce() throws IOException {
    CachedRows<float[]> rows = cached(100_000, 100);
    for (int call = 0; call < 20_000; call++) {
      rows.row(70_000 + random().nextInt(1000));
    }
    assertTrue("reads=" + reads, reads <= 1000);
  }
}
