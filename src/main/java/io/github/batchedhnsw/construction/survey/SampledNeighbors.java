// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.survey;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.search.Beam;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.graph.SplitMix;
import io.github.batchedhnsw.vectors.Metric;
import io.github.batchedhnsw.vectors.OrdinalScorer;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.IOException;
import java.util.Arrays;

/**
 * Some vectors of a level, spread over it by hash, with their exact nearest neighbours among all of
 * its vectors, as ground truth for approximations.
 *
 * @param positions of the sampled vectors among the level's, ascending
 * @param nearest nearest neighbours of each, best first, as {@link ScoredOrdinal}s
 * @param clumped share of the sampled vectors that lie in a clump: see {@link #CLUMP_RATIO}
 */
public record SampledNeighbors(int[] positions, long[][] nearest, double clumped) {
  /**
   * A vector lies in a clump if thinning the others out by four multiplies the squared distance
   * from the nearest by more than this at some density. On a smooth manifold of {@code m}
   * dimensions the factor is {@code 4^(2/m)} on average: 2 for four dimensions, 1.2 for sixteen.
   */
  public static final double CLUMP_RATIO = 8;

  /**
   * Share of clumped vectors beyond which a level counts as clumped. Of 20,000 sentences of which
   * some are groups of ten copies, those with .15 of such are served better by what unclumped
   * levels get, and those with .4 by what clumped ones get.
   */
  private static final double MOST_CLUMPED = 0.25;

  /**
   * The same if Lucene would join all nodes. Their lists are shorter: merged from ten segments, the
   * sentences of which .15 are copies lose .009 of recall with what unclumped levels get.
   */
  private static final double MOST_CLUMPED_JOINED = 0.05;

  /**
   * Share beyond which some clumps count. Topics of 30,000 short texts (latent semantic analysis),
   * of which .05 are clumped, lose .01 of recall without long edges.
   */
  private static final double SOME_CLUMPED = 0.04;

  private static final int RANGE_ROWS = 128;

  /**
   * Number of nested subsets of the vectors, each a quarter of the previous one; the first is the
   * full set.
   */
  private static final int DENSITIES = 8;

  /** Smaller subsets are not used: the distance to the nearest of so few vectors is random. */
  private static final int MIN_SUBSET = 32;

  /**
   * Finds the nearest neighbours of a sample.
   *
   * @param ordinals of the level's vectors
   * @param size of the sample, at most as many as there are vectors
   * @param count number of neighbours to find
   */
  public static SampledNeighbors of(
      VectorSet vectors, int[] ordinals, int size, int count, long seed, ParallelRanges parallel)
      throws IOException {
    int[] positions = new int[size];
    Arrays.setAll(positions, i -> SplitMix.sample(seed, i, size, ordinals.length));
    int[] queries = Arrays.stream(positions).map(position -> ordinals[position]).toArray();
    Worker[] workers = new Worker[parallel.workers()];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(vectors.scorer(), queries, count);
    }
    parallel.forEach(
        ordinals.length,
        RANGE_ROWS,
        (worker, from, to) -> workers[worker].compare(ordinals, from, to, seed));
    long[][] nearest = new long[size][];
    int clumped = 0;
    Beam merged = new Beam(count);
    for (int i = 0; i < size; i++) {
      merged.reset(count);
      float[] best = new float[DENSITIES];
      Arrays.fill(best, Float.NEGATIVE_INFINITY);
      for (Worker worker : workers) {
        for (int j = 0; j < worker.beams[i].size(); j++) {
          merged.offer(worker.beams[i].pairs()[j]);
        }
        for (int d = 1; d < DENSITIES; d++) {
          best[d] = Math.max(best[d], worker.best[i][d]);
        }
      }
      nearest[i] = Arrays.copyOf(merged.pairs(), merged.size());
      best[0] = merged.size() == 0 ? best[0] : ScoredOrdinal.score(merged.pairs()[0]);
      clumped += isClumped(vectors.metric(), best, ordinals.length) ? 1 : 0;
    }
    return new SampledNeighbors(positions, nearest, clumped / (double) size);
  }

  private static boolean isClumped(Metric metric, float[] best, int size) {
    if (metric == Metric.INNER_PRODUCT) {
      return false; // a score does not determine a distance
    }
    for (int d = 0; d + 1 < DENSITIES && size >>> 2 * (d + 1) >= MIN_SUBSET; d++) {
      if (squaredDistance(metric, best[d + 1]) > CLUMP_RATIO * squaredDistance(metric, best[d])) {
        return true;
      }
    }
    return false;
  }

  /** The squared distance of unit vectors whose score is a dot product. */
  private static double squaredDistance(Metric metric, float score) {
    return metric == Metric.EUCLIDEAN ? -score : Math.max(0, 2 - 2 * (double) score);
  }

  /**
   * Whether so many vectors lie in clumps that all nodes of the level need other edges.
   *
   * @param joinedShare see {@link io.github.batchedhnsw.construction.BuildParams#joinedShare}
   */
  public boolean isClumped(double joinedShare) {
    return clumped > MOST_CLUMPED + joinedShare * (MOST_CLUMPED_JOINED - MOST_CLUMPED);
  }

  /** Whether there are clumps that searches may end in. */
  public boolean hasClumps() {
    return clumped > SOME_CLUMPED;
  }

  /** Number of sampled vectors. */
  public int size() {
    return positions.length;
  }

  private static final class Worker {
    private final OrdinalScorer scorer;
    private final Beam[] beams;
    private final float[][] best; // by sampled vector and density, but for the full set
    private final int[] range = new int[RANGE_ROWS];
    private final byte[] densities = new byte[RANGE_ROWS];
    private final int[] thinned = new int[RANGE_ROWS]; // indexes of those in smaller subsets
    private final int[] queries;
    private final float[] scores;

    Worker(OrdinalScorer scorer, int[] queries, int count) {
      int size = queries.length;
      this.scorer = scorer;
      this.queries = queries;
      this.scores = new float[size * RANGE_ROWS];
      this.beams = new Beam[size];
      this.best = new float[size][DENSITIES];
      for (int i = 0; i < size; i++) {
        beams[i] = new Beam(count);
        beams[i].reset(count);
        Arrays.fill(best[i], Float.NEGATIVE_INFINITY);
      }
    }

    void compare(int[] ordinals, int from, int to, long seed) throws IOException {
      int count = to - from;
      int thinnedCount = 0;
      for (int i = 0; i < count; i++) {
        range[i] = ordinals[from + i];
        int zeros = Long.numberOfLeadingZeros(SplitMix.hash(~seed, range[i]));
        densities[i] = (byte) Math.min(DENSITIES - 1, zeros / 2);
        thinned[thinnedCount] = i;
        thinnedCount += densities[i] > 0 ? 1 : 0;
      }
      scorer.scoreAll(queries, range, count, scores);
      for (int q = 0; q < queries.length; q++) {
        keepNearest(q, count);
        for (int t = 0; t < thinnedCount; t++) {
          int i = thinned[t];
          float score = scores[q * count + i];
          for (int d = densities[i]; d > 0 && score > best[q][d] && range[i] != queries[q]; d--) {
            best[q][d] = score;
          }
        }
      }
    }

    private void keepNearest(int q, int count) {
      Beam beam = beams[q];
      float bound = beam.worst();
      for (int i = 0; i < count; i++) {
        float score = scores[q * count + i];
        if (score >= bound && range[i] != queries[q]) {
          beam.offer(ScoredOrdinal.encode(score, range[i]));
          bound = beam.worst();
        }
      }
    }
  }
}
