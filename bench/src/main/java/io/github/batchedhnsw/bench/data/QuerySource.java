// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

/** Where the queries of a real data set come from. */
public enum QuerySource {
  /** Vectors of the set that are not indexed. */
  HELD_OUT("held-out"),
  /** Vectors of another distribution that the set brings: other kinds of text, same model. */
  OUT_OF_DISTRIBUTION("ood");

  private final String option;

  QuerySource(String option) {
    this.option = option;
  }

  /** As the command line says it. */
  @Override
  public String toString() {
    return option;
  }
}
