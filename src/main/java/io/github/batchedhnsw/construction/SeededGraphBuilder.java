package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.construction.insertion.BatchInserter;
import io.github.batchedhnsw.construction.insertion.BatchSchedule;
import io.github.batchedhnsw.construction.linking.ReachabilityRepair;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.search.Beam;
import io.github.batchedhnsw.construction.search.BeamSearch;
import io.github.batchedhnsw.construction.selection.LazyPairwiseScores;
import io.github.batchedhnsw.construction.selection.NeighborSelector;
import io.github.batchedhnsw.construction.survey.Duplicates;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.FlatHnswGraph;
import io.github.batchedhnsw.graph.LevelAssignment;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.graph.SplitMix;
import io.github.batchedhnsw.vectors.Metric;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import io.github.batchedhnsw.vectors.ReducedVectors;
import io.github.batchedhnsw.vectors.RowSource;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Extends a graph: takes over the lists of another one, mends those that have lost neighbours, and
 * takes in the other nodes in batches, see {@link BatchInserter}. On every level, from the top
 * down,
 *
 * <ol>
 *   <li>a list without losses is taken over as it is; from a list with losses and the lists of the
 *       nodes it has lost, neighbours are selected anew, as many as there were;
 *   <li>each batch searches from where its nodes' neighbours in their own segment already are,
 *       where there are such, otherwise from the entry point. The beam is hardly wider than a bulk
 *       build keeps candidates.
 * </ol>
 *
 * A level of few nodes is connected exactly instead, unless nothing changes there: then the graph
 * stays what it was. Nodes of the other graph keep their levels, the others draw theirs. Lists are
 * filled as far as those taken over are on average. Vectors are compared in a projection where
 * there is enough to do for it to pay, and a sample and the memory budget allow it. Where there are
 * many exact duplicates the graph is built anew, because only that chains them.
 *
 * <p>Thread-safety: instances have no state besides their parameters.
 */
public final class SeededGraphBuilder implements GraphBuilder {
  private static final int COPY_GRAIN = 256;

  /** Nodes of a level above that a search starts from, where the nearest one is not linked yet. */
  private static final int ENTRIES = 8;

  /** Vectors are projected where this share of the nodes (one in so many) is added or mended. */
  private static final int PROJECT_SHARE = 32;

  /** Graphs are not extended where more than one in so many vectors is a duplicate of another. */
  private static final int DUPLICATE_SHARE = 5;

  /** The same for the vectors that are added. */
  private static final int ADDED_DUPLICATE_SHARE = 20;

  private final BuildParams params;
  private final GraphSeed seed;
  private final BuildLog log;

  /** A builder with the given parameters that extends the given graph. */
  public SeededGraphBuilder(BuildParams params, GraphSeed seed, BuildLog log) {
    this.params = params;
    this.seed = seed;
    this.log = log;
  }

  /** As for building anew where that takes more, because duplicates may ask for it. */
  @Override
  public long estimateBytes(int size, int dimension) {
    long bytes = BatchGraphBuilder.estimateBytes(params, size);
    if (mayProject(size, dimension)) {
      bytes += projectionBytes(size, dimension);
    }
    return seed.ramBytesUsed()
        + Math.max(GraphBuilders.estimateBytes(params, size, dimension), bytes);
  }

  private static long projectionBytes(int size, int dimension) {
    int reducedDimension = Math.min(dimension, DimensionReducer.REDUCED_DIMENSION);
    return ReducedVectors.estimateBytes(size, reducedDimension, Metric.SQUARE);
  }

  /** Whether there is enough memory for projected vectors. */
  private boolean mayProject(int size, int dimension) {
    long bytes = seed.ramBytesUsed() + BatchGraphBuilder.estimateBytes(params, size);
    return bytes <= params.memoryBudgetBytes() - projectionBytes(size, dimension);
  }

  @Override
  public String name() {
    return "extension";
  }

  @Override
  public FlatHnswGraph build(VectorSet vectors, ParallelRanges parallel) throws IOException {
    GraphBuilders.tellIfExceeded(params, estimateBytes(vectors.size(), vectors.dimension()), log);
    int[] representatives = Duplicates.representatives(vectors, parallel);
    if (representatives != null && hasTooManyDuplicates(representatives)) {
      log.phase("exact duplicates: rebuilding instead, which chains them");
      return GraphBuilders.chooseForDuplicates(params, vectors.size(), vectors.dimension(), log)
          .build(vectors, representatives, parallel);
    }
    int added = vectors.size() - seed.nodes(0).length;
    boolean project =
        (seed.hasDeletes() || added > vectors.size() / PROJECT_SHARE)
            && mayProject(vectors.size(), vectors.dimension());
    RowSource rows =
        project ? new DimensionReducer(vectors, parallel, params.seed(), log).reduce() : vectors;
    return new Build(rows, parallel).run();
  }

  /** Whether exact duplicates are many among all vectors, or among those that have no list. */
  private boolean hasTooManyDuplicates(int[] representatives) {
    int[] known = seed.nodes(0);
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

  /** One run of the builder. */
  private final class Build {
    private final RowSource vectors;
    private final ParallelRanges parallel;
    private final int[][] addedByLevel;
    private final FlatAdjacency[] levels;
    private final BatchInserter inserter;
    private final Worker[] workers;
    private final ReachabilityRepair repair;

    Build(RowSource vectors, ParallelRanges parallel) throws IOException {
      this.vectors = vectors;
      this.parallel = parallel;
      this.addedByLevel = addedByLevel();
      int numLevels = addedByLevel.length;
      for (int level = seed.numLevels() - 1; level >= numLevels; level--) {
        if (seed.nodes(level).length > 0) {
          numLevels = level + 1;
        }
      }
      this.levels = new FlatAdjacency[numLevels];
      int maxDegree = FlatHnswGraph.maxDegree(params.maxConn(), 0);
      int widest = Math.max(ENTRIES, Math.max(beamWidth(0), beamWidth(1)));
      int considered = Math.max(Math.max(widest, BatchInserter.EXACT_NODES), 2 * maxDegree);
      this.inserter =
          new BatchInserter(
              vectors,
              parallel,
              widest,
              maxDegree,
              considered,
              params.maxConn() <= GraphBuilders.MAX_BULK_CONN
                  ? scorer -> new BlockCloseness(vectors, considered)
                  : LazyPairwiseScores::new);
      this.workers = new Worker[parallel.workers()];
      for (int i = 0; i < workers.length; i++) {
        workers[i] = new Worker(seed.cursor(), i);
      }
      this.repair = new ReachabilityRepair(inserter.scorer(0), inserter.search(0), parallel);
    }

    /** Ordinals of the nodes without lists, by level; as {@link LevelAssignment#nodesByLevel}. */
    private int[][] addedByLevel() {
      int[] known = seed.nodes(0);
      int[] added = new int[vectors.size() - known.length];
      int next = 0;
      for (int ordinal = 0, i = 0; ordinal < vectors.size(); ordinal++) {
        if (i < known.length && known[i] == ordinal) {
          i++;
        } else {
          added[next++] = ordinal;
        }
      }
      int[][] byLevel = new int[][] {added};
      for (int level = 1; ; level++) {
        int required = level;
        int[] here =
            Arrays.stream(byLevel[level - 1])
                .filter(
                    o -> LevelAssignment.levelOf(params.seed(), o, params.maxConn()) >= required)
                .toArray();
        if (here.length == 0) {
          return byLevel;
        }
        byLevel = Arrays.copyOf(byLevel, level + 1);
        byLevel[level] = here;
      }
    }

    private int[] addedTo(int level) {
      return level < addedByLevel.length ? addedByLevel[level] : new int[0];
    }

    /**
     * As many candidates as a bulk build would keep, if the beam may be so wide. Half as many more
     * where most nodes are added, which then see little of the final level.
     */
    private int beamWidth(int level) {
      int maxDegree = FlatHnswGraph.maxDegree(params.maxConn(), level);
      BulkParams bulk =
          level == 0
              ? BulkParams.of(maxDegree, params.beamWidth())
              : BulkParams.ofUpperLevel(maxDegree, params.beamWidth());
      boolean mostAreAdded = addedByLevel[0].length > vectors.size() / 2;
      int wide = mostAreAdded ? bulk.candidates() * 3 / 2 : bulk.candidates();
      return Math.min(params.beamWidth(), wide);
    }

    FlatHnswGraph run() throws IOException {
      for (int level = levels.length - 1; level >= 0; level--) {
        buildLevel(level);
        log.begin(BuildPhase.REPAIR);
        int linked = repair.repair(levels[level], levels[levels.length - 1].ordinalAt(0));
        log.phase(
            "level of %d nodes: linked %d unreachable part(s) to the rest",
            levels[level].size(), linked);
      }
      return new FlatHnswGraph(params.maxConn(), List.of(levels));
    }

    private void buildLevel(int level) throws IOException {
      int[] kept = level < seed.numLevels() ? seed.nodes(level) : new int[0];
      int[] added = addedTo(level);
      int[] levelNodes = level == 0 ? null : union(kept, added);
      int count = kept.length + added.length;
      int maxDegree = FlatHnswGraph.maxDegree(params.maxConn(), level);
      FlatAdjacency adjacency = new FlatAdjacency(levelNodes, count, maxDegree);
      levels[level] = adjacency;
      boolean changed = seed.hasDeletes() || added.length > 0;
      if (changed && count <= BatchInserter.EXACT_NODES) {
        log.begin(BuildPhase.INSERT);
        start(adjacency, params.fillDegree(maxDegree));
        int[] all = new int[count];
        Arrays.setAll(all, adjacency::ordinalAt);
        inserter.connectExactly(all);
        return;
      }
      log.begin(BuildPhase.TAKE_OVER);
      takeOver(adjacency, level, kept);
      if (!changed) {
        return;
      }
      log.begin(BuildPhase.INSERT);
      long startNanos = System.nanoTime();
      int[] orphans =
          Arrays.stream(kept).filter(o -> adjacency.degree(adjacency.slotOf(o)) == 0).toArray();
      int linked = kept.length - orphans.length;
      double meanDegree =
          linked == 0 ? params.fillDegree(maxDegree) : adjacency.edges() / (double) linked;
      start(adjacency, meanDegree);
      int[] order = insertionOrder(level, added, orphans);
      int inserted = 0;
      int entry;
      if (linked == 0) {
        inserted = BatchInserter.EXACT_NODES;
        inserter.connectExactly(Arrays.copyOf(order, inserted));
        entry = order[0];
      } else {
        entry = firstLinked(adjacency, kept);
      }
      int width = beamWidth(level);
      int above = addedTo(level + 1).length;
      while (inserted < order.length) {
        int batch = BatchSchedule.nextBatch(linked + inserted, count, maxDegree);
        batch = Math.min(batch, (inserted < above ? above : order.length) - inserted);
        int[] nodes = Arrays.copyOfRange(order, inserted, inserted + batch);
        inserter.insert(
            nodes, (worker, index) -> workers[worker].find(level, nodes[index], entry, width));
        inserted += batch;
        log.progress(inserted, order.length, startNanos);
      }
      log.phase("level of %d nodes: inserted %d", count, order.length);
    }

    private void start(FlatAdjacency adjacency, double degree) {
      int maxDegree = adjacency.maxDegree();
      inserter.start(
          adjacency,
          new BatchInserter.Degrees(
              Math.min(maxDegree, (int) Math.ceil(0.9 * degree)),
              Math.min(maxDegree, (int) Math.ceil(1.1 * degree)),
              Math.min(maxDegree, (int) Math.ceil(0.5 * degree))));
    }

    private static int firstLinked(FlatAdjacency adjacency, int[] kept) {
      for (int ordinal : kept) {
        if (adjacency.degree(adjacency.slotOf(ordinal)) > 0) {
          return ordinal;
        }
      }
      throw new AssertionError("a node with neighbours is expected");
    }

    /** Nodes that are also on the level above first: searches of others start from them. */
    private int[] insertionOrder(int level, int[] added, int[] orphans) {
      int[] above = addedTo(level + 1);
      int[] order = new int[added.length + orphans.length];
      System.arraycopy(above, 0, order, 0, above.length);
      int next = above.length;
      for (int i = 0, j = 0; i < added.length; i++) {
        if (j < above.length && above[j] == added[i]) {
          j++;
        } else {
          order[next++] = added[i];
        }
      }
      System.arraycopy(orphans, 0, order, next, orphans.length);
      int[] others = Arrays.copyOfRange(order, above.length, order.length);
      SplitMix.shuffle(others, params.seed() + level);
      System.arraycopy(others, 0, order, above.length, others.length);
      return order;
    }

    /** Copies the lists of a level, and mends those that have lost neighbours. */
    private void takeOver(FlatAdjacency adjacency, int level, int[] kept) throws IOException {
      int[] mended = new int[workers.length];
      parallel.forEach(
          kept.length,
          COPY_GRAIN,
          (worker, from, to) -> {
            for (int i = from; i < to; i++) {
              mended[worker] += workers[worker].takeOver(adjacency, level, kept[i]) ? 1 : 0;
            }
          });
      log.phase(
          "level of %d nodes: took over %d lists, mended %d of them",
          adjacency.size(), kept.length, Arrays.stream(mended).sum());
    }

    /** What one thread needs besides its part of the inserter. */
    private final class Worker {
      private final GraphSeed.Cursor cursor;
      private final OrdinalScorer scorer;
      private final BeamSearch search;
      private final NeighborSelector selector;
      private final int[] nodes;
      private final float[] scores;
      private final long[] pairs;
      private final int[] bridges;
      private final long[] selected = new long[FlatHnswGraph.maxDegree(params.maxConn(), 0)];

      Worker(GraphSeed.Cursor cursor, int worker) {
        this.cursor = cursor;
        this.scorer = inserter.scorer(worker);
        this.search = inserter.search(worker);
        this.selector = inserter.selector(worker);
        int most = 2 * cursor.maxEntries() + selected.length + ENTRIES + 1;
        this.nodes = new int[most];
        this.scores = new float[most];
        this.pairs = new long[most];
        this.bridges = new int[cursor.maxEntries()];
      }

      /** Copies a list; returns whether it had to be mended. */
      boolean takeOver(FlatAdjacency adjacency, int level, int node) throws IOException {
        int slot = adjacency.slotOf(node);
        int kept = cursor.neighbors(level, node, nodes);
        int before = kept + cursor.lost();
        if (cursor.lost() == 0 && kept <= adjacency.maxDegree()) {
          for (int i = 0; i < kept; i++) {
            adjacency.append(slot, nodes[i], Float.NaN);
          }
          return false;
        }
        int found = cursor.bridges(bridges);
        System.arraycopy(bridges, 0, nodes, kept, found);
        int count = distinct(kept + found, node);
        scorer.setQuery(node);
        scorer.score(nodes, count, scores);
        for (int i = 0; i < count; i++) {
          pairs[i] = ScoredOrdinal.encode(scores[i], nodes[i]);
        }
        Beam.sortBestFirst(pairs, count);
        int degree = Math.min(before, adjacency.maxDegree());
        int considered = Math.min(count, 2 * adjacency.maxDegree());
        adjacency.replace(
            slot, selected, selector.select(pairs, considered, degree, degree, selected));
        return true;
      }

      /** Sorts {@link #nodes} and removes one, and what is there more than once. */
      private int distinct(int count, int removed) {
        Arrays.sort(nodes, 0, count);
        int kept = 0;
        for (int i = 0; i < count; i++) {
          if (nodes[i] != removed && (kept == 0 || nodes[i] != nodes[kept - 1])) {
            nodes[kept++] = nodes[i];
          }
        }
        return kept;
      }

      /** Searches a level for a node's neighbours. */
      Beam find(int level, int node, int linkedEntry, int width) throws IOException {
        FlatAdjacency adjacency = levels[level];
        // Where others already know it, as their neighbour elsewhere.
        int count = adjacency.copyNeighbors(adjacency.slotOf(node), nodes);
        if (level == 0) {
          int hints = cursor.hints(node, bridges);
          System.arraycopy(bridges, 0, nodes, count, hints);
          count += hints;
        }
        boolean linked = false;
        for (int i = 0; i < count && !linked; i++) {
          linked = isLinked(adjacency, nodes[i]);
        }
        scorer.setQuery(node);
        if (!linked) {
          count = descend(level, count);
          nodes[count++] = linkedEntry;
        }
        return search.search(adjacency, scorer, nodes, count, width);
      }

      /** Adds the nodes of the level above where a search should start; returns the new count. */
      private int descend(int level, int count) throws IOException {
        if (level == levels.length - 1) {
          return count;
        }
        int entry = levels[levels.length - 1].ordinalAt(0);
        for (int above = levels.length - 1; above > level; above--) {
          entry = search.nearest(levels[above], scorer, entry);
        }
        if (isLinked(levels[level], entry)) {
          nodes[count] = entry;
          return count + 1;
        }
        Beam several = search.search(levels[level + 1], scorer, entry, ENTRIES);
        for (int i = 0; i < several.size(); i++) {
          nodes[count + i] = ScoredOrdinal.ordinal(several.pairs()[i]);
        }
        return count + several.size();
      }

      private static boolean isLinked(FlatAdjacency adjacency, int ordinal) {
        return adjacency.degree(adjacency.slotOf(ordinal)) > 0;
      }
    }
  }

  /** Two ascending lists without common elements as one. */
  private static int[] union(int[] a, int[] b) {
    int[] union = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, union, a.length, b.length);
    Arrays.sort(union);
    return union;
  }
}
