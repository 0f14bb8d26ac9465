package io.github.batchedhnsw.merge;

import io.github.batchedhnsw.construction.BuildParams;
import io.github.batchedhnsw.construction.GraphBuilders;
import java.util.List;
import java.util.Locale;

/**
 * Chooses how the graph of a merged segment is made, from what is known before any vector is read.
 * Pure.
 *
 * <p>Cost model, in microseconds of one worker; several workers share all of it, so their number
 * does not matter. A rebuild takes {@value #REBUILD_MICROS} for every vector in bulk, and {@value
 * #INSERT_MICROS} by insertion. An extension takes {@value #COPY_MICROS} for every list of the
 * base, {@value #MEND_MICROS} more for one that has lost a neighbour, and {@value #ADD_MICROS} for
 * every other vector. Projecting the vectors is part of both. Measured with M 16, beam width 100
 * and 768, 128 and 64 dimensions (see {@code bench/results}); both kinds of work grow alike with M
 * and beam width, and the model uses their ratio only. Data that is hard to build in bulk makes a
 * rebuild more expensive than assumed, never cheaper.
 *
 * <p>The base of an extension is the graph with the most live vectors among those that can be used.
 */
final class MergePlanner {
  /** Rebuilding in bulk, per vector. */
  static final double REBUILD_MICROS = 22;

  /** Rebuilding by insertion, per vector. */
  static final double INSERT_MICROS = 260;

  /** Taking a list over. */
  static final double COPY_MICROS = 1;

  /** Selecting anew the neighbours of a node that has lost some. */
  static final double MEND_MICROS = 14;

  /** Searching and connecting a node that has no list. */
  static final double ADD_MICROS = 95;

  /** A rebuild gives the better graph: an extension must be cheaper by this factor. */
  static final double LEAST_GAIN = 1.25;

  /** Deleted share of a segment beyond which its graph is not used. */
  static final double MOST_DELETED = 0.2;

  /** Lists shorter than this share of what is asked for cannot be used. */
  static final double LEAST_MAX_CONN = 0.75;

  /** Neighbours of a node on level 0, for the estimate of how many have lost one. */
  private static final int TYPICAL_DEGREE = 24;

  private MergePlanner() {}

  /**
   * Chooses a plan.
   *
   * @param sources the merged segments
   * @param size number of merged vectors
   * @param dimension of the vectors
   */
  static MergePlan plan(List<MergeSource> sources, BuildParams params, int size, int dimension) {
    int base = -1;
    long live = 0;
    for (int s = 0; s < sources.size(); s++) {
      MergeSource source = sources.get(s);
      live += source.live();
      if (isUsable(source, params) && (base < 0 || source.live() > sources.get(base).live())) {
        base = s;
      }
    }
    if (live != size) {
      return new MergePlan.Rebuild(
          String.format(
              Locale.ROOT, "the segments tell of %d vectors, and there are %d", live, size));
    }
    if (base < 0) {
      return new MergePlan.Rebuild(
          String.format(
              Locale.ROOT,
              "none of %d segments has a graph of M %d or more with at most %.0f %% deleted",
              sources.size(),
              (int) Math.ceil(LEAST_MAX_CONN * params.maxConn()),
              100 * MOST_DELETED));
    }
    MergeSource largest = sources.get(base);
    double mended = largest.live() * shareThatLost(largest);
    double extendMicros =
        largest.live() * COPY_MICROS + mended * MEND_MICROS + (size - largest.live()) * ADD_MICROS;
    boolean bulk = GraphBuilders.buildsInBulk(params, size, dimension);
    double rebuildMicros = size * (bulk ? REBUILD_MICROS : INSERT_MICROS);
    String costs =
        String.format(
            Locale.ROOT,
            "the largest graph has %d of %d vectors and %d deleted ones: extending it is estimated"
                + " at %.2f of a rebuild %s, and must be below %.2f",
            largest.live(),
            size,
            largest.size() - largest.live(),
            extendMicros / rebuildMicros,
            bulk ? "in bulk" : "by insertion",
            1 / LEAST_GAIN);
    return extendMicros * LEAST_GAIN < rebuildMicros
        ? new MergePlan.Extend(base, costs)
        : new MergePlan.Rebuild(costs);
  }

  private static boolean isUsable(MergeSource source, BuildParams params) {
    return source.hasGraph()
        && source.maxConn() >= LEAST_MAX_CONN * params.maxConn()
        && source.size() - source.live() <= MOST_DELETED * source.size();
  }

  /** Share of the nodes that have lost a neighbour. */
  private static double shareThatLost(MergeSource source) {
    return 1 - Math.pow(source.live() / (double) source.size(), TYPICAL_DEGREE);
  }
}
