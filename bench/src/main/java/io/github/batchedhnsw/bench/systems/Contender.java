// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.systems;

import java.util.Locale;

/** A system by name, so that another JVM can be told which one to run. Each has one worker. */
public enum Contender {
  /** Vectors without a graph: a baseline to subtract. */
  FLAT,
  /** Stock Lucene. */
  STOCK,
  /** The format under test. */
  BATCHED;

  /** The system. */
  public LuceneSystem system(GraphParams params) {
    return switch (this) {
      case FLAT -> Systems.flat(params);
      case STOCK -> Systems.stock(params, 1);
      case BATCHED -> Systems.batched(params, 1, 1);
    };
  }

  /** As it is called in tables. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
