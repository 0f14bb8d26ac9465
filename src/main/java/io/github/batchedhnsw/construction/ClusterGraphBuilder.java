// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.construction.LevelSurvey.PlannedJoin;
import io.github.batchedhnsw.construction.candidates.ClusterJoin;
import io.github.batchedhnsw.construction.candidates.JoinPlan.LongEdges;
import io.github.batchedhnsw.construction.candidates.JoinPlanner;
import io.github.batchedhnsw.construction.candidates.ReverseCandidates;
import io.github.batchedhnsw.construction.linking.DegreeTruncator;
import io.github.batchedhnsw.construction.linking.ForwardLists;
import io.github.batchedhnsw.construction.linking.NavigabilityRepair;
import io.github.batchedhnsw.construction.linking.ReachabilityRepair;
import io.github.batchedhnsw.construction.linking.ReverseEdgeAdder;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.partition.Clustering;
import io.github.batchedhnsw.construction.partition.Clusters;
import io.github.batchedhnsw.construction.search.BeamSearch;
import io.github.batchedhnsw.construction.selection.EagerPairwiseScores;
import io.github.batchedhnsw.construction.selection.NeighborSelector;
import io.github.batchedhnsw.construction.survey.SampledNeighbors;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.FlatHnswGraph;
import io.github.batchedhnsw.graph.LevelAssignment;
import io.github.batchedhnsw.graph.SplitMix;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Builds a graph in bulk, level by level from the top:
 *
 * <ol>
 *   <li>nearby vectors are grouped into clusters;
 *   <li>a sample whose exact neighbours are known determines how many columns each row must be
 *       compared with, and by which code, for its candidates to be good enough;
 *   <li>each row is compared with the columns of the clusters nearest to it; the best ones are
 *       scored exactly, and the row immediately selects its neighbours from them by the diversity
 *       rule;
 *   <li>long edges are added to some nodes, and the non-diverse neighbours that fill the lists are
 *       truncated;
 *   <li>batch by batch, the reverse edges are grouped by target, and each group is added to its
 *       target's list with at most one selection;
 *   <li>every node is made reachable, and searches check whether sampled nodes are found.
 * </ol>
 *
 * Each step is a parallel loop over disjoint data; there is no lock. {@link #extend} keeps lists of
 * an existing graph.
 *
 * <p>Thread-safety: instances have no state besides their parameters.
 */
public final class ClusterGraphBuilder implements GraphBuilder {
  private static final String BULK = "bulk";
  static final String EXTENSION = "extension";

  /** Ends of the steps of the survey, as shares of its time. */
  private static final double CLUSTERED = 0.5;

  private static final double SAMPLED = 0.8;

  /** Share of its neighbours that a node may have lost for the rest of its list to be kept. */
  public static final double MOST_LOST = 0.25;

  private final BuildParams params;
  private final BuildLog log;

  /** A builder with the given parameters. */
  public ClusterGraphBuilder(BuildParams params, BuildLog log) {
    this.params = params;
    this.log = log;
  }

  @Override
  public String name() {
    return BULK;
  }

  @Override
  public long estimateBytes(int size, int dimension) {
    return estimateBytes(params, size, dimension);
  }

  /**
   * Most heap bytes that a build takes besides the vectors, what each worker needs and the 8 MiB of
   * {@link AllPairs}, which are free again before the next level is begun.
   *
   * @param size number of vectors
   */
  static long estimateBytes(BuildParams params, int size, int dimension) {
    int maxDegree = FlatHnswGraph.maxDegree(params.maxConn(), 0);
    long lists =
        FlatAdjacency.estimateBytes(size, maxDegree)
            + BatchGraphBuilder.estimateUpperBytes(params, size);
    long clusters = Clustering.estimateBytes(size, dimension, LevelSurvey.CLUSTER_SIZE);
    long codes = ClusterJoin.estimateBytes(size, dimension, LevelSurvey.CLUSTER_SIZE);
    // Ordinals, ranks, numbers of diverse neighbours, in-degrees, slots, and a planner's clusters.
    long nodes = (long) size * (6 * Integer.BYTES + 2 * Short.BYTES);
    long reverse = ReverseEdgeAdder.estimateBytes(size, maxDegree);
    long candidates =
        ReverseCandidates.estimateBytes(size, JoinPlanner.reversed(params.beamWidth()));
    return lists + clusters + nodes + codes + Math.max(reverse, candidates);
  }

  @Override
  public BuildResult build(VectorSet vectors, ParallelRanges parallel) throws IOException {
    return new Build(vectors, parallel, null).run();
  }

  /**
   * Builds a graph that keeps lists of another one: the level 0 lists that have lost no neighbours
   * or few, with neighbours of the lost ones as replacements. Only the other nodes are rows of the
   * join on level 0; all nodes are columns. The levels above are rebuilt.
   *
   * @param base a graph over some of the vectors
   * @return null if the base turns out to be a bad graph
   * @throws IOException as {@link #build}
   */
  BuildResult extend(VectorSet vectors, BaseGraph base, ParallelRanges parallel)
      throws IOException {
    return new Build(vectors, parallel, new KeptLists(base)).run();
  }

  /** One run of the builder. */
  private final class Build {
    private final VectorSet vectors;
    private final ParallelRanges parallel;
    private final KeptLists kept; // null if no graph is extended
    private final int[][] nodesByLevel;
    private final OrdinalScorer[] scorers; // of the workers
    private final LevelSurvey survey;
    private final ForwardSelector selector;
    private final LongEdgeAdder longEdges;
    private final DegreeTruncator degrees;
    private final ReverseEdgeAdder reverseEdges;
    private SampledNeighbors sample; // of level 0
    private boolean allKept; // all lists of level 0

    Build(VectorSet vectors, ParallelRanges parallel, KeptLists kept) throws IOException {
      this.vectors = vectors;
      this.parallel = parallel;
      this.kept = kept;
      this.nodesByLevel =
          LevelAssignment.nodesByLevel(params.seed(), vectors.size(), params.maxConn());
      this.scorers = new OrdinalScorer[parallel.workers()];
      NeighborSelector[] selectors = new NeighborSelector[parallel.workers()];
      for (int i = 0; i < selectors.length; i++) {
        scorers[i] = vectors.scorer();
        selectors[i] = new NeighborSelector(new EagerPairwiseScores(scorers[i]));
      }
      this.survey = new LevelSurvey(vectors, params, parallel, log);
      this.selector = new ForwardSelector(scorers, selectors, parallel);
      this.longEdges = new LongEdgeAdder(params.joinedShare(), survey, selector, parallel, log);
      this.degrees =
          new DegreeTruncator(params.seed(), params.joinedShare(), vectors.metric(), parallel);
      this.reverseEdges = new ReverseEdgeAdder(scorers, selectors, parallel);
    }

    /** Returns null if the lists that were kept are too bad to keep. */
    BuildResult run() throws IOException {
      FlatAdjacency[] levels = new FlatAdjacency[nodesByLevel.length];
      int longest = FlatHnswGraph.maxDegree(params.maxConn(), 0);
      ReachabilityRepair repair =
          new ReachabilityRepair(
              vectors.scorer(),
              new BeamSearch(vectors.size(), ReachabilityRepair.beamWidth(), longest),
              parallel);
      for (int level = levels.length - 1; level >= 0; level--) {
        int[] nodes = nodesByLevel[level];
        int count = nodes == null ? vectors.size() : nodes.length;
        log.level(count, vectors.size(), params.maxConn());
        levels[level] =
            new FlatAdjacency(nodes, count, FlatHnswGraph.maxDegree(params.maxConn(), level));
        if (count > 1 && !connect(levels, level)) {
          return null;
        }
        log.begin(BuildPhase.REPAIR);
        int linked = repair.repair(levels[level], levels[levels.length - 1].ordinalAt(0));
        log.phase("level of %d nodes: linked %d unreachable part(s) to the rest", count, linked);
      }
      List<FlatAdjacency> all = List.of(levels);
      GraphEstimate estimate = sample == null ? GraphEstimate.NONE : check(all, repair);
      FlatHnswGraph graph = new FlatHnswGraph(params.maxConn(), all);
      return new BuildResult(graph, kept == null ? BULK : EXTENSION, estimate);
    }

    /** Connects the nodes of a level; returns false if the kept lists are too bad to keep. */
    private boolean connect(FlatAdjacency[] levels, int level) throws IOException {
      List<FlatAdjacency> above = Arrays.asList(levels).subList(level + 1, levels.length);
      int size = levels[level].size();
      int[] ordinals = new int[size];
      Arrays.setAll(ordinals, levels[level]::ordinalAt);
      long seed = SplitMix.hash(params.seed(), level);
      ForwardLists lists =
          level == 0 && kept != null ? takeOver(levels[0]) : new ForwardLists(levels[level]);
      log.begin(BuildPhase.SURVEY);
      log.step(CLUSTERED);
      Clusters clusters = survey.cluster(ordinals, seed);
      log.phase("level of %d nodes: %d clusters", size, clusters.count());
      log.step(SAMPLED);
      if (level == 0) {
        sample = survey.sample(ordinals, seed);
        if (kept != null && kept.areBad(lists, sample, log)) {
          return false;
        }
        allKept = lists.areAllKept();
      }
      log.step(1);
      PlannedJoin planned =
          survey.plan(ordinals, lists.selecting() == null, clusters, sample, above, seed);
      log.begin(BuildPhase.CANDIDATES);
      // On upper levels searches keep one node; in a clump they find the other members anyway.
      boolean useful = level == 0 && planned.plan().longEdges() != LongEdges.BETWEEN_CLUMPS;
      int filled = degrees.mostFilled(levels[level].maxDegree(), useful);
      selector.select(lists, planned, filled);
      log.phase("level of %d nodes: selected neighbours", size);
      longEdges.add(lists, ordinals, above, planned.plan().longEdges(), seed);
      log.begin(BuildPhase.REVERSE);
      if (!lists.areAllKept()) {
        DegreeTruncator.Result truncated = degrees.truncate(lists, filled);
        log.phase("level of %d nodes: %s", size, truncated);
      }
      reverseEdges.add(lists, clusters.members(), log::step);
      log.phase("level of %d nodes: added reverse edges", size);
      return true;
    }

    private ForwardLists takeOver(FlatAdjacency level) throws IOException {
      log.begin(BuildPhase.TAKE_OVER);
      ForwardLists lists = kept.takeOver(level, scorers, parallel);
      int count = level.size() - lists.selecting().cardinality();
      log.phase("level of %d nodes: kept %d lists", level.size(), count);
      return lists;
    }

    /** Searches for sampled nodes, and links those that are not found. */
    private GraphEstimate check(List<FlatAdjacency> levels, ReachabilityRepair repair)
        throws IOException {
      NavigabilityRepair navigability =
          new NavigabilityRepair(vectors, levels, GraphEstimate.WIDTH, params.seed(), parallel);
      NavigabilityRepair.Result result =
          allKept // a merge that adds no vectors changes no list
              ? new NavigabilityRepair.Result(navigability.lost(), 0)
              : navigability.repair();
      if (result.links() > 0) { // which may have replaced other edges
        repair.repair(levels.get(0), levels.get(levels.size() - 1).ordinalAt(0));
      }
      double recall =
          navigability.recall(sample.positions(), sample.nearest(), GraphEstimate.NEAREST);
      GraphEstimate estimate = new GraphEstimate(recall, result.lost(), result.links());
      log.phase("%s; %d links where searches ended", estimate, result.links());
      return estimate;
    }
  }
}
