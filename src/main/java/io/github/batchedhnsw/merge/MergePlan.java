// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.merge;

/** How the graph of a merged segment is made. */
public sealed interface MergePlan {

  /** Why, for people. */
  String reason();

  /** From the vectors alone. */
  record Rebuild(String reason) implements MergePlan {}

  /**
   * From the graph of one of the merged segments.
   *
   * @param base its position in the list of segments
   */
  record Extend(int base, String reason) implements MergePlan {}
}
