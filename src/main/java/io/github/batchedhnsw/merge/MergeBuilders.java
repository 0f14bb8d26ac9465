// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.merge;

import io.github.batchedhnsw.construction.BuildLog;
import io.github.batchedhnsw.construction.BuildParams;
import io.github.batchedhnsw.construction.ExtendingGraphBuilder;
import io.github.batchedhnsw.construction.GraphBuilder;
import io.github.batchedhnsw.construction.GraphBuilders;
import java.io.IOException;
import java.util.List;

/** Chooses the builder of a merged segment's graph. */
public final class MergeBuilders {
  private MergeBuilders() {}

  /**
   * The builder for the given segments.
   *
   * @param formatParams without a share of joined nodes
   * @param sources the segments, of which each merged vector is in one
   * @param size number of merged vectors
   * @param dimension of the vectors
   * @param log is told of the plan
   * @throws IOException if a graph cannot be read
   */
  public static GraphBuilder choose(
      BuildParams formatParams, List<MergeSource> sources, int size, int dimension, BuildLog log)
      throws IOException {
    BuildParams params = formatParams.withJoinedShare(joinedShare(sources));
    MergePlan plan = MergePlanner.plan(sources, params, size, dimension);
    return switch (plan) {
      case MergePlan.Rebuild rebuild -> {
        log.message("merge of %d segments: rebuild, because %s", sources.size(), rebuild.reason());
        yield GraphBuilders.choose(params, size, dimension, log);
      }
      case MergePlan.Extend extend -> {
        log.message("merge of %d segments: extend, because %s", sources.size(), extend.reason());
        yield new ExtendingGraphBuilder(
            params, new MergedBaseGraph(sources.get(extend.base())), log);
      }
    };
  }

  /**
   * Share of the vectors in segments with graphs that Lucene would join to the largest one: those
   * that have lost nothing.
   */
  static double joinedShare(List<MergeSource> sources) {
    long live = 0;
    long joined = 0;
    MergeSource largest = null;
    for (MergeSource source : sources) {
      live += source.live();
      if (source.hasGraph()) {
        joined += source.hasDeletes() ? 0 : source.live();
        largest = largest == null || source.live() > largest.live() ? source : largest;
      }
    }
    if (largest != null && !largest.hasDeletes()) {
      joined -= largest.live();
    }
    return joined / (double) Math.max(1, live);
  }
}
