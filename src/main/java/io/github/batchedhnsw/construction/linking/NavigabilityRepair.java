// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.linking;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.graph.SplitMix;
import io.github.batchedhnsw.vectors.Metric;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Searches for sampled nodes from the entry point, and links those that are not found to the nodes
 * where their searches end. If vectors lie in groups far from each other, searches can fail to find
 * nodes even of a connected graph.
 *
 * <p>Searches are parallel, on a graph that does not change meanwhile; links are added serially in
 * the order of nodes. Not thread-safe.
 */
public final class NavigabilityRepair {
  private static final int MAX_SAMPLE = 256;
  private static final int MIN_SAMPLE = 64;

  /** One in this many nodes is sampled. */
  private static final int SAMPLED_SHARE = 32;

  private static final int SEARCH_GRAIN = 16;
  private static final int LINK_GRAIN = 1 << 12;

  /**
   * Largest share of missed sampled nodes for which each pass is not made; higher for passes with
   * more searches.
   */
  private static final double[] MOST_LOST = {0.005, 0.015, 0.045};

  /**
   * Share of the missed nodes that may remain after a pass for the next one to be worthwhile. If
   * whole groups are missed, links to some of their nodes make all of them reachable; nodes that
   * are individually hard to find are as hard to find with insertion.
   */
  private static final double MOST_LEFT = 0.75;

  /**
   * Share of missed nodes from which on the next pass is always made, except for inner products,
   * with which short vectors are in no neighbour list.
   */
  private static final double MANY_LOST = 0.1;

  /** For each pass, one node in this many is searched for and linked. */
  private static final int[] SHARES = {16, 4, 1};

  private final List<FlatAdjacency> levels;
  private final boolean innerProduct;
  private final long seed;
  private final ParallelRanges parallel;
  private final NodeSearch[] searches; // of the workers

  /**
   * The result of a repair.
   *
   * @param lost share of the sampled nodes that are not found after the repair
   * @param links edges that were added
   */
  public record Result(double lost, int links) {}

  /**
   * A repair of level 0.
   *
   * @param levels all levels
   * @param width of the searches
   */
  public NavigabilityRepair(
      VectorSet vectors, List<FlatAdjacency> levels, int width, long seed, ParallelRanges parallel)
      throws IOException {
    this.levels = levels;
    this.innerProduct = vectors.metric() == Metric.INNER_PRODUCT;
    this.seed = seed;
    this.parallel = parallel;
    this.searches = new NodeSearch[parallel.workers()];
    for (int i = 0; i < searches.length; i++) {
      searches[i] = new NodeSearch(vectors, levels, width);
    }
  }

  /** Searches and links until few enough nodes are missed, or links no longer help. */
  public Result repair() throws IOException {
    int size = levels.get(0).size();
    int links = 0;
    double before = Double.POSITIVE_INFINITY;
    for (int pass = 0; ; pass++) {
      double lost = lost();
      if (pass == SHARES.length || lost <= MOST_LOST[pass] || isHard(lost, before)) {
        return new Result(lost, links);
      }
      before = lost;
      int[] nodes = sample((size + SHARES[pass] - 1) / SHARES[pass], seed + pass);
      int[] ends = new int[nodes.length];
      float[] scores = new float[nodes.length];
      search(nodes, ends, scores);
      links += link(nodes, ends, scores);
    }
  }

  /** Whether the missed nodes are individually hard to find, and links have not helped. */
  private boolean isHard(double lost, double before) {
    return lost > MOST_LEFT * before && (lost < MANY_LOST || innerProduct);
  }

  /** Returns the share of sampled nodes that searches do not find. */
  public double lost() throws IOException {
    int size = levels.get(0).size();
    int sampled = Math.max(MIN_SAMPLE, Math.min(MAX_SAMPLE, size / SAMPLED_SHARE));
    int[] sample = sample(Math.min(size, sampled), ~seed);
    int lost = search(sample, new int[sample.length], new float[sample.length]);
    return lost / (double) sample.length;
  }

  /**
   * Share of the given neighbours that searches find.
   *
   * @param queries nodes of level 0
   * @param nearest for each its nearest neighbours, best first
   * @param count how many of the nearest neighbours are counted
   */
  public double recall(int[] queries, long[][] nearest, int count) throws IOException {
    int[] found = new int[queries.length];
    int[] wanted = new int[queries.length];
    parallel.forEach(
        queries.length,
        SEARCH_GRAIN,
        (worker, from, to) -> {
          for (int i = from; i < to; i++) {
            wanted[i] = Math.min(count, nearest[i].length);
            if (wanted[i] > 0) {
              found[i] =
                  searches[worker].countFound(queries[i], nearest[i][wanted[i] - 1], wanted[i]);
            }
          }
        });
    return Arrays.stream(found).sum() / (double) Math.max(1, Arrays.stream(wanted).sum());
  }

  private int[] sample(int count, long sampleSeed) {
    int[] nodes = new int[count];
    Arrays.setAll(nodes, i -> SplitMix.sample(sampleSeed, i, count, levels.get(0).size()));
    return nodes;
  }

  /**
   * Links nodes to those where their searches ended, in both directions; returns the number of
   * links.
   */
  private int link(int[] nodes, int[] ends, float[] scores) throws IOException {
    parallel.inOrder(
        nodes.length,
        LINK_GRAIN,
        (worker, from, to) -> {
          for (int i = from; i < to; i++) {
            if (ends[i] >= 0) {
              link(ends[i], nodes[i], scores[i]);
              link(nodes[i], ends[i], scores[i]);
            }
          }
        });
    return 2 * (int) Arrays.stream(ends).filter(end -> end >= 0).count();
  }

  private void link(int from, int to, float score) {
    FlatAdjacency level = levels.get(0);
    if (!level.contains(from, to)) {
      level.put(from, Math.min(level.degree(from), level.maxDegree() - 1), to, score);
    }
  }

  /**
   * Searches for nodes.
   *
   * @param ends receives the node where the search for each ended, -1 if it was found
   * @param scores receives the scores of those pairs
   * @return how many are not found
   */
  private int search(int[] nodes, int[] ends, float[] scores) throws IOException {
    parallel.forEach(
        nodes.length,
        SEARCH_GRAIN,
        (worker, from, to) -> {
          for (int i = from; i < to; i++) {
            long end = searches[worker].find(nodes[i]);
            ends[i] = end == NodeSearch.FOUND ? -1 : ScoredOrdinal.ordinal(end);
            scores[i] = end == NodeSearch.FOUND ? 0 : ScoredOrdinal.score(end);
          }
        });
    return (int) Arrays.stream(ends).filter(end -> end >= 0).count();
  }
}
