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

  /** Share of the vectors in segments with graphs, besides the one with the most. */
  private static double joinedShare(List<MergeSource> sources) {
    long live = 0;
    long withGraph = 0;
    long largest = 0;
    for (MergeSource source : sources) {
      live += source.live();
      if (source.hasGraph()) {
        withGraph += source.live();
        largest = Math.max(largest, source.live());
      }
    }
    return (withGraph - largest) / (double) Math.max(1, live);
  }
}
