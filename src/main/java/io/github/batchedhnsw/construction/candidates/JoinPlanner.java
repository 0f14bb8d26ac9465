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
 * the cheapest ones whose candidates are complete enough. Cost is counted in operations, never in
 * time, so that the choice is reproducible.
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
   * Hits that are tried, in tenths of the beam width. The lowest numbers are tried only if
   * estimates are exact, because the farther hits that codes find compensate for the nearer ones
   * that they miss.
   */
  private static final int[] HITS = {5, 6, 7, 8, 9, 10, 11, 13, 16, 20, 26};

  private static final double FEWEST_SIGN_HITS = 0.9;

  /** The same if hits count for both vectors. */
  private static final double FEWEST_SIGN_HITS_BOTH_WAYS = 0.66;

  /** Relative reduction of the targets for nodes that Lucene would join. */
  private static final double[] JOINED_LOSS = {0.02, 0.05, 0.3};

  /** The same reduction for the fewest hits of sign codes. */
  private static final double JOINED_HITS_LOSS = 0.125;

  /** Share of the hits that are not used if Lucene would join all nodes. */
  private static final double JOINED_USED_LOSS = 0.2;

  /**
   * Shares of the exact nearest neighbours that candidates must hold: of the first tenth of the
   * beam width, of those up to a quarter, and of the rest. Of a hundred neighbours, the first two
   * dozen and some forty of the rest must be present.
   */
  private static final double[] TARGETS = {0.95, 0.9, 0.62};

  /**
   * The same if hits count for both vectors. Of the nearest ten that a row of sentence embeddings
   * misses, more than half find the row, and of the next ones almost half.
   */
  private static final double[] TARGETS_BOTH_WAYS = {0.9, 0.82, 0.53};

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
   * Number of zones of nearest neighbours of which insertion also finds fewer if searches are hard.
   */
  private static final int NEAR_ZONES = 2;

  /**
   * Share of the nearest neighbours that narrow searches find on the level above, from which on
   * searches are easy: .97 and more for sentence embeddings, of which insertion finds .99 on level
   * 0.
   */
  private static final double EASY_RECALL_ABOVE = 0.97;

  /**
   * Share of neighbours that insertion misses on level 0, relative to the share that narrow
   * searches of the level above miss beyond easy ones. A factor of 1 was too much for 340,000
   * vectors of GloVe.
   */
  private static final double HARD_LOSS = 0.5;

  /**
   * How many more candidates than the beam is wide are used where vectors lie in clumps, on small
   * levels and for long edges, as a share of the beam width.
   */
  private static final double CLUMPED_MORE = 0.5;

  /** Most vectors, as a share, that may find less than half of the first quarter. */
  private static final double MOST_BADLY_SERVED = 0.02;

  /** The same if hits count for both vectors. */
  private static final double MOST_BADLY_SERVED_BOTH_WAYS = 0.04;

  private final double[] targets;
  private final int fewestSignHits;
  private final int mostUsed; // of the hits, by selection
  private final int clumpedUsed; // likewise, see CLUMPED_MORE
  private final boolean innerProduct;
  private final int beamWidth;
  private final int dimension;
  private final boolean hard;
  private final int reversed;
  private final double mostBadlyServed;

  /**
   * The result of a trial of columns and hits.
   *
   * @param shortfall how far the shares fall short of the targets, 0 if they do not
   */
  private record Trial(
      ColumnCode code,
      int columns,
      int hits,
      double[] shares,
      double badlyServed,
      double shortfall,
      double cost) {
    /** The value to minimize. */
    double price() {
      return cost * Math.exp(SHORTFALL_PRICE * shortfall);
    }
  }

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
    this.targets = (bothWays ? TARGETS_BOTH_WAYS : TARGETS).clone();
    this.fewestSignHits =
        (int)
            (beamWidth
                * (bothWays ? FEWEST_SIGN_HITS_BOTH_WAYS : FEWEST_SIGN_HITS)
                * (1 - JOINED_HITS_LOSS * joinedShare));
    this.mostBadlyServed = bothWays ? MOST_BADLY_SERVED_BOTH_WAYS : MOST_BADLY_SERVED;
    this.reversed = bothWays ? reversed(beamWidth) : 0;
    for (int zone = 0; zone < targets.length; zone++) {
      targets[zone] *= 1 - JOINED_LOSS[zone] * joinedShare;
    }
    for (int zone = 0; zone < NEAR_ZONES; zone++) {
      targets[zone] *= Math.min(1, 1 - HARD_LOSS * (1 - recallAbove / EASY_RECALL_ABOVE));
    }
    this.mostUsed = (int) (beamWidth * (1 - JOINED_USED_LOSS * joinedShare));
    this.clumpedUsed = (int) (beamWidth * (1 + CLUMPED_MORE * (1 - joinedShare)));
    this.beamWidth = beamWidth;
    this.dimension = dimension;
    this.hard = recallAbove < EASY_RECALL_ABOVE;
  }

  /**
   * Returns the plan of a level that is too small for trials: as many columns as are useful, and
   * long edges, because a small sample may miss groups that are far from the others.
   *
   * @param longEdges {@link LongEdges#ADDED} or {@link LongEdges#BETWEEN_CLUMPS}: the nearest
   *     neighbours of a node are then members of few clumps, while insertion finds them among the
   *     vectors before it, half of all on average and so of twice as many clumps
   */
  public JoinPlan forSmallLevel(int size, LongEdges longEdges) {
    int used = longEdges == LongEdges.BETWEEN_CLUMPS ? clumpedUsed : beamWidth;
    int columns = Math.min(size, scaled(6000));
    int extraHits = (int) (beamWidth * EXTRA_HITS / dimension);
    boolean inFloats =
        (dimension <= MAX_FLOAT_DIMENSION || size <= MAX_SMALL_LEVEL)
            && pairCost(ColumnCode.FLOATS) * columns
                <= pairCost(ColumnCode.SIGNS) * columns + extraHits * hitCost();
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

  /** Number of 512-bit vector operations that comparing a row with a column takes. */
  private double pairCost(ColumnCode code) {
    return switch (code) {
      case FLOATS -> dimension / 16.0 + 1;
      case SIGNS -> (3.25 * dimension / 32 + 12) / 16 + 0.2;
    };
  }

  /**
   * The same cost for a hit: reading a row from a random location takes as long as 300 operations.
   */
  private double hitCost() {
    return 300 + 4 * dimension / 16.0;
  }

  /** Prepares a join with a code. */
  @FunctionalInterface
  public interface Joins {
    /** Returns a join over all vectors of the level, which compares them by the given code. */
    ClusterJoin with(ColumnCode code) throws IOException;
  }

  /**
   * Chooses a plan. Signs are tried first, unless floats are as cheap. Floats are also tried if
   * they would be better with the same columns and complete candidates.
   *
   * @param ordinals of the level's vectors
   */
  public Choice choose(Joins joins, Clusters clusters, int[] ordinals, SampledNeighbors sample)
      throws IOException {
    Trial best = null;
    ClusterJoin chosen = null;
    if (pairCost(ColumnCode.SIGNS) < pairCost(ColumnCode.FLOATS)) {
      chosen = joins.with(ColumnCode.SIGNS);
      best = cheapest(chosen, ColumnCode.SIGNS, clusters, ordinals, sample);
    }
    if (best == null
        || dimension <= MAX_FLOAT_DIMENSION
            && cost(ColumnCode.FLOATS, best.columns, hits(0), ordinals.length) < best.price()) {
      ClusterJoin join = joins.with(ColumnCode.FLOATS);
      Trial trial = cheapest(join, ColumnCode.FLOATS, clusters, ordinals, sample);
      if (best == null || isBetter(trial, best)) {
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
   * Nothing else leads from one clump to another. Where searches are hard, narrow ones end too
   * early without: of 340,000 vectors of GloVe, those of width 10 find .579 of the nearest, and
   * .588 with such edges.
   */
  private LongEdges longEdges(SampledNeighbors sample) {
    return sample.isClumped()
        ? LongEdges.BETWEEN_CLUMPS
        : hard ? LongEdges.IN_PLACE : LongEdges.NONE;
  }

  private double cost(ColumnCode code, int columns, int hits, int size) {
    return Math.min(columns, size) * pairCost(code)
        + hits * hitCost()
        + Math.min(hits, beamWidth) * 3 * (20 + dimension / 16.0);
  }

  private static boolean isBetter(Trial a, Trial b) {
    return a.price() < b.price();
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
        double cost = cost(code, tried[c], hits, ordinals.length);
        double[] shares = trials.shares(c, h);
        double badlyServed = trials.badlyServed(c, h);
        double shortfall = shortfall(shares, badlyServed);
        Trial trial = new Trial(code, tried[c], hits, shares, badlyServed, shortfall, cost);
        if (best == null || isBetter(trial, best)) {
          best = trial;
        }
      }
    }
    return best;
  }

  /** Where vectors lie in clumps, the farther hits are those that reach other clumps. */
  private int fewestHits(ColumnCode code, SampledNeighbors sample) {
    if (sample.isClumped()) {
      return beamWidth;
    }
    return code == ColumnCode.SIGNS || innerProduct ? fewestSignHits : 0;
  }

  private double shortfall(double[] shares, double badlyServed) {
    double worst = Math.max(0, badlyServed - mostBadlyServed);
    for (int zone = 0; zone < shares.length; zone++) {
      worst = Math.max(worst, targets[zone] - shares[zone]);
    }
    return worst;
  }
}
