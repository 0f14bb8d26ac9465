// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.survey;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.graph.SplitMix;
import io.github.batchedhnsw.vectors.RowReader;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.IOException;
import java.util.Arrays;

/**
 * Finds vectors whose rows are equal bit for bit: sorts hashes of all rows and compares those whose
 * hashes are the same.
 */
public final class Duplicates {
  private static final int RANGE_ROWS = 1024;

  /**
   * Most distinct vectors with the same hash that a vector is compared with, more than occur by
   * chance. Bounds the work if hashes are made to collide on purpose.
   */
  private static final int MAX_COLLISIONS = 8;

  /** An odd number with its set bits spread over the whole word. */
  private static final long MULTIPLIER = 0xD6E8FEB86659FD93L;

  private Duplicates() {}

  /**
   * Returns for each ordinal the lowest ordinal with an equal vector, or null if all are distinct.
   *
   * @param vectors at least one
   * @throws IOException if vectors cannot be read, or whatever the abort check throws
   */
  public static int[] representatives(VectorSet vectors, ParallelRanges parallel)
      throws IOException {
    long[] hashes = hashes(vectors, parallel);
    Arrays.sort(hashes);
    parallel.checkAborted();
    int[] representatives = null;
    RowReader rows = vectors.rows();
    float[] row = new float[vectors.dimension()];
    float[] other = new float[vectors.dimension()];
    int[] distinct = new int[MAX_COLLISIONS];
    for (int from = 0, to; from < hashes.length; from = to) {
      for (to = from + 1; to < hashes.length && hash(hashes[to]) == hash(hashes[from]); ) {
        to++;
      }
      distinct[0] = (int) hashes[from];
      int distinctCount = 1;
      for (int i = from + 1; i < to; i++) {
        parallel.checkAborted();
        int ordinal = (int) hashes[i]; // ascending among equal hashes
        rows.read(ordinal, row, 0);
        int d = 0;
        while (d < distinctCount && !equal(rows, distinct[d], other, row)) {
          d++;
        }
        if (d < distinctCount) {
          if (representatives == null) {
            representatives = new int[vectors.size()];
            Arrays.setAll(representatives, o -> o);
          }
          representatives[ordinal] = distinct[d];
        } else if (distinctCount < MAX_COLLISIONS) {
          distinct[distinctCount++] = ordinal;
        }
      }
    }
    return representatives;
  }

  private static boolean equal(RowReader rows, int ordinal, float[] scratch, float[] row)
      throws IOException {
    rows.read(ordinal, scratch, 0);
    return Arrays.equals(scratch, row);
  }

  /** A hash of all bits of all components, computed in four independent chains for speed. */
  private static int hash(float[] row) {
    long[] chains = new long[4];
    for (int k = 0; k < row.length; k++) {
      chains[k & 3] = (chains[k & 3] ^ Float.floatToRawIntBits(row[k])) * MULTIPLIER;
    }
    long hash = 0;
    for (long chain : chains) {
      hash = SplitMix.hash(hash, chain);
    }
    return (int) (hash >>> 32);
  }

  private static int hash(long hashAndOrdinal) {
    return (int) (hashAndOrdinal >>> 32);
  }

  /** Returns a key with the hash in the upper half and the ordinal in the lower. */
  private static long[] hashes(VectorSet vectors, ParallelRanges parallel) throws IOException {
    long[] hashes = new long[vectors.size()];
    RowReader[] readers = new RowReader[parallel.workers()];
    float[][] rows = new float[parallel.workers()][vectors.dimension()];
    for (int i = 0; i < readers.length; i++) {
      readers[i] = vectors.rows();
    }
    parallel.forEach(
        hashes.length,
        RANGE_ROWS,
        (worker, from, to) -> {
          for (int ordinal = from; ordinal < to; ordinal++) {
            readers[worker].read(ordinal, rows[worker], 0);
            hashes[ordinal] = (long) hash(rows[worker]) << 32 | ordinal;
          }
        });
    return hashes;
  }
}
