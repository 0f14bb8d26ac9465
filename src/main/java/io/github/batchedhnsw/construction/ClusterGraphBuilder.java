package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.construction.candidates.ClusterJoin;
import io.github.batchedhnsw.construction.candidates.JoinPlan;
import io.github.batchedhnsw.construction.candidates.JoinPlanner;
import io.github.batchedhnsw.construction.linking.NavigabilityRepair;
import io.github.batchedhnsw.construction.linking.ReachabilityRepair;
import io.github.batchedhnsw.construction.linking.ReverseEdges;
import io.github.batchedhnsw.construction.linking.TargetPruner;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.partition.Clustering;
import io.github.batchedhnsw.construction.partition.Clusters;
import io.github.batchedhnsw.construction.search.BeamSearch;
import io.github.batchedhnsw.construction.selection.LazyPairwiseScores;
import io.github.batchedhnsw.construction.selection.NeighborSelector;
import io.github.batchedhnsw.construction.survey.SampledNeighbors;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.FlatHnswGraph;
import io.github.batchedhnsw.graph.LevelAssignment;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.graph.SplitMix;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Bulk construction, level by level from the top: clusters, a join of clusters that finds each
 * node's candidates, the diversity rule, reverse edges grouped by target.
 */
public final class ClusterGraphBuilder {
  /** Members of a cluster, on average. Larger ones need more columns for the same neighbours. */
  private static final int CLUSTER_SIZE = 64;

  private static final int SURVEYED_SIZE = 4096;
  private static final int DEGREE_SAMPLE = 4096;

  /** Percentage of the longest list up to which lists are filled at most. */
  private static final int MOST_FILLED = 45;

  /**
   * Mean degree that is aimed at, as a share of what insertion would reach. Lists of nearest
   * neighbours are worth more than insertion's, some of which it took when the graph was small.
   */
  private static final double INSERTED_SHARE = 0.8;

  /** Lists that get longer by a neighbour that is added, as half of them know each other. */
  private static final double LISTS_PER_EDGE = 1.5;

  private final BuildParams params;
  private final BuildLog log;

  public ClusterGraphBuilder(BuildParams params, BuildLog log) {
    this.params = params;
    this.log = log;
  }

  public FlatHnswGraph build(VectorSet vectors, ParallelRanges parallel) throws IOException {
    return new Build(vectors, parallel).run();
  }

  /** One run of the builder. */
  private final class Build {
    private final VectorSet vectors;
    private final ParallelRanges parallel;
    private final int[][] nodesByLevel;
    private final ReverseEdges groups = new ReverseEdges();
    private final NeighborSelector[] selectors;

    Build(VectorSet vectors, ParallelRanges parallel) throws IOException {
      this.vectors = vectors;
      this.parallel = parallel;
      this.nodesByLevel =
          LevelAssignment.nodesByLevel(params.seed(), vectors.size(), params.maxConn());
      this.selectors = new NeighborSelector[parallel.workers()];
      for (int i = 0; i < selectors.length; i++) {
        selectors[i] = new NeighborSelector(new LazyPairwiseScores(vectors.scorer()));
      }
    }

    FlatHnswGraph run() throws IOException {
      FlatAdjacency[] levels = new FlatAdjacency[nodesByLevel.length];
      int maxDegree = FlatHnswGraph.maxDegree(params.maxConn(), 0);
      BeamSearch search = new BeamSearch(vectors.size(), ReachabilityRepair.beamWidth(), maxDegree);
      ReachabilityRepair repair = new ReachabilityRepair(vectors.scorer(), search, parallel);
      for (int level = levels.length - 1; level >= 0; level--) {
        int[] nodes = nodesByLevel[level];
        int count = nodes == null ? vectors.size() : nodes.length;
        levels[level] =
            new FlatAdjacency(nodes, count, FlatHnswGraph.maxDegree(params.maxConn(), level));
        int[] order = count > 1 ? connect(levels, level) : new int[] {0};
        log.begin(BuildPhase.REPAIR);
        int entry = levels[levels.length - 1].ordinalAt(0);
        int linked = repair.repair(levels[level], entry);
        log.phase("level of %d nodes: linked %d unreachable part(s)", count, linked);
        if (level == 0 && count > 1) {
          new NavigabilityRepair(vectors, List.of(levels), params.seed(), parallel, log).repair();
        }
      }
      return new FlatHnswGraph(params.maxConn(), List.of(levels));
    }

    /** Connects the nodes of a level; returns an order in which neighbours are near each other. */
    private int[] connect(FlatAdjacency[] levels, int level) throws IOException {
      FlatAdjacency adjacency = levels[level];
      int[] ordinals = new int[adjacency.size()];
      Arrays.setAll(ordinals, adjacency::ordinalAt);
      long seed = SplitMix.hash(params.seed(), level);
      log.begin(BuildPhase.CANDIDATES);
      Clusters clusters = new Clustering(vectors, parallel, CLUSTER_SIZE, seed).group(ordinals);
      log.phase("level of %d nodes: %d clusters", ordinals.length, clusters.count());
      JoinPlanner planner = new JoinPlanner(params.beamWidth(), vectors.dimension());
      ClusterJoin join;
      JoinPlan plan;
      if (level > 0 || ordinals.length < SURVEYED_SIZE) {
        plan = planner.forSmallLevel(ordinals.length);
        join = new ClusterJoin(vectors, ordinals, clusters, plan.code(), parallel, seed);
      } else {
        int sampled = Math.max(24, Math.min(64, ordinals.length / 512));
        SampledNeighbors sample =
            SampledNeighbors.of(vectors, ordinals, sampled, params.beamWidth(), seed, parallel);
        log.phase("sampled neighbors, clumped %.3f", sample.clumped());
        JoinPlanner.Choice choice =
            planner.choose(
                code -> new ClusterJoin(vectors, ordinals, clusters, code, parallel, seed),
                clusters,
                ordinals,
                sample);
        plan = choice.plan();
        join = choice.join();
        log.phase("level of %d nodes: %s", ordinals.length, choice);
      }
      int maxDegree = adjacency.maxDegree();
      short[] diverse = select(adjacency, join, plan, maxDegree, maxDegree * MOST_FILLED / 100);
      log.phase("level of %d nodes: selected neighbours", ordinals.length);
      addLongEdges(levels, level, ordinals, plan, seed, diverse);
      log.begin(BuildPhase.REVERSE);
      fill(adjacency, diverse);
      addReverseEdges(adjacency, clusters.members());
      log.phase("reverse, %.2f", adjacency.edges() / (double) adjacency.size());
      return clusters.members();
    }

    /**
     * Selects the neighbours of all nodes.
     *
     * @param floor degree up to which lists of diverse neighbours are filled with the nearest
     *     others
     * @return how many of each node's neighbours are diverse, the first ones
     */
    private short[] select(
        FlatAdjacency adjacency, ClusterJoin join, JoinPlan plan, int maxDegree, int floor)
        throws IOException {
      long[][] selected = new long[parallel.workers()][maxDegree];
      short[] diverse = new short[adjacency.size()];
      join.forEachRow(
          plan,
          (worker, position, candidates, count) -> {
            NeighborSelector selector = selectors[worker];
            int chosen = selector.select(candidates, count, maxDegree, floor, selected[worker]);
            adjacency.replace(position, selected[worker], chosen);
            diverse[position] = (short) selector.diverseCount();
          });
      return diverse;
    }

    /**
     * Cuts the lists of neighbours that are not diverse to where the mean degree, reverse edges
     * included, becomes what insertion would reach. That adds an edge to two lists for every
     * neighbour that a node selects, and cuts lists that overflow; here neighbours that select each
     * other count once, and more are needed.
     */
    private void fill(FlatAdjacency level, short[] diverse) throws IOException {
      int size = level.size();
      int[] inDegrees = new int[size];
      int[] histogram = new int[level.maxDegree() + 1];
      for (int slot = 0; slot < size; slot++) {
        for (int i = 0; i < diverse[slot]; i++) {
          inDegrees[level.slotOf(level.neighbor(slot, i))]++;
        }
        histogram[diverse[slot]]++;
      }
      int sampled = Math.min(size, DEGREE_SAMPLE);
      double inserted = 0;
      double here = 0;
      for (int i = 0; i < sampled; i++) {
        int slot = SplitMix.sample(params.seed(), i, sampled, size);
        int node = level.ordinalAt(slot);
        int mutual = 0;
        for (int j = 0; j < diverse[slot]; j++) {
          int other = level.slotOf(level.neighbor(slot, j));
          for (int k = 0; k < diverse[other]; k++) {
            mutual += level.neighbor(other, k) == node ? 1 : 0;
          }
        }
        int both = diverse[slot] + inDegrees[slot];
        inserted += Math.min(level.maxDegree(), both);
        here += Math.min(level.maxDegree(), both - mutual);
      }
      double missing = (INSERTED_SHARE * inserted - here) / sampled / LISTS_PER_EDGE;
      int floor = 0;
      for (double added = 0; floor < level.maxDegree() && added < missing; floor++) {
        for (int degree = 0; degree <= floor; degree++) {
          added += histogram[degree] / (double) size;
        }
      }
      for (int slot = 0; slot < size; slot++) {
        level.truncate(slot, Math.max(diverse[slot], floor));
      }
      log.phase(
          "level of %d nodes: lists of %.1f neighbours, about %.1f by insertion, are filled up to %d",
          size, here / sampled, inserted / sampled, floor);
    }

    /**
     * Gives some nodes neighbours that are far away by the measure of this level: those that they
     * have on the levels above, and, where vectors lie in clumps, those that they would have in
     * ever thinner subsets of the level.
     */
    private void addLongEdges(
        FlatAdjacency[] levels,
        int level,
        int[] ordinals,
        JoinPlan plan,
        long seed,
        short[] diverse)
        throws IOException {
      FlatAdjacency here = levels[level];
      int most = Math.max(1, here.maxDegree() / 4);
      for (int above = level + 1; above < levels.length; above++) {
        addEdges(here, levels[above], most, diverse);
      }
      if (!plan.clumped()) {
        return;
      }
      for (int zeros = 2; ordinals.length >>> zeros > 32; zeros += 2) {
        int required = zeros;
        int[] subset =
            Arrays.stream(ordinals)
                .filter(o -> Long.numberOfLeadingZeros(SplitMix.hash(~seed, o)) >= required)
                .toArray();
        if (subset.length < 2) {
          return;
        }
        Clusters clusters =
            new Clustering(vectors, parallel, CLUSTER_SIZE, seed + zeros).group(subset);
        JoinPlan sparse =
            new JoinPlanner(params.beamWidth(), vectors.dimension()).forSmallLevel(subset.length);
        FlatAdjacency lists = new FlatAdjacency(subset, subset.length, most);
        ClusterJoin join =
            new ClusterJoin(vectors, subset, clusters, sparse.code(), parallel, seed);
        select(lists, join, sparse, most, 0);
        addEdges(here, lists, most, diverse);
      }
    }

    /** Adds neighbours behind the diverse ones, before those that only fill lists. */
    private static void addEdges(
        FlatAdjacency here, FlatAdjacency sparse, int most, short[] diverse) {
      long[] pairs = new long[here.capacity() + most];
      for (int sparseSlot = 0; sparseSlot < sparse.size(); sparseSlot++) {
        int slot = here.slotOf(sparse.ordinalAt(sparseSlot));
        int degree = here.copyPairs(slot, pairs);
        int kept = diverse[slot];
        for (int i = 0; i < Math.min(most, sparse.degree(sparseSlot)); i++) {
          if (kept < here.maxDegree() && !here.contains(slot, sparse.neighbor(sparseSlot, i))) {
            System.arraycopy(pairs, kept, pairs, kept + 1, degree++ - kept);
            pairs[kept++] =
                ScoredOrdinal.encode(sparse.score(sparseSlot, i), sparse.neighbor(sparseSlot, i));
          }
        }
        diverse[slot] = (short) kept;
        here.replace(slot, pairs, Math.min(degree, here.maxDegree()));
      }
    }

    /** Makes all neighbours of all nodes know them, too. */
    private void addReverseEdges(FlatAdjacency level, int[] order) throws IOException {
      int[] ranks = new int[level.size()];
      for (int rank = 0; rank < order.length; rank++) {
        ranks[order[rank]] = rank;
      }
      int maxDegree = level.maxDegree();
      // The lists as they are now: what is added below is not reversed again.
      int[] degrees = new int[level.size()];
      Arrays.setAll(degrees, slot -> level.degree(slot));
      TargetPruner[] pruners = new TargetPruner[parallel.workers()];
      Arrays.setAll(
          pruners, i -> new TargetPruner(selectors[i], maxDegree, maxDegree, 4 * maxDegree));
      int[] starts = new int[order.length + 1];
      for (int rank = 0; rank < order.length; rank++) {
        starts[rank + 1] = starts[rank] + degrees[order[rank]];
      }
      groups.reset(starts[order.length]);
      parallel.forEach(
          order.length,
          1024,
          (worker, from, to) -> {
            for (int rank = from; rank < to; rank++) {
              int slot = order[rank];
              int node = level.ordinalAt(slot);
              for (int j = 0; j < degrees[slot]; j++) {
                int target = ranks[level.slotOf(level.neighbor(slot, j))];
                groups.set(starts[rank] + j, target, node, level.score(slot, j));
              }
            }
          });
      groups.forEachTarget(
          level.size(),
          parallel,
          (worker, target, sources, scores, from, to) ->
              pruners[worker].add(level, order[target], sources, scores, from, to));
    }
  }
}
