// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.construction.candidates.ClusterJoin;
import io.github.batchedhnsw.construction.candidates.JoinPlan;
import io.github.batchedhnsw.construction.candidates.JoinPlan.LongEdges;
import io.github.batchedhnsw.construction.candidates.JoinPlanner;
import io.github.batchedhnsw.construction.candidates.ReverseCandidates;
import io.github.batchedhnsw.construction.linking.NavigabilityRepair;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.partition.Clustering;
import io.github.batchedhnsw.construction.partition.Clusters;
import io.github.batchedhnsw.construction.survey.SampledNeighbors;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.vectors.Metric;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Surveys the vectors of a level: groups them into clusters, finds the exact neighbours of a
 * sample, measures how hard searches are, and plans the join by all of that.
 */
final class LevelSurvey {
  /**
   * Mean number of members of a cluster. With 64, candidates of 110,000 sentence embeddings are as
   * complete with 3,000 columns as with 3,500 now, but finding the clusters takes twice as long.
   */
  static final int CLUSTER_SIZE = 128;

  /** Fewest sampled vectors of a level that is planned without trials and has as many. */
  static final int MIN_SAMPLE = 24;

  /**
   * Fewest sampled vectors of a level that is planned by trials. For 4,400 uniform vectors of 64
   * dimensions, 64 and 200 of them lead to the same plan, and 24 to one with fewer columns and
   * hits: recall@10 at width 20 is .0057 below insertion's with 64, and .0135 with 24.
   */
  private static final int MIN_SAMPLE_OF_TRIALS = 64;

  /**
   * Most sampled vectors: with 64, whether text is hard to search and whether it needs 6,000 or
   * 11,000 columns depended on the order of the vectors.
   */
  private static final int MAX_SAMPLE = 256;

  /** One in this many vectors is sampled. */
  private static final int SAMPLED_SHARE = 256;

  /** Fewest nodes of level 1 for its searches to be a meaningful measure. */
  private static final int MIN_NODES_ABOVE = 256;

  /** Divisor of the beam width that gives the number of neighbours searched for on level 1. */
  private static final int NEAREST_ABOVE = 10;

  /**
   * Divisor of the beam width that gives the width of the searches on level 1. With an eighth, they
   * find about the same share of the ten nearest neighbours as insertion's searches on level 0: .90
   * and .86 were measured for 30,000 uniform vectors of 64 dimensions, .94 and .95 for GloVe, .98
   * and .99 for sentence embeddings.
   */
  private static final int WIDTH_ABOVE = 8;

  /**
   * Fewest connections with which hits count for both vectors. Where nodes have fewer neighbours, a
   * missed one weighs more: 20,000 sentence embeddings with M = 8 were .011 below insertion at
   * equal visited nodes, and .003 with complete candidates of each row.
   */
  private static final int FEWEST_CONNECTIONS_BOTH_WAYS = 16;

  private final VectorSet vectors;
  private final BuildParams params;
  private final ParallelRanges parallel;
  private final BuildLog log;

  /**
   * A join that is ready to run, and its parameters.
   *
   * @param join null if all pairs of a small level are compared instead
   */
  record PlannedJoin(ClusterJoin join, JoinPlan plan) {}

  /** Surveys of levels of the given vectors. */
  LevelSurvey(VectorSet vectors, BuildParams params, ParallelRanges parallel, BuildLog log) {
    this.vectors = vectors;
    this.params = params;
    this.parallel = parallel;
    this.log = log;
  }

  /** Groups nearby vectors into clusters. */
  Clusters cluster(int[] ordinals, long seed) throws IOException {
    return new Clustering(vectors, parallel, CLUSTER_SIZE, seed).group(ordinals);
  }

  /** Finds as many of the nearest neighbours of sampled vectors as the beam is wide. */
  SampledNeighbors sample(int[] ordinals, long seed) throws IOException {
    int fewest = isSmallLevel(ordinals.length) ? MIN_SAMPLE : MIN_SAMPLE_OF_TRIALS;
    int share = Math.max(fewest, Math.min(MAX_SAMPLE, ordinals.length / SAMPLED_SHARE));
    int size = Math.min(ordinals.length, share);
    return SampledNeighbors.of(vectors, ordinals, size, params.beamWidth(), seed, parallel);
  }

  /**
   * Plans the join of a level.
   *
   * @param ordinals of the level's vectors
   * @param allRows whether all of them are rows of the join
   * @param sample of them; null on the levels above 0, whose plan follows from their size
   * @param above the finished levels, from the next one up
   */
  PlannedJoin plan(
      int[] ordinals,
      boolean allRows,
      Clusters clusters,
      SampledNeighbors sample,
      List<FlatAdjacency> above,
      long seed)
      throws IOException {
    int size = ordinals.length;
    if (sample == null || isSmallLevel(size)) {
      LongEdges longEdges =
          sample != null && sample.isClumped(params.joinedShare())
              ? LongEdges.BETWEEN_CLUMPS
              : LongEdges.ADDED;
      return join(planner(false, 1).forSmallLevel(size, longEdges), ordinals, clusters, seed);
    }
    double recallAbove = recallAbove(above, seed);
    JoinPlanner.Joins joins =
        code -> new ClusterJoin(vectors, ordinals, clusters, code, parallel, seed);
    boolean bothWays = allRows && countsBothWays(size);
    JoinPlanner.Choice choice =
        planner(bothWays, recallAbove).choose(joins, clusters, ordinals, sample);
    log.phase(
        "level of %d nodes: narrow searches find %.3f of the nearest on the level above; %s",
        size, recallAbove, choice);
    return new PlannedJoin(choice.join(), choice.plan());
  }

  /**
   * Plans the join of a subset of a level, whose edges become long edges.
   *
   * @param seed of the join
   * @param clusterSeed of the clusters, which small subsets do without
   */
  PlannedJoin planSubset(int[] ordinals, LongEdges longEdges, long seed, long clusterSeed)
      throws IOException {
    Clusters clusters = comparesAllPairs(ordinals) ? null : cluster(ordinals, clusterSeed);
    return join(planner(false, 1).forSubset(ordinals.length, longEdges), ordinals, clusters, seed);
  }

  /** Whether a level is planned without trials. */
  private static boolean isSmallLevel(int size) {
    return size <= JoinPlanner.MAX_SMALL_LEVEL;
  }

  /** Whether all pairs are compared, without clusters and a join. */
  private static boolean comparesAllPairs(int[] ordinals) {
    return ordinals.length <= AllPairs.MAX_SIZE;
  }

  private PlannedJoin join(JoinPlan plan, int[] ordinals, Clusters clusters, long seed)
      throws IOException {
    ClusterJoin join =
        comparesAllPairs(ordinals)
            ? null
            : new ClusterJoin(vectors, ordinals, clusters, plan.code(), parallel, seed);
    return new PlannedJoin(join, plan);
  }

  /**
   * Whether hits can count for both vectors if all are rows. By inner products they do not, because
   * the same long vectors are hits of all.
   */
  private boolean countsBothWays(int size) {
    return vectors.metric() != Metric.INNER_PRODUCT
        && params.maxConn() >= FEWEST_CONNECTIONS_BOTH_WAYS
        && ReverseCandidates.canGroup(size, JoinPlanner.reversed(params.beamWidth()));
  }

  private JoinPlanner planner(boolean bothWays, double recallAbove) {
    return new JoinPlanner(
        params.beamWidth(),
        vectors.dimension(),
        vectors.metric(),
        params.joinedShare(),
        bothWays,
        recallAbove);
  }

  /**
   * How hard the vectors are to find: the share of the nearest neighbours that narrow searches find
   * on level 1. Insertion's searches are wider, on a level with more nodes.
   */
  private double recallAbove(List<FlatAdjacency> above, long seed) throws IOException {
    if (above.isEmpty() || above.get(0).size() < MIN_NODES_ABOVE) {
      return 1; // so few nodes give no reliable measure
    }
    int[] nodes = new int[above.get(0).size()];
    Arrays.setAll(nodes, above.get(0)::ordinalAt);
    int count = Math.max(1, params.beamWidth() / NEAREST_ABOVE);
    SampledNeighbors sample =
        SampledNeighbors.of(vectors, nodes, MAX_SAMPLE, count, seed, parallel);
    int[] queries = Arrays.stream(sample.positions()).map(slot -> nodes[slot]).toArray();
    int width = Math.max(count, params.beamWidth() / WIDTH_ABOVE);
    return new NavigabilityRepair(vectors, above, width, seed, parallel)
        .recall(queries, sample.nearest(), count);
  }
}
