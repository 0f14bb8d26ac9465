// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.survey.Duplicates;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.IOException;

/**
 * Builds a graph that keeps the lists of another one, see {@link ClusterGraphBuilder#extend}.
 * Builds it from scratch instead if the other graph turns out to be a bad one, or if there are many
 * exact duplicates, because only a build from scratch chains them; the result reports this.
 *
 * <p>Thread-safety: instances have no state besides their parameters.
 */
public final class ExtendingGraphBuilder implements GraphBuilder {
  /** Graphs are not extended if more than one in this many vectors is a duplicate of another. */
  private static final int DUPLICATE_SHARE = 5;

  /** The same limit for the vectors that are added. */
  private static final int ADDED_DUPLICATE_SHARE = 20;

  private final BuildParams params;
  private final BaseGraph base;
  private final BuildLog log;

  /** A builder with the given parameters that extends the given graph. */
  public ExtendingGraphBuilder(BuildParams params, BaseGraph base, BuildLog log) {
    this.params = params;
    this.base = base;
    this.log = log;
  }

  /** As for a build from scratch, which may turn out to be better. */
  @Override
  public long estimateBytes(int size, int dimension) {
    return base.ramBytesUsed()
        + Math.max(
            ClusterGraphBuilder.estimateBytes(params, size, dimension),
            GraphBuilders.estimateBytes(params, size, dimension));
  }

  @Override
  public String name() {
    return ClusterGraphBuilder.EXTENSION;
  }

  @Override
  public BuildResult build(VectorSet vectors, ParallelRanges parallel) throws IOException {
    log.expect(PhaseShares.EXTENSION);
    GraphBuilders.tellIfExceeded(params, estimateBytes(vectors.size(), vectors.dimension()), log);
    int[] representatives = Duplicates.representatives(vectors, parallel);
    if (representatives != null && hasTooManyDuplicates(representatives)) {
      log.phase("exact duplicates: rebuilding instead, which chains them");
    } else {
      BuildResult extended = new ClusterGraphBuilder(params, log).extend(vectors, base, parallel);
      if (extended != null) {
        return extended;
      }
    }
    return GraphBuilders.chooseForDuplicates(params, vectors.size(), vectors.dimension(), log)
        .build(vectors, representatives, parallel);
  }

  /** Whether there are many exact duplicates among all vectors, or among those without a list. */
  private boolean hasTooManyDuplicates(int[] representatives) {
    int[] known = base.nodes();
    int all = 0;
    int added = 0;
    for (int ordinal = 0, i = 0; ordinal < representatives.length; ordinal++) {
      boolean isKnown = i < known.length && known[i] == ordinal;
      i += isKnown ? 1 : 0;
      if (representatives[ordinal] != ordinal) {
        all++;
        added += isKnown ? 0 : 1;
      }
    }
    return all > representatives.length / DUPLICATE_SHARE
        || added > (representatives.length - known.length) / ADDED_DUPLICATE_SHARE;
  }
}
