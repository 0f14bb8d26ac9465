package io.github.batchedhnsw.construction.linking;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.search.Beam;
import io.github.batchedhnsw.construction.search.BeamSearch;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.graph.SplitMix;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Finds out by searches whether nodes of the lowest level can be found, and where too many cannot,
 * links them to where searches for them end.
 */
public final class NavigabilityRepair {
  public static final int WIDTH = 40;
  private static final int SAMPLE = 512;
  private static final double MOST_LOST = 0.005;
  private static final int[] SHARES = {16, 4, 1};

  private final VectorSet vectors;
  private final List<FlatAdjacency> levels;
  private final long seed;
  private final ParallelRanges parallel;
  private final io.github.batchedhnsw.construction.BuildLog log;

  public NavigabilityRepair(
      VectorSet vectors,
      List<FlatAdjacency> levels,
      long seed,
      ParallelRanges parallel,
      io.github.batchedhnsw.construction.BuildLog log) {
    this.vectors = vectors;
    this.levels = levels;
    this.seed = seed;
    this.parallel = parallel;
    this.log = log;
  }

  public void repair() throws IOException {
    FlatAdjacency lowest = levels.get(0);
    Worker[] workers = new Worker[parallel.workers()];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker();
    }
    int sampled = Math.min(SAMPLE, lowest.size());
    int[] sample = new int[sampled];
    Arrays.setAll(sample, i -> SplitMix.sample(~seed, i, sampled, lowest.size()));
    for (int share : SHARES) {
      int lost = lost(workers, sample, new int[sampled], new float[sampled]);
      log.phase("searches of width %d miss %d of %d nodes", WIDTH, lost, sampled);
      if (lost <= MOST_LOST * sampled) {
        return;
      }
      int[] nodes = new int[(lowest.size() + share - 1) / share];
      Arrays.setAll(nodes, i -> SplitMix.sample(seed + share, i, nodes.length, lowest.size()));
      int[] ends = new int[nodes.length];
      float[] scores = new float[nodes.length];
      int links = lost(workers, nodes, ends, scores);
      for (int i = 0; i < nodes.length; i++) {
        if (ends[i] >= 0) {
          link(lowest, ends[i], nodes[i], scores[i]);
          link(lowest, nodes[i], ends[i], scores[i]);
        }
      }
      log.phase("linked %d nodes to where searches for them ended", links);
    }
  }

  private static void link(FlatAdjacency level, int from, int to, float score) {
    if (!level.contains(from, to)) {
      level.put(from, Math.min(level.degree(from), level.maxDegree() - 1), to, score);
    }
  }

  /** Searches nodes; returns how many are not found. */
  private int lost(Worker[] workers, int[] nodes, int[] ends, float[] scores) throws IOException {
    parallel.forEach(
        nodes.length,
        16,
        (worker, from, to) -> {
          for (int i = from; i < to; i++) {
            workers[worker].search(nodes[i], i, ends, scores);
          }
        });
    return (int) Arrays.stream(ends).filter(end -> end >= 0).count();
  }

  private final class Worker {
    private final OrdinalScorer scorer = vectors.scorer();
    private final BeamSearch search =
        new BeamSearch(vectors.size(), WIDTH, levels.get(0).maxDegree());

    Worker() throws IOException {}

    void search(int node, int index, int[] ends, float[] scores) throws IOException {
      scorer.setQuery(node);
      int entry = levels.get(levels.size() - 1).ordinalAt(0);
      for (int level = levels.size() - 1; level > 0; level--) {
        entry = search.nearest(levels.get(level), scorer, entry);
      }
      Beam found = search.search(levels.get(0), scorer, entry, WIDTH);
      ends[index] = -1;
      for (int i = 0; i < found.size(); i++) {
        if (ScoredOrdinal.ordinal(found.pairs()[i]) == node) {
          return;
        }
      }
      ends[index] = ScoredOrdinal.ordinal(found.pairs()[0]);
      scores[index] = ScoredOrdinal.score(found.pairs()[0]);
    }
  }
}
