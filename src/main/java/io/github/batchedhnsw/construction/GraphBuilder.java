// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.IOException;

/**
 * Builds the graph of a segment's field. The result is a function of the vectors and the {@link
 * BuildParams} alone: it does not depend on the number of workers.
 */
public sealed interface GraphBuilder
    permits BatchGraphBuilder, ClusterGraphBuilder, DuplicateChains, ExtendingGraphBuilder {

  /**
   * Builds a graph over all vectors, and reports what was done.
   *
   * @param vectors at least one
   * @param parallel where to work, and when to stop
   * @throws IOException if vectors cannot be read, or whatever the abort check throws; no resources
   *     remain open
   */
  BuildResult build(VectorSet vectors, ParallelRanges parallel) throws IOException;

  /**
   * Estimates the most heap bytes that a build takes, besides the vectors and besides what each
   * worker needs.
   *
   * @param size number of vectors
   * @param dimension of the vectors
   */
  long estimateBytes(int size, int dimension);

  /** {@code bulk}, {@code insertion} or {@code extension}, for messages. */
  String name();
}
