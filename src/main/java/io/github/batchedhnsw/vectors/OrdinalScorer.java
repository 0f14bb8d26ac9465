// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import java.io.IOException;

/**
 * Scores vectors of a {@link VectorSet} against one of them, the query. Higher scores are closer;
 * see {@link VectorSet} for what a score is. Scores are symmetric, bit for bit: {@code score(a, b)
 * == score(b, a)}, and do not depend on which other ordinals are scored in the same call.
 *
 * <p>Not thread-safe: one instance per thread.
 */
public abstract class OrdinalScorer {
  private static final int BLOCK = 4;
  private final int[] block = new int[BLOCK];
  private final float[] blockScores = new float[BLOCK];

  OrdinalScorer() {}

  /**
   * Chooses the vector that the following calls score against.
   *
   * @throws IOException if the vector cannot be read
   */
  public abstract void setQuery(int ordinal) throws IOException;

  /**
   * Scores {@code count} vectors against the query: {@code scores[i]} belongs to {@code
   * ordinals[i]}.
   *
   * @throws IOException if a vector cannot be read
   */
  public abstract void score(int[] ordinals, int count, float[] scores) throws IOException;

  /**
   * Scores {@code count} vectors against several queries: {@code scores[q * count + i]} belongs to
   * {@code queries[q]} and {@code ordinals[i]}. May replace the query that was set.
   *
   * @throws IOException if a vector cannot be read
   */
  public void scoreAll(int[] queries, int[] ordinals, int count, float[] scores)
      throws IOException {
    float[] ofQuery = new float[count];
    for (int q = 0; q < queries.length; q++) {
      setQuery(queries[q]);
      score(ordinals, count, ofQuery);
      System.arraycopy(ofQuery, 0, scores, q * count, count);
    }
  }

  /**
   * Whether any of {@code ordinals[0 .. count-1]} scores at least {@code bound} against the query;
   * stops reading vectors soon after the first that does.
   *
   * @throws IOException if a vector cannot be read
   */
  public final boolean anyAtLeast(float bound, int[] ordinals, int count) throws IOException {
    for (int from = 0; from < count; from += BLOCK) {
      int length = Math.min(BLOCK, count - from);
      System.arraycopy(ordinals, from, block, 0, length);
      score(block, length, blockScores);
      for (int i = 0; i < length; i++) {
        if (blockScores[i] >= bound) {
          return true;
        }
      }
    }
    return false;
  }
}
