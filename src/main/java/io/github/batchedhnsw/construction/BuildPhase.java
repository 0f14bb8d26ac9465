package io.github.batchedhnsw.construction;

import java.util.Locale;

/** What a build is doing, for logs and events. */
public enum BuildPhase {
  /** Reading what there is, choosing a builder, finding duplicates. */
  PREPARE,
  /** Projecting vectors. */
  REDUCE,
  /** Collecting candidates, in bulk. */
  CANDIDATES,
  /** Selecting neighbours from candidates. */
  SELECT,
  /** Grouping and adding reverse edges. */
  REVERSE,
  /** Taking over the lists of another graph. */
  TAKE_OVER,
  /** Searching and connecting nodes in batches. */
  INSERT,
  /** Making all nodes reachable, and chaining duplicates. */
  REPAIR,
  /** Writing the graph. */
  WRITE;

  /** In lower case, with spaces. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
