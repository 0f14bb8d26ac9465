// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

import io.github.batchedhnsw.construction.candidates.JoinPlan.ColumnCode;
import io.github.batchedhnsw.construction.candidates.JoinPlan.LongEdges;
import io.github.batchedhnsw.construction.partition.Clusters;
import io.github.batchedhnsw.construction.survey.SampledNeighbors;
import io.github.batchedhnsw.vectors.Metric;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Chooses the parameters of a join by trials on sampled vectors whose nearest neighbours are known:
 * the cheapest ones whose candidates are complete enough, see {@link Completeness}.
 */
public final class JoinPlanner {
  /** Vectors of more dimensions are kept in float32 on small levels only: they are too large. */
  static final int MAX_FLOAT_DIMENSION = 256;

  /** Largest size of a small level. */
  public static final int MAX_SMALL_LEVEL = 4096;

  /**
   * Share of hits beyond the beam width that sign codes need, multiplied by the dimension: codes
   * with fewer bits are less accurate. With 384, 1.3 times the beam width was enough.
   */
  private static final double EXTRA_HITS = 115;

  /** Columns that are tried, for a beam width of 100. */
  private static final int[] COLUMNS = {
    750, 1000, 1500, 2000, 2750, 3500, 4500, 6000, 8000, 11_000, 15_000
  };

  /** Number of the columns that are tried first. */
  private static final int FEW_COLUMNS = 8;

  /**
   * Hits that are tried, in tenths of the beam width. The lowest numbers are tried only for
   * distances in float32, because the farther hits that codes find compensate for the nearer ones
   * that they miss.
   */
  private static final int[] HITS = {5, 6, 7, 8, 9, 10, 11, 13, 16, 20, 26};

  /** Fewest hits of sign codes and of inner products, as a share of the beam width. */
  private static final double FEWEST_SIGN_HITS = 0.9;

  /** The same if hits count for both vectors. */
  private static final double FEWEST_SIGN_HITS_BOTH_WAYS = 0.66;

  /** Relative reduction of the fewest hits of sign codes for nodes that Lucene would join. */
  private static final double JOINED_HITS_LOSS = 0.125;

  /**
   * Share of the hits that are not used if Lucene would join all nodes. Of many hits of sign codes,
   * the last ones are far and diverse: with them lists become longer than those of stock's merges.
   */
  private static final double JOINED_USED_LOSS = 0.4;

  /**
   * Share of the beam width up to which a row's best hits are reversed: those that must be
   * complete.
   */
  private static final double REVERSED = 0.25;

  /**
   * Price of a shortfall of 0.01, in hundredths of the cost. If distances have so little contrast
   * that completeness is expensive, the searches of insertion find less, too: for 100,000 uniform
   * random vectors of 64 dimensions, 0.6 of the nearest give a better graph than insertion's.
   */
  private static final double SHORTFALL_PRICE = 12;

  /**
   * How many more candidates than the beam is wide are used where vectors lie in clumps, on small
   * levels and for long edges, as a share of the beam width.
   */
  private static final double CLUMPED_MORE = 0.5;

  private final Completeness completeness;
  private final JoinCost cost;
  private final int fewestSignHits;
  private final int mostUsed; // of the hits, by selection
  private final int clumpedUsed; // likewise, see CLUMPED_MORE
  private final double joinedShare;
  private final boolean innerProduct;
  private final int beamWidth;
  private final int dimension;
  private final int reversed;

  /**
   * The result of a trial of columns and hits.
   *
   * @param price the value to minimize: what a row costs, and more where candidates fall short
   */
  private record Trial(
      ColumnCode code, int columns, int hits, double[] shares, double badlyServed, double price) {}

  /**
   * A chosen plan.
   *
   * @param join prepared with the plan's code
   * @param shares of the sample's nearest neighbours that the candidates hold, by zone
   * @param badlyServed share of the sample that finds less than half of the nearest zones
   */
  public record Choice(JoinPlan plan, ClusterJoin join, double[] shares, double badlyServed) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%s; candidates hold %.3f, %.3f and %.3f of a sample's nearest neighbours, and %.3f of it"
              + " are served badly",
          plan,
          shares[0],
          shares[1],
          shares[2],
          badlyServed);
    }
  }

  /**
   * A planner for one level.
   *
   * @param beamWidth number of candidates that selection should receive
   * @param joinedShare see {@link io.github.batchedhnsw.construction.BuildParams#joinedShare}
   * @param bothWays whether hits count for both vectors
   * @param recallAbove share of the nearest neighbours that narrow searches find on the level
   *     above; 1 if that is not known
   */
  public JoinPlanner(
      int beamWidth,
      int dimension,
      Metric metric,
      double joinedShare,
      boolean bothWays,
      double recallAbove) {
    this.innerProduct = metric == Metric.INNER_PRODUCT;
    this.completeness = new Completeness(joinedShare, bothWays, recallAbove);
    this.cost = new JoinCost(dimension, beamWidth);
    this.fewestSignHits =
        (int)
            (beamWidth
                * (bothWays ? FEWEST_SIGN_HITS_BOTH_WAYS : FEWEST_SIGN_HITS)
                * (1 - JOINED_HITS_LOSS * joinedShare));
    this.reversed = bothWays ? reversed(beamWidth) : 0;
    this.mostUsed = (int) (beamWidth * (1 - JOINED_USED_LOSS * joinedShare));
    this.clumpedUsed = (int) (beamWidth * (1 + CLUMPED_MORE * (1 - joinedShare)));
    this.joinedShare = joinedShare;
    this.beamWidth = beamWidth;
    this.dimension = dimension;
  }

  /**
   * Returns the plan of a level that is too small for trials: as many columns as are useful, and
   * long edges, because a small sample may miss groups that are far from the others.
   *
   * @param longEdges {@link LongEdges#ADDED}, or {@link LongEdges#BETWEEN_CLUMPS}, with which more
   *     candidates are used: the nearest neighbours of a node belong to few clumps, while
   *     insertion, which sees half of the vectors on average, finds members of twice as many
   */
  public JoinPlan forSmallLevel(int size, LongEdges longEdges) {
    int used = longEdges == LongEdges.BETWEEN_CLUMPS ? clumpedUsed : beamWidth;
    int columns = Math.min(size, scaled(6000));
    int extraHits = (int) (beamWidth * EXTRA_HITS / dimension);
    boolean inFloats =
        (dimension <= MAX_FLOAT_DIMENSION || size <= MAX_SMALL_LEVEL)
            && cost.pair(ColumnCode.FLOATS) * columns
                <= cost.pair(ColumnCode.SIGNS) * columns + extraHits * cost.hit();
    return inFloats
        ? new JoinPlan(ColumnCode.FLOATS, columns, used, used, 0, longEdges)
        : new JoinPlan(ColumnCode.SIGNS, columns, used + extraHits, used, 0, longEdges);
  }

  /**
   * Returns the plan of a subset of a level, whose edges become long edges; fewer long edges need
   * fewer candidates.
   *
   * @param longEdges see {@link JoinPlan#longEdges}
   */
  public JoinPlan forSubset(int size, LongEdges longEdges) {
    JoinPlan plan = forSmallLevel(size, longEdges);
    double share = longEdges.share() / LongEdges.ADDED.share();
    return new JoinPlan(
        plan.code(),
        Math.min(size, (int) (plan.columns() * share)),
        (int) Math.ceil(plan.hits() * share),
        (int) Math.ceil(plan.used() * share),
        0,
        longEdges);
  }

  /** Most hits of a row that are reversed. */
  public static int reversed(int beamWidth) {
    return (int) Math.ceil(beamWidth * REVERSED);
  }

  private int scaled(int columns) {
    return (int) (columns * Math.max(0.5, Math.min(3, beamWidth / 100.0)));
  }

  private int hits(int trial) {
    return Math.max(1, beamWidth * HITS[trial] / 10);
  }

  /** Prepares a join with a code. */
  @FunctionalInterface
  public interface Joins {
    /** Returns a join over all vectors of the level, which compares them by the given code. */
    ClusterJoin with(ColumnCode code) throws IOException;
  }

  /**
   * Chooses a plan. Signs, which are cheaper to compare, are tried first. Floats are also tried if
   * they would be better with the same columns and complete candidates.
   *
   * @param ordinals of the level's vectors
   */
  public Choice choose(Joins joins, Clusters clusters, int[] ordinals, SampledNeighbors sample)
      throws IOException {
    ClusterJoin chosen = joins.with(ColumnCode.SIGNS);
    Trial best = cheapest(chosen, ColumnCode.SIGNS, clusters, ordinals, sample);
    if (dimension <= MAX_FLOAT_DIMENSION
        && cost.row(ColumnCode.FLOATS, Math.min(best.columns, ordinals.length), hits(0))
            < best.price) {
      ClusterJoin join = joins.with(ColumnCode.FLOATS);
      Trial trial = cheapest(join, ColumnCode.FLOATS, clusters, ordinals, sample);
      if (trial.price < best.price) {
        best = trial;
        chosen = join;
      }
    }
    JoinPlan plan =
        new JoinPlan(
            best.code,
            best.columns,
            best.hits,
            Math.min(mostUsed, best.hits),
            reversed,
            longEdges(sample));
    return new Choice(plan, chosen, best.shares, best.badlyServed);
  }

  /**
   * Chooses the long edges. Where vectors lie in clumps, only they lead from one clump to another.
   * Where there are a few clumps, or searches are hard, narrow ones end too early without them: of
   * 340,000 vectors of GloVe, those of width 10 find .579 of the nearest, and .588 with such edges.
   */
  private LongEdges longEdges(SampledNeighbors sample) {
    if (sample.isClumped(joinedShare)) {
      return LongEdges.BETWEEN_CLUMPS;
    }
    return sample.hasClumps() || completeness.isHard() ? LongEdges.IN_PLACE : LongEdges.NONE;
  }

  /** Tries many columns only if few do not suffice. */
  private Trial cheapest(
      ClusterJoin join, ColumnCode code, Clusters clusters, int[] ordinals, SampledNeighbors sample)
      throws IOException {
    Trial best = cheapest(join, code, clusters, ordinals, sample, FEW_COLUMNS);
    return best.columns < Math.min(scaled(COLUMNS[FEW_COLUMNS - 1]), ordinals.length)
        ? best
        : cheapest(join, code, clusters, ordinals, sample, COLUMNS.length);
  }

  private Trial cheapest(
      ClusterJoin join,
      ColumnCode code,
      Clusters clusters,
      int[] ordinals,
      SampledNeighbors sample,
      int columnsTried)
      throws IOException {
    int[] tried = Arrays.stream(COLUMNS).limit(columnsTried).map(this::scaled).toArray();
    int[] hitsTried = IntStream.range(0, HITS.length).map(this::hits).toArray();
    SampleTrials trials = new SampleTrials(clusters, ordinals, sample, tried, hitsTried, beamWidth);
    trials.run(join);
    Trial best = null;
    for (int c = 0; c < tried.length; c++) {
      for (int h = 0; h < hitsTried.length; h++) {
        int hits = hitsTried[h];
        if (hits < fewestHits(code, sample)) {
          continue;
        }
        double[] shares = trials.shares(c, h);
        double badlyServed = trials.badlyServed(c, h);
        double price =
            cost.row(code, Math.min(tried[c], ordinals.length), hits)
                * Math.exp(SHORTFALL_PRICE * completeness.shortfall(shares, badlyServed));
        if (best == null || price < best.price) {
          best = new Trial(code, tried[c], hits, shares, badlyServed, price);
        }
      }
    }
    return best;
  }

  /**
   * Fewest hits that are tried: where vectors lie in clumps as many as the beam is wide, because
   * the farther ones reach other clumps.
   */
  private int fewestHits(ColumnCode code, SampledNeighbors sample) {
    if (sample.isClumped(joinedShare)) {
      return beamWidth;
    }
    return code == ColumnCode.SIGNS || innerProduct ? fewestSignHits : 0;
  }
}
