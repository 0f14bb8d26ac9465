// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import java.util.Locale;

/** The phases of a build, for logs and events. */
public enum BuildPhase {
  /** Reading the segments, choosing a builder, finding duplicates. */
  PREPARE,
  /** Grouping vectors into clusters, and choosing the join plan by trials on a sample. */
  SURVEY,
  /** Collecting candidates in bulk, and selecting neighbours from them. */
  CANDIDATES,
  /** Grouping and adding reverse edges. */
  REVERSE,
  /** Copying the lists of another graph. */
  TAKE_OVER,
  /** Searching and connecting nodes in batches. */
  INSERT,
  /** Making all nodes reachable, searching for sampled nodes, and chaining duplicates. */
  REPAIR,
  /** Writing the graph. */
  WRITE;

  /** The name in lower case, with spaces. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
