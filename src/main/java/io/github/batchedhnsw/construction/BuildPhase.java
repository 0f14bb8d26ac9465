// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import java.util.Locale;

/** What a build is doing, for logs and events. */
public enum BuildPhase {
  /** Reading what there is, choosing a builder, finding duplicates. */
  PREPARE,
  /** Grouping vectors into clusters, and trying on a sample how to collect candidates. */
  SURVEY,
  /** Collecting candidates in bulk, and selecting neighbours from them. */
  CANDIDATES,
  /** Grouping and adding reverse edges. */
  REVERSE,
  /** Taking over the lists of another graph. */
  TAKE_OVER,
  /** Searching and connecting nodes in batches. */
  INSERT,
  /** Making all nodes reachable, searching for some, and chaining duplicates. */
  REPAIR,
  /** Writing the graph. */
  WRITE;

  /** In lower case, with spaces. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
