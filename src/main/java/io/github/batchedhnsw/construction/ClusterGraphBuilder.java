// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.construction.candidates.ClusterJoin;
import io.github.batchedhnsw.construction.candidates.JoinPlan;
import io.github.batchedhnsw.construction.candidates.JoinPlan.LongEdges;
import io.github.batchedhnsw.construction.candidates.JoinPlanner;
import io.github.batchedhnsw.construction.linking.MissingScores;
import io.github.batchedhnsw.construction.linking.NavigabilityRepair;
import io.github.batchedhnsw.construction.linking.ReachabilityRepair;
import io.github.batchedhnsw.construction.linking.ReverseEdges;
import io.github.batchedhnsw.construction.linking.TargetPruner;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.partition.Clustering;
import io.github.batchedhnsw.construction.partition.Clusters;
import io.github.batchedhnsw.construction.search.Beam;
import io.github.batchedhnsw.construction.search.BeamSearch;
import io.github.batchedhnsw.construction.selection.EagerPairwiseScores;
import io.github.batchedhnsw.construction.selection.NeighborSelector;
import io.github.batchedhnsw.construction.survey.SampledNeighbors;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.FlatHnswGraph;
import io.github.batchedhnsw.graph.LevelAssignment;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.graph.SplitMix;
import io.github.batchedhnsw.vectors.Metric;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

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
 *   <li>long edges are added to some nodes;
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

  /**
   * Mean number of members of a cluster. With 64, candidates of 110,000 sentence embeddings are as
   * complete as with 125 and 1.5 times as many columns.
   */
  private static final int CLUSTER_SIZE = 64;

  /**
   * Share of the build time that each phase takes, measured on 60,000 vectors of text and GloVe by
   * {@code bench/run scaling} with {@code -Dbench.messages=true}.
   */
  static final Map<BuildPhase, Double> SHARES =
      Map.of(
          BuildPhase.PREPARE, 0.01,
          BuildPhase.SURVEY, 0.11,
          BuildPhase.CANDIDATES, 0.76,
          BuildPhase.REVERSE, 0.07,
          BuildPhase.REPAIR, 0.04,
          BuildPhase.WRITE, 0.01);

  /** Ends of the steps of the survey, as shares of its time. */
  private static final double CLUSTERED = 0.5;

  private static final double SAMPLED = 0.8;

  private static final int MIN_SAMPLE = 24;
  private static final int MAX_SAMPLE = 64;
  private static final int SAMPLED_SHARE = 512;

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
   * Number of batches in which reverse edges are added; more batches need less memory and more
   * selections.
   */
  private static final int REVERSE_BATCHES = 8;

  private static final int MIN_REVERSE_BATCH = 1 << 13;
  private static final int EDGE_GRAIN = 1024;
  private static final int LIST_GRAIN = 256;
  private static final int SERIAL_GRAIN = 1 << 14;

  /** Number of nodes whose degrees are sampled. */
  private static final int DEGREE_SAMPLE = 4096;

  /** Highest degree that lists are filled to, as a percentage of the maximum degree. */
  private static final int MOST_FILLED = 45;

  /**
   * Target mean degree, as a share of the one that insertion would reach. Lists selected from the
   * nearest neighbours are better than insertion's, some of which were selected when the graph was
   * small, and from fewer candidates than are known here.
   */
  private static final double INSERTED_SHARE = 0.83;

  /** Share of its edges that a node lacks if Lucene joins it instead of inserting it. */
  private static final double JOINED_LOSS = 0.1;

  /** Number of lists that an added neighbour makes longer: half of the pairs select each other. */
  private static final double LISTS_PER_EDGE = 1.5;

  /** Subsets of at most this many nodes are not used for long edges. */
  private static final int MIN_SUBSET = 32;

  /**
   * An existing graph is a bad one if less than this share of its lists hold the node's nearest
   * neighbour, which the diversity rule always selects: insertion finds it for 0.6 of the nodes
   * even on the data with the least contrast between distances, and random lists hold none.
   */
  private static final double LEAST_NEAREST_KEPT = 0.3;

  /** Share of its neighbours that a node may have lost for the rest of its list to be kept. */
  public static final double MOST_LOST = 0.25;

  /** Most neighbours of lost neighbours that are considered, as a multiple of a full list. */
  private static final int REPLACEMENTS = 4;

  /** Most candidates per lost neighbour that are compared with the other neighbours. */
  private static final int TRIED_FOR_LOST = 10;

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
   * Most heap bytes that a build takes besides the vectors and besides what each worker needs.
   *
   * @param size number of vectors
   */
  static long estimateBytes(BuildParams params, int size, int dimension) {
    int maxDegree = FlatHnswGraph.maxDegree(params.maxConn(), 0);
    long lists =
        FlatAdjacency.estimateBytes(size, maxDegree)
            + BatchGraphBuilder.estimateUpperBytes(params, size);
    long clusters = Clustering.estimateBytes(size, dimension, CLUSTER_SIZE);
    long codes = ClusterJoin.estimateBytes(size, dimension, CLUSTER_SIZE);
    // Ordinals, ranks, numbers of diverse neighbours, in-degrees, slots, and a planner's clusters.
    long nodes = (long) size * (6 * Integer.BYTES + 2 * Short.BYTES);
    long batch = Math.min(size, Math.max(MIN_REVERSE_BATCH, size / REVERSE_BATCHES));
    long reverse = batch * maxDegree * ReverseEdges.BYTES_PER_EDGE;
    return lists + clusters + nodes + codes + reverse;
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
    return new Build(vectors, parallel, base).run();
  }

  /** One run of the builder. */
  private final class Build {
    private final VectorSet vectors;
    private final ParallelRanges parallel;
    private final BaseGraph kept; // or null
    private final int[][] nodesByLevel;
    private final ReverseEdges groups = new ReverseEdges();
    private final OrdinalScorer[] scorers; // of the workers
    private final NeighborSelector[] selectors; // use the scorers
    private BitSet rows; // of level 0, which select their neighbours; null for all
    private SampledNeighbors sample; // of level 0

    Build(VectorSet vectors, ParallelRanges parallel, BaseGraph kept) throws IOException {
      this.vectors = vectors;
      this.parallel = parallel;
      this.kept = kept;
      this.nodesByLevel =
          LevelAssignment.nodesByLevel(params.seed(), vectors.size(), params.maxConn());
      this.scorers = new OrdinalScorer[parallel.workers()];
      this.selectors = new NeighborSelector[parallel.workers()];
      for (int i = 0; i < selectors.length; i++) {
        scorers[i] = vectors.scorer();
        selectors[i] = new NeighborSelector(new EagerPairwiseScores(scorers[i]));
      }
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
      GraphEstimate estimate = GraphEstimate.NONE;
      if (sample != null) {
        NavigabilityRepair navigability =
            new NavigabilityRepair(vectors, all, GraphEstimate.WIDTH, params.seed(), parallel);
        NavigabilityRepair.Result result =
            rows != null && rows.isEmpty() // a merge that adds no vectors changes no list
                ? new NavigabilityRepair.Result(navigability.lost(), 0)
                : navigability.repair();
        if (result.links() > 0) { // which may have replaced other edges
          repair.repair(levels[0], levels[levels.length - 1].ordinalAt(0));
        }
        double recall =
            navigability.recall(sample.positions(), sample.nearest(), GraphEstimate.NEAREST);
        estimate = new GraphEstimate(recall, result.lost(), result.links());
        log.phase("%s; %d links where searches ended", estimate, result.links());
      }
      FlatHnswGraph graph = new FlatHnswGraph(params.maxConn(), all);
      return new BuildResult(graph, kept == null ? BULK : EXTENSION, estimate);
    }

    /** Whether too few of the kept lists hold the node's nearest neighbour among the kept nodes. */
    private boolean isBad(FlatAdjacency level) {
      int[] nodes = kept.nodes();
      int lists = 0;
      int withNearest = 0;
      for (int i = 0; i < sample.size(); i++) {
        int slot = sample.positions()[i];
        if (rows.get(slot)) {
          continue;
        }
        int nearest =
            Arrays.stream(sample.nearest()[i])
                .mapToInt(ScoredOrdinal::ordinal)
                .filter(node -> Arrays.binarySearch(nodes, node) >= 0)
                .findFirst()
                .orElse(-1);
        if (nearest >= 0) {
          lists++;
          withNearest += level.contains(slot, nearest) ? 1 : 0;
        }
      }
      if (lists < MIN_SAMPLE / 4 || withNearest >= LEAST_NEAREST_KEPT * lists) {
        return false;
      }
      log.phase(
          "%d of %d sampled lists that were kept hold the nearest neighbour: the graph that was"
              + " there before is a bad one",
          withNearest, lists);
      return true;
    }

    /** Connects the nodes of a level; returns false if the kept lists are too bad to keep. */
    private boolean connect(FlatAdjacency[] levels, int level) throws IOException {
      FlatAdjacency adjacency = levels[level];
      int size = adjacency.size();
      int[] ordinals = new int[size];
      Arrays.setAll(ordinals, adjacency::ordinalAt);
      long seed = SplitMix.hash(params.seed(), level);
      short[] diverse = new short[size];
      if (level == 0 && kept != null) {
        log.begin(BuildPhase.TAKE_OVER);
        rows = takeOver(adjacency, diverse);
        log.phase("level of %d nodes: kept %d lists", size, size - rows.cardinality());
      }
      BitSet selecting = level == 0 ? rows : null;
      log.begin(BuildPhase.SURVEY);
      log.step(CLUSTERED);
      Clusters clusters = new Clustering(vectors, parallel, CLUSTER_SIZE, seed).group(ordinals);
      log.phase("level of %d nodes: %d clusters", size, clusters.count());
      log.step(SAMPLED);
      if (level == 0) {
        int sampled =
            Math.min(size, Math.max(MIN_SAMPLE, Math.min(MAX_SAMPLE, size / SAMPLED_SHARE)));
        sample =
            SampledNeighbors.of(vectors, ordinals, sampled, params.beamWidth(), seed, parallel);
        if (rows != null && isBad(adjacency)) {
          return false;
        }
      }
      log.step(1);
      JoinPlanner.Joins joins =
          code -> new ClusterJoin(vectors, ordinals, clusters, code, parallel, seed);
      JoinPlan plan;
      ClusterJoin join;
      if (level > 0 || size <= JoinPlanner.MAX_SMALL_LEVEL) {
        plan = planner(1).forSmallLevel(size);
        join = joins.with(plan.code());
      } else {
        double recallAbove = recallAbove(levels, seed);
        JoinPlanner.Choice choice = planner(recallAbove).choose(joins, clusters, ordinals, sample);
        plan = choice.plan();
        join = choice.join();
        log.phase(
            "level of %d nodes: narrow searches find %.3f of the nearest on the level above; %s",
            size, recallAbove, choice);
      }
      log.begin(BuildPhase.CANDIDATES);
      int maxDegree = adjacency.maxDegree();
      select(adjacency, join, plan, selecting, maxDegree * MOST_FILLED / 100, diverse);
      log.phase("level of %d nodes: selected neighbours", size);
      addLongEdges(levels, level, ordinals, plan, seed, selecting, diverse);
      log.begin(BuildPhase.REVERSE);
      fill(adjacency, selecting, diverse);
      addReverseEdges(adjacency, clusters.members(), selecting);
      log.phase("level of %d nodes: added reverse edges", size);
      return true;
    }

    /**
     * Copies the lists that have lost no neighbours or few.
     *
     * @param degrees receives their lengths
     * @return the other nodes
     */
    private BitSet takeOver(FlatAdjacency level, short[] degrees) throws IOException {
      int[] nodes = kept.nodes();
      ListKeeper[] keepers = new ListKeeper[parallel.workers()];
      for (int i = 0; i < keepers.length; i++) {
        keepers[i] = new ListKeeper(kept.cursor(), scorers[i]);
      }
      parallel.forEach(
          nodes.length,
          LIST_GRAIN,
          (worker, from, to) -> {
            for (int i = from; i < to; i++) {
              degrees[nodes[i]] = (short) keepers[worker].keep(level, nodes[i]);
            }
          });
      BitSet others = new BitSet(level.size());
      for (int slot = 0; slot < level.size(); slot++) {
        others.set(slot, degrees[slot] == 0);
      }
      return others;
    }

    /**
     * Selects the neighbours of nodes.
     *
     * @param selecting the nodes; null for all
     * @param floor degree up to which lists of diverse neighbours are filled with the nearest
     *     non-diverse ones
     * @param diverse receives how many of each node's neighbours are diverse; these come first
     */
    private void select(
        FlatAdjacency level,
        ClusterJoin join,
        JoinPlan plan,
        BitSet selecting,
        int floor,
        short[] diverse)
        throws IOException {
      long[][] selected = new long[parallel.workers()][level.maxDegree()];
      join.forEachRow(
          plan,
          selecting,
          scorers,
          (worker, position, candidates, count) -> {
            NeighborSelector selector = selectors[worker];
            int chosen =
                selector.select(candidates, count, level.maxDegree(), floor, selected[worker]);
            level.replace(position, selected[worker], chosen);
            diverse[position] = (short) selector.diverseCount();
          });
    }

    /**
     * If vectors lie in clumps or searches are hard, adds neighbours that are far away relative to
     * the distances on this level: those that nodes have on the levels above and in ever smaller
     * subsets of the level. Insertion has such edges because it added them when the graph was
     * small.
     */
    private void addLongEdges(
        FlatAdjacency[] levels,
        int level,
        int[] ordinals,
        JoinPlan plan,
        long seed,
        BitSet selecting,
        short[] diverse)
        throws IOException {
      if (plan.longEdges() == LongEdges.NONE) {
        return;
      }
      FlatAdjacency here = levels[level];
      int most = (int) Math.ceil(here.maxDegree() * plan.longEdges().share());
      boolean inPlace = plan.longEdges() == LongEdges.IN_PLACE;
      for (int above = level + 1; above < levels.length; above++) {
        addEdges(here, levels[above], most, inPlace, selecting, diverse);
      }
      JoinPlanner planner = planner(1);
      for (int zeros = 2; ordinals.length >>> zeros > MIN_SUBSET; zeros += 2) {
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
        JoinPlan sparse = planner.forSubset(subset.length, plan.longEdges());
        FlatAdjacency lists = new FlatAdjacency(subset, subset.length, most);
        ClusterJoin join =
            new ClusterJoin(vectors, subset, clusters, sparse.code(), parallel, seed);
        select(lists, join, sparse, null, 0, new short[subset.length]);
        addEdges(here, lists, most, inPlace, selecting, diverse);
        log.phase("level of %d nodes: long edges of %d of them", here.size(), subset.length);
      }
    }

    /**
     * Adds neighbours after the diverse ones, or in the places of the last of them, and before the
     * non-diverse ones that fill the list.
     */
    private void addEdges(
        FlatAdjacency here,
        FlatAdjacency sparse,
        int most,
        boolean inPlace,
        BitSet selecting,
        short[] diverse)
        throws IOException {
      long[][] pairs = new long[parallel.workers()][here.maxDegree() + most];
      parallel.forEach(
          sparse.size(),
          LIST_GRAIN,
          (worker, from, to) -> {
            for (int sparseSlot = from; sparseSlot < to; sparseSlot++) {
              int slot = here.slotOf(sparse.ordinalAt(sparseSlot));
              if (selecting == null || selecting.get(slot)) { // the other lists stay unchanged
                addEdges(here, slot, sparse, sparseSlot, most, inPlace, diverse, pairs[worker]);
              }
            }
          });
    }

    private static void addEdges(
        FlatAdjacency here,
        int slot,
        FlatAdjacency sparse,
        int sparseSlot,
        int most,
        boolean inPlace,
        short[] diverse,
        long[] pairs) {
      int degree = here.copyPairs(slot, pairs);
      int longest = inPlace ? degree : here.maxDegree();
      int firm = diverse[slot];
      if (inPlace && firm > 1) {
        firm = Math.max(1, firm - most); // the nearest one stays
      }
      for (int i = 0; i < Math.min(most, sparse.degree(sparseSlot)); i++) {
        int neighbor = sparse.neighbor(sparseSlot, i);
        if (firm < longest && !here.contains(slot, neighbor)) {
          System.arraycopy(pairs, firm, pairs, firm + 1, degree++ - firm);
          pairs[firm++] = ScoredOrdinal.encode(sparse.score(sparseSlot, i), neighbor);
        }
      }
      diverse[slot] = (short) Math.max(firm, diverse[slot]);
      here.replace(slot, pairs, Math.min(degree, longest));
    }

    /**
     * Truncates the non-diverse neighbours of the lists so that the mean degree, reverse edges
     * included, becomes the one that insertion would reach. Insertion adds an edge to two lists for
     * every neighbour that a node selects, and prunes lists that overflow; here neighbours that
     * select each other count once, so more are needed. If scores are inner products, lists are
     * filled as far as allowed: a few long vectors receive all reverse edges, and the others none.
     */
    private void fill(FlatAdjacency level, BitSet selecting, short[] diverse) throws IOException {
      int size = level.size();
      int[] inDegrees = new int[size];
      int[] histogram = new int[level.maxDegree() + 1];
      int count = selecting == null ? size : selecting.cardinality();
      int[] slots = new int[count];
      for (int i = 0, slot = 0; i < count; i++, slot++) {
        slot = selecting == null ? slot : selecting.nextSetBit(slot);
        slots[i] = slot;
        histogram[diverse[slot]]++;
      }
      parallel.inOrder(
          size,
          SERIAL_GRAIN,
          (worker, from, to) -> {
            for (int slot = from; slot < to; slot++) {
              for (int i = 0; i < diverse[slot]; i++) {
                inDegrees[level.slotOf(level.neighbor(slot, i))]++;
              }
            }
          });
      if (count == 0) {
        return;
      }
      int sampled = Math.min(count, DEGREE_SAMPLE);
      double inserted = 0;
      double here = 0;
      for (int i = 0; i < sampled; i++) {
        int slot = slots[SplitMix.sample(params.seed(), i, sampled, count)];
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
      double missing = (degreeShare() * inserted - here) / sampled / LISTS_PER_EDGE;
      int floor = 0;
      for (double added = 0; floor < level.maxDegree() && added < missing; floor++) {
        for (int degree = 0; degree <= floor; degree++) {
          added += histogram[degree] / (double) count;
        }
      }
      if (vectors.metric() == Metric.INNER_PRODUCT) {
        floor = level.maxDegree();
      }
      for (int i = 0; i < count; i++) {
        level.truncate(slots[i], Math.max(diverse[slots[i]], floor));
      }
      log.phase(
          "level of %d nodes: lists of %.1f neighbours, about %.1f by insertion, are filled up to"
              + " %d",
          size, here / sampled, inserted / sampled, floor);
    }

    /**
     * How hard the vectors are to find: the share of the nearest neighbours that narrow searches
     * find on level 1. Insertion's searches are wider, on a level with more nodes.
     */
    private double recallAbove(FlatAdjacency[] levels, long seed) throws IOException {
      int[] nodes = levels.length > 1 ? nodesByLevel[1] : new int[0];
      if (nodes.length < MIN_NODES_ABOVE) {
        return 1; // so few nodes give no reliable measure
      }
      int count = Math.max(1, params.beamWidth() / NEAREST_ABOVE);
      SampledNeighbors above =
          SampledNeighbors.of(vectors, nodes, MAX_SAMPLE, count, seed, parallel);
      int[] queries = Arrays.stream(above.positions()).map(slot -> nodes[slot]).toArray();
      List<FlatAdjacency> upper = Arrays.asList(levels).subList(1, levels.length);
      int width = Math.max(count, params.beamWidth() / WIDTH_ABOVE);
      return new NavigabilityRepair(vectors, upper, width, seed, parallel)
          .recall(queries, above.nearest(), count);
    }

    private JoinPlanner planner(double recallAbove) {
      return new JoinPlanner(
          params.beamWidth(),
          vectors.dimension(),
          vectors.metric(),
          params.joinedShare(),
          recallAbove);
    }

    private double degreeShare() {
      return INSERTED_SHARE * (1 - JOINED_LOSS * params.joinedShare());
    }

    /**
     * Adds the reverse edges of the nodes' lists.
     *
     * @param order of the slots, in which neighbours are close to each other
     * @param selecting the nodes; null for all
     */
    private void addReverseEdges(FlatAdjacency level, int[] order, BitSet selecting)
        throws IOException {
      int size = level.size();
      int[] ranks = new int[size];
      short[] degrees = new short[size]; // before reverse edges, which are not reversed again
      for (int rank = 0; rank < size; rank++) {
        int slot = order[rank];
        ranks[slot] = rank;
        degrees[slot] = (short) level.degree(slot);
      }
      int maxDegree = level.maxDegree();
      TargetPruner[] pruners = new TargetPruner[parallel.workers()];
      MissingScores[] missing = new MissingScores[pruners.length];
      for (int i = 0; i < pruners.length; i++) {
        missing[i] = selecting == null ? null : new MissingScores(scorers[i], maxDegree);
        pruners[i] =
            new TargetPruner(selectors[i], maxDegree, maxDegree, 4 * maxDegree, missing[i]);
      }
      int batch = Math.max(MIN_REVERSE_BATCH, size / REVERSE_BATCHES);
      batch = Math.min(batch, ReverseEdges.MAX_EDGES / maxDegree);
      for (int from = 0; from < size; from += Math.min(batch, size - from)) {
        log.step((from + Math.min(batch, size - from)) / (double) size);
        addReverseEdges(
            level,
            order,
            ranks,
            degrees,
            selecting,
            from,
            from + Math.min(batch, size - from),
            pruners,
            missing);
      }
    }

    private void addReverseEdges(
        FlatAdjacency level,
        int[] order,
        int[] ranks,
        short[] degrees,
        BitSet selecting,
        int fromRank,
        int toRank,
        TargetPruner[] pruners,
        MissingScores[] missing)
        throws IOException {
      int[] starts = new int[toRank - fromRank + 1];
      for (int i = 0; i < toRank - fromRank; i++) {
        int slot = order[fromRank + i];
        int count = Math.min(degrees[slot], level.degree(slot));
        if (selecting != null && !selecting.get(slot)) {
          int wanted = 0;
          for (int j = 0; j < count; j++) {
            wanted += selecting.get(level.slotOf(level.neighbor(slot, j))) ? 1 : 0;
          }
          count = wanted;
        }
        starts[i + 1] = starts[i] + count;
      }
      groups.reset(starts[toRank - fromRank]);
      parallel.forEach(
          toRank - fromRank,
          EDGE_GRAIN,
          (worker, from, to) -> {
            for (int i = from; i < to; i++) {
              int slot = order[fromRank + i];
              int node = level.ordinalAt(slot);
              boolean all = selecting == null || selecting.get(slot);
              for (int j = 0, at = starts[i]; at < starts[i + 1]; j++) {
                int other = level.slotOf(level.neighbor(slot, j));
                if (all || selecting.get(other)) {
                  float score = level.score(slot, j);
                  if (!all && score == MissingScores.UNKNOWN) {
                    score = missing[worker].score(node, level.ordinalAt(other));
                  }
                  groups.set(at++, ranks[other], node, score);
                }
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

  /** Copies lists without scores and replaces lost neighbours. Used by one thread. */
  private static final class ListKeeper {
    private final BaseGraph.Cursor cursor;
    private final OrdinalScorer scorer;
    private final int[] neighbors; // followed by candidates to replace lost ones
    private final int[] candidates;
    private final float[] scores;
    private final long[] pairs;

    ListKeeper(BaseGraph.Cursor cursor, OrdinalScorer scorer) {
      this.cursor = cursor;
      this.scorer = scorer;
      int most = (1 + REPLACEMENTS) * cursor.maxNeighbors();
      this.neighbors = new int[most];
      this.candidates = new int[most];
      this.scores = new float[most];
      this.pairs = new long[most];
    }

    /**
     * Keeps the list of a node. If it has lost a few neighbours, some of their neighbours replace
     * them.
     *
     * @return the length of the list; 0 if it is not kept
     */
    int keep(FlatAdjacency level, int node) throws IOException {
      int count = cursor.neighbors(node, neighbors);
      int lost = cursor.lost();
      if (count + lost > level.maxDegree() || lost > (count + lost) * MOST_LOST) {
        return 0;
      }
      for (int i = 0; i < count; i++) {
        level.append(node, neighbors[i], MissingScores.UNKNOWN);
      }
      return lost == 0 ? count : count + replace(level, node, count, lost);
    }

    /**
     * Replaces the neighbours that a node has lost by some of their neighbours: the diverse ones of
     * the nearest, and if these are too few, the nearest non-diverse ones.
     *
     * @return how many were added, at most as many as were lost
     */
    private int replace(FlatAdjacency level, int node, int count, int lost) throws IOException {
      int found = distinct(count, cursor.appendNeighborsOfLost(neighbors, count));
      scorer.setQuery(node);
      scorer.score(candidates, found, scores);
      for (int i = 0; i < found; i++) {
        pairs[i] = ScoredOrdinal.encode(scores[i], candidates[i]);
      }
      Beam.sortBestFirst(pairs, found);
      int end = count;
      int rejected = 0;
      for (int i = 0; i < Math.min(found, TRIED_FOR_LOST * lost) && end < count + lost; i++) {
        if (isCloseToNeighbor(pairs[i], end)) {
          pairs[rejected++] = pairs[i];
        } else {
          neighbors[end++] = ScoredOrdinal.ordinal(pairs[i]);
          level.append(node, ScoredOrdinal.ordinal(pairs[i]), ScoredOrdinal.score(pairs[i]));
        }
      }
      for (int i = 0; i < rejected && end < count + lost; i++, end++) {
        level.append(node, ScoredOrdinal.ordinal(pairs[i]), ScoredOrdinal.score(pairs[i]));
      }
      return end - count;
    }

    private boolean isCloseToNeighbor(long pair, int count) throws IOException {
      scorer.setQuery(ScoredOrdinal.ordinal(pair));
      return scorer.anyAtLeast(ScoredOrdinal.score(pair), neighbors, count);
    }

    /**
     * Copies the ordinals stored after the neighbours to the candidates, without neighbours and
     * repetitions.
     */
    private int distinct(int count, int end) {
      Arrays.sort(neighbors, count, end);
      int kept = 0;
      for (int i = count; i < end; i++) {
        boolean isNew = i == count || neighbors[i] != neighbors[i - 1];
        for (int j = 0; j < count && isNew; j++) {
          isNew = neighbors[j] != neighbors[i];
        }
        if (isNew) {
          candidates[kept++] = neighbors[i];
        }
      }
      return kept;
    }
  }
}
