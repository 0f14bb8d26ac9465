// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import java.io.IOException;

/** Some vectors of a set, with ordinals of their own. */
final class SelectedVectorSet implements VectorSet {
  private final VectorSet all;
  private final int[] ordinals;

  /**
   * @param ordinals of these vectors in {@code all}
   */
  SelectedVectorSet(VectorSet all, int[] ordinals) {
    this.all = all;
    this.ordinals = ordinals;
  }

  @Override
  public int size() {
    return ordinals.length;
  }

  @Override
  public int dimension() {
    return all.dimension();
  }

  @Override
  public Metric metric() {
    return all.metric();
  }

  @Override
  public RowReader rows() throws IOException {
    RowReader rows = all.rows();
    return new RowReader() {
      @Override
      public void read(int ordinal, float[] destination, int offset) throws IOException {
        rows.read(ordinals[ordinal], destination, offset);
      }

      @Override
      public float bias(int ordinal) {
        return rows.bias(ordinals[ordinal]);
      }
    };
  }

  @Override
  public OrdinalScorer scorer() throws IOException {
    OrdinalScorer scorer = all.scorer();
    return new OrdinalScorer() {
      private int[] selected = new int[64];

      @Override
      public void setQuery(int ordinal) throws IOException {
        scorer.setQuery(ordinals[ordinal]);
      }

      @Override
      public void score(int[] wanted, int count, float[] scores) throws IOException {
        if (selected.length < count) {
          selected = new int[count];
        }
        for (int i = 0; i < count; i++) {
          selected[i] = ordinals[wanted[i]];
        }
        scorer.score(selected, count, scores);
      }
    };
  }
}
