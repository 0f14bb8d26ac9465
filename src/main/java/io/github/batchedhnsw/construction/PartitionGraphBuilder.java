package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.construction.linking.ReachabilityRepair;
import io.github.batchedhnsw.construction.linking.ReverseEdges;
import io.github.batchedhnsw.construction.linking.TargetPruner;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.search.BeamSearch;
import io.github.batchedhnsw.construction.selection.NeighborSelector;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.FlatHnswGraph;
import io.github.batchedhnsw.graph.LevelAssignment;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.graph.SplitMix;
import io.github.batchedhnsw.vectors.Metric;
import io.github.batchedhnsw.vectors.ReducedVectors;
import io.github.batchedhnsw.vectors.RowSource;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Bulk construction (after PiPNN, arXiv 2602.21247). On every level,
 *
 * <ol>
 *   <li>nodes are partitioned into overlapping leaves of near ones, and each takes its nearest in
 *       each of its leaves as candidates; this is repeated with other partitions until a sample
 *       says that the candidates are good enough, in the end with the candidates of one node as a
 *       leaf;
 *   <li>every node selects neighbours from its candidates by the diversity rule;
 *   <li>batch by batch, the reverse edges are grouped by target, and every target takes its group
 *       in, with at most one selection.
 * </ol>
 *
 * All comparisons are made in dense blocks of products, of the vectors themselves or, where a
 * sample says that this hardly changes which ones are nearest, of short projections. Each step is a
 * parallel loop over disjoint data; there is no lock.
 *
 * <p>Thread-safety: instances have no state besides their parameters.
 */
public final class PartitionGraphBuilder implements GraphBuilder {
  private static final int SELECT_GRAIN = 64;
  private static final int DIVERSITY_SAMPLE = 256;
  private static final int SAMPLE_GRAIN = 16;

  /** Most rounds with leaves of a partition; where they are not enough, others follow. */
  private static final int PARTITION_ROUNDS = 5;

  /** Most rounds whose leaves are neighbourhoods. */
  private static final int REFINED_ROUNDS = 2;

  /** In such a round, the neighbourhoods of one node in so many are leaves. */
  private static final int REFINED_SHARE = 3;

  /** Batches of such a round; more take less memory. */
  private static final int REFINED_BATCHES = 16;

  private static final int MIN_REFINED_BATCH = 1 << 10;

  /** Batches in which reverse edges are added; more take less memory and more selections. */
  private static final int REVERSE_BATCHES = 16;

  /** Links of a level's nodes to their neighbours on a higher one: this part of the degree. */
  private static final int UPWARD_SHARE = 4;

  private static final int MIN_REVERSE_BATCH = 1 << 13;

  private final BuildParams params;
  private final BuildLog log;

  /** A builder with the given parameters. */
  public PartitionGraphBuilder(BuildParams params, BuildLog log) {
    this.params = params;
    this.log = log;
  }

  @Override
  public long estimateBytes(int size, int dimension) {
    return estimateBytes(params, size, dimension);
  }

  @Override
  public String name() {
    return "bulk";
  }

  @Override
  public FlatHnswGraph build(VectorSet vectors, ParallelRanges parallel) throws IOException {
    RowSource rows = new DimensionReducer(vectors, parallel, params.seed(), log).reduce();
    ReachabilityRepair repair =
        new ReachabilityRepair(
            vectors.scorer(),
            new BeamSearch(
                vectors.size(),
                ReachabilityRepair.beamWidth(),
                FlatHnswGraph.maxDegree(params.maxConn(), 0)),
            parallel);
    return new Build(rows, parallel, repair).run();
  }

  /** One run of the builder. */
  private final class Build {
    private final RowSource vectors;
    private final ParallelRanges parallel;
    private final int[][] nodesByLevel;
    private final ReverseEdges groups = new ReverseEdges();
    private final ReachabilityRepair repair;

    Build(RowSource vectors, ParallelRanges parallel, ReachabilityRepair repair) {
      this.repair = repair;
      this.vectors = vectors;
      this.parallel = parallel;
      this.nodesByLevel =
          LevelAssignment.nodesByLevel(params.seed(), vectors.size(), params.maxConn());
    }

    FlatHnswGraph run() throws IOException {
      FlatAdjacency[] levels = new FlatAdjacency[nodesByLevel.length];
      for (int level = levels.length - 1; level >= 0; level--) {
        int[] nodes = nodesByLevel[level];
        int count = nodes == null ? vectors.size() : nodes.length;
        int maxDegree = FlatHnswGraph.maxDegree(params.maxConn(), level);
        BulkParams bulk = numbers(level, count, maxDegree);
        levels[level] = new FlatAdjacency(nodes, count, bulk.maxDegree(), bulk.candidates());
        buildLevel(levels[level], bulk, SplitMix.hash(params.seed(), level));
        log.begin(BuildPhase.REPAIR);
        linkUpwards(levels, level);
        int linked = repair.repair(levels[level], levels[levels.length - 1].ordinalAt(0));
        log.phase("level of %d nodes: linked %d unreachable part(s) to the rest", count, linked);
        if (level > 0) {
          levels[level] = levels[level].trim();
        }
      }
      return new FlatHnswGraph(params.maxConn(), List.of(levels));
    }

    private BulkParams numbers(int level, int count, int maxDegree) {
      if (level > 0) {
        return BulkParams.ofUpperLevel(maxDegree, params.beamWidth());
      }
      return BulkParams.ofSegment(maxDegree, params.beamWidth(), count);
    }

    private void buildLevel(FlatAdjacency level, BulkParams collecting, long seed)
        throws IOException {
      log.begin(BuildPhase.CANDIDATES);
      LocalityOrder order = collectCandidates(level, collecting, seed);
      log.begin(BuildPhase.SELECT);
      Worker[] workers = new Worker[parallel.workers()];
      for (int i = 0; i < workers.length; i++) {
        workers[i] = new Worker(vectors, collecting);
      }
      boolean[] selected = new boolean[level.size()]; // by slot
      BulkParams bulk =
          vectors.metric() == Metric.INNER_PRODUCT // whose neighbours are few long vectors
              ? collecting
              : selectSample(level, collecting, order, workers, selected);
      parallel.forEach(
          level.size(),
          SELECT_GRAIN,
          (worker, from, to) -> {
            for (int rank = from; rank < to; rank++) {
              int slot = order.slots()[rank];
              if (!selected[slot]) {
                workers[worker].selectNeighbors(level, slot, bulk.forwardFill());
              }
            }
          });
      log.phase("level of %d nodes: selected neighbours", level.size());
      log.begin(BuildPhase.REVERSE);
      TargetPruner[] pruners = new TargetPruner[workers.length];
      Arrays.setAll(pruners, i -> workers[i].pruner(bulk));
      int batch = reverseBatch(level.size(), bulk.reverseDegree());
      for (int from = 0; from < level.size(); from += Math.min(batch, level.size() - from)) {
        int to = from + Math.min(batch, level.size() - from);
        addReverseEdges(level, bulk, order, from, to, pruners);
      }
      log.phase("level of %d nodes: added reverse edges", level.size());
    }

    /**
     * Lets some nodes spread over the level select their neighbours, and derives from how many
     * diverse candidates they have how far lists are filled.
     *
     * @param selected the slots of those nodes are marked there
     */
    private BulkParams selectSample(
        FlatAdjacency level,
        BulkParams collecting,
        LocalityOrder order,
        Worker[] workers,
        boolean[] selected)
        throws IOException {
      int sampled = Math.min(DIVERSITY_SAMPLE, level.size());
      int[] slots = new int[sampled];
      Arrays.setAll(slots, i -> order.slots()[(int) ((long) level.size() * i / sampled)]);
      int[] diverse = new int[sampled];
      double[] diversity = new double[sampled];
      parallel.forEach(
          sampled,
          SAMPLE_GRAIN,
          (worker, from, to) -> {
            for (int i = from; i < to; i++) {
              double share = workers[worker].shareOfDistinct(level, slots[i]);
              diverse[i] =
                  workers[worker].selectNeighbors(level, slots[i], collecting.forwardFill());
              diversity[i] = diverse[i] / share;
            }
          });
      double meanDiverse = Arrays.stream(diversity).sum() / sampled;
      BulkParams bulk = collecting.forDiversity(meanDiverse, level.size());
      log.message(
          "level of %d nodes: %.1f diverse candidates each, lists are filled up to %d",
          level.size(), meanDiverse, bulk.targetFill());
      for (int i = 0; i < sampled; i++) {
        selected[slots[i]] = true;
        level.truncate(slots[i], Math.max(diverse[i], bulk.forwardFill()));
      }
      return bulk;
    }

    private LocalityOrder collectCandidates(FlatAdjacency level, BulkParams bulk, long seed)
        throws IOException {
      int[] nodes = new int[level.size()];
      Arrays.setAll(nodes, level::ordinalAt);
      if (nodes.length <= BulkParams.SINGLE_LEAF) {
        Partition all = Partition.single(nodes);
        new LeafNeighbors(vectors, parallel, groups, bulk.candidates())
            .collect(level, all, bulk.candidates());
        return LocalityOrder.of(all, level);
      }
      int fanout = BulkParams.fanout(nodes.length);
      Partitioner partitioner =
          new Partitioner(vectors, parallel, BulkParams.leafSize(vectors.dimension()), fanout);
      LeafNeighbors leafNeighbors = new LeafNeighbors(vectors, parallel, groups, bulk.candidates());
      double target = BulkParams.targetQuality(params.maxConn(), params.beamWidth(), nodes.length);
      LocalityOrder order = null;
      CandidateQuality quality = null;
      boolean oneRound = BulkParams.oneRound(nodes.length);
      int picks = oneRound ? bulk.manyPicks() : bulk.picks();
      int fewestCandidates = bulk.fewestCandidates(nodes.length);
      double candidatesBefore = 0;
      for (int round = 0; round < PARTITION_ROUNDS + REFINED_ROUNDS; round++) {
        if (round < PARTITION_ROUNDS) {
          Partition leaves = partitioner.partition(nodes, fanout, SplitMix.hash(seed, round));
          leafNeighbors.collect(level, leaves, picks);
          order = order == null ? LocalityOrder.of(leaves, level) : order;
          log.phase(
              "level of %d nodes: candidates from %d leaves, round %d",
              nodes.length, leaves.leaves(), round + 1);
        } else {
          refine(level, order, round, leafNeighbors, picks);
          log.phase("level of %d nodes: candidates of candidates", nodes.length);
        }
        if (oneRound || round > 0) {
          if (quality == null) {
            quality = new CandidateQuality(vectors, parallel, level, nodes, seed);
          }
          double estimate = quality.estimate(level);
          double candidates = level.edges() / (double) nodes.length;
          // Few different candidates are a sign of few rounds, or of data that is easy.
          boolean easy = estimate >= (1 + target) / 2;
          boolean enough =
              estimate >= target && (easy || round > 0 && candidates >= fewestCandidates);
          log.phase(
              "level of %d nodes: %.1f candidates each (at least %d) hold %.3f of the nearest"
                  + " neighbours (at least %.3f): %s",
              nodes.length,
              candidates,
              fewestCandidates,
              estimate,
              target,
              enough ? "enough" : "not enough");
          if (enough) {
            break;
          }
          if (candidates < candidatesBefore + 1) {
            picks = Math.min(2 * picks, bulk.candidates()); // all leaves tell the same
          }
          candidatesBefore = candidates;
        }
      }
      return order;
    }

    /** Lets the candidates of some nodes take each other as candidates. */
    private void refine(
        FlatAdjacency level, LocalityOrder order, int round, LeafNeighbors leafNeighbors, int picks)
        throws IOException {
      int[] centers = new int[level.size() / REFINED_SHARE];
      int first = round % REFINED_SHARE;
      Arrays.setAll(centers, i -> order.slots()[first + i * REFINED_SHARE]);
      int batch = Math.max(MIN_REFINED_BATCH, centers.length / REFINED_BATCHES);
      for (int from = 0; from < centers.length; from += Math.min(batch, centers.length - from)) {
        int to = from + Math.min(batch, centers.length - from);
        Partition leaves = Partition.neighborhoods(level, centers, from, to);
        leafNeighbors.collect(level, leaves, picks);
      }
    }

    /**
     * Gives the nodes that are also on higher levels some of their neighbours there. Those are far
     * away by the measure of this level: they lead from one cluster to another.
     */
    private void linkUpwards(FlatAdjacency[] levels, int level) {
      FlatAdjacency here = levels[level];
      int links = Math.max(1, here.maxDegree() / UPWARD_SHARE);
      for (int above = level + 1; above < levels.length; above++) {
        FlatAdjacency upper = levels[above];
        for (int upperSlot = 0; upperSlot < upper.size(); upperSlot++) {
          int slot = here.slotOf(upper.ordinalAt(upperSlot));
          for (int i = 0; i < Math.min(links, upper.degree(upperSlot)); i++) {
            if (here.degree(slot) < here.maxDegree()) {
              here.appendIfAbsent(slot, upper.neighbor(upperSlot, i), upper.score(upperSlot, i));
            }
          }
        }
      }
    }

    /** Makes the best neighbours of a range of nodes know them, too. */
    private void addReverseEdges(
        FlatAdjacency level,
        BulkParams bulk,
        LocalityOrder order,
        int fromRank,
        int toRank,
        TargetPruner[] pruners)
        throws IOException {
      int[] starts = new int[toRank - fromRank + 1];
      for (int i = 0; i < toRank - fromRank; i++) {
        int degree = level.degree(order.slots()[fromRank + i]);
        starts[i + 1] = starts[i] + Math.min(bulk.reverseDegree(), degree);
      }
      groups.reset(starts[toRank - fromRank]);
      parallel.forEach(
          toRank - fromRank,
          1024,
          (worker, from, to) -> {
            for (int i = from; i < to; i++) {
              int slot = order.slots()[fromRank + i];
              int node = level.ordinalAt(slot);
              for (int j = 0; j < starts[i + 1] - starts[i]; j++) {
                int target = order.ranks()[level.slotOf(level.neighbor(slot, j))];
                groups.set(starts[i] + j, target, node, level.score(slot, j));
              }
            }
          });
      groups.forEachTarget(
          level.size(),
          parallel,
          (worker, target, sources, scores, from, to) ->
              pruners[worker].add(level, order.slots()[target], sources, scores, from, to));
    }
  }

  /** What one thread needs to select neighbours on one level. */
  private static final class Worker {
    private final BulkParams bulk;
    private final NeighborSelector selector;
    private final long[] candidates;
    private final long[] selected;

    Worker(RowSource vectors, BulkParams bulk) throws IOException {
      this.bulk = bulk;
      this.selector = new NeighborSelector(new BlockCloseness(vectors, bulk.maxConsidered()));
      this.candidates = new long[bulk.candidates()];
      this.selected = new long[bulk.maxDegree()];
    }

    TargetPruner pruner(BulkParams filled) {
      return new TargetPruner(
          selector, filled.maxDegree(), filled.targetFill(), filled.maxConsidered());
    }

    /**
     * How many of a node's candidates have a score of their own, as a share. Of duplicates all
     * count as diverse: lists must have room for them and for others.
     */
    double shareOfDistinct(FlatAdjacency level, int slot) {
      int distinctScores = 1;
      for (int i = 1; i < level.degree(slot); i++) {
        if (level.score(slot, i) != level.score(slot, i - 1)) {
          distinctScores++;
        }
      }
      return distinctScores / (double) Math.max(1, level.degree(slot));
    }

    /** Returns how many of the neighbours are diverse; the first ones. */
    int selectNeighbors(FlatAdjacency level, int slot, int fillDegree) throws IOException {
      int count = level.copyPairs(slot, candidates);
      if (count == 0 && level.size() > 1) {
        // Nothing compares with this one, as scores that overflow: any neighbour is better than
        // none.
        int other = level.ordinalAt(slot == 0 ? 1 : slot - 1);
        candidates[count++] = ScoredOrdinal.encode(Float.NEGATIVE_INFINITY, other);
      }
      int chosen = selector.select(candidates, count, bulk.maxDegree(), fillDegree, selected);
      level.replace(slot, selected, chosen);
      return selector.diverseCount();
    }
  }

  /**
   * Number of nodes whose reverse edges are added together.
   *
   * @param size number of nodes of the level
   */
  static int reverseBatch(int size, int reverseDegree) {
    int batch = Math.max(MIN_REVERSE_BATCH, size / REVERSE_BATCHES);
    return Math.min(batch, ReverseEdges.MAX_EDGES / reverseDegree);
  }

  /**
   * Most heap bytes that a build takes besides the vectors and besides what each worker needs.
   *
   * @param size number of vectors
   */
  static long estimateBytes(BuildParams params, int size, int dimension) {
    // A small segment keeps more candidates: a megabyte at most with usual parameters.
    BulkParams bulk =
        BulkParams.ofSegment(
            FlatHnswGraph.maxDegree(params.maxConn(), 0),
            params.beamWidth(),
            Math.max(size, BulkParams.SMALL_SEGMENT + 1));
    long lists =
        FlatAdjacency.estimateBytes(size, bulk.candidates())
            + BatchGraphBuilder.estimateUpperBytes(params, size);
    long reduced =
        ReducedVectors.estimateBytes(
            size, Math.min(dimension, DimensionReducer.REDUCED_DIMENSION), Metric.SQUARE);
    // While candidates are collected: a node's leaves, as assigned and as members. The
    // neighbourhoods of the last round take less.
    long leaves = (long) size * 2 * BulkParams.fanout(size) * Integer.BYTES;
    // Afterwards: the order, and a batch of reverse edges.
    long order = (long) size * 2 * Integer.BYTES;
    long batch = Math.min(size, reverseBatch(size, bulk.reverseDegree()));
    long reverse = batch * bulk.reverseDegree() * ReverseEdges.BYTES_PER_EDGE;
    return lists + reduced + Math.max(leaves, order + reverse);
  }
}
