// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.systems;

/** The scores by which the vectors that a search has collected are ranked. */
public enum Ranking {
  /** The scores of the search itself; of a quantized index, those of quantized vectors. */
  SEARCHED(""),
  /**
   * The full-precision vectors score everything that was collected, as many as the search is wide:
   * searching wider is what hosts call oversampling.
   */
  RESCORED("rescored ");

  private final String prefix;

  Ranking(String prefix) {
    this.prefix = prefix;
  }

  /** What stands before the name of a figure, with a space. */
  public String prefix() {
    return prefix;
  }

  /** The view of an index that ranks this way. */
  public BuiltIndex view(BuiltIndex index) {
    return switch (this) {
      case SEARCHED -> index;
      case RESCORED -> index.rescored();
    };
  }
}
