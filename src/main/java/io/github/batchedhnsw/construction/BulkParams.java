package io.github.batchedhnsw.construction;

/**
 * The numbers of a bulk build on one level; see {@link PartitionGraphBuilder} for what they do.
 * They were found by measuring equal quality with stock Lucene, for M 8 to 64 and beam widths 50 to
 * 250.
 *
 * @param maxDegree most neighbours of a node
 * @param candidates best ones kept for a node before neighbours are selected
 * @param picks nearest members of a leaf that each member takes as candidates
 * @param targetFill degree up to which a list that overflowed by reverse edges is filled with the
 *     nearest others
 * @param forwardShare share of that, see {@link #forwardFill}
 * @param reverseShare share of that, see {@link #reverseDegree}
 */
record BulkParams(
    int maxDegree,
    int candidates,
    int picks,
    int targetFill,
    double forwardShare,
    double reverseShare) {

  /** Leaves that a node joins in one round, see {@link #fanout}. */
  private static final int FANOUT = 3;

  /** Up to this many nodes, one round can be enough. */
  private static final int ONE_ROUND_NODES = 12_000;

  /** Up to this many nodes are one leaf. */
  static final int SINGLE_LEAF = 2048;

  /** Up to this many nodes a segment counts as small. */
  static final int SMALL_SEGMENT = 1024;

  /**
   * Lists of the levels above 0 are filled to this share of what they would be on level 0. Searches
   * pass through a few of them, and look at all neighbours there: with full lists every search
   * visited about ten nodes more, and found nothing more.
   */
  private static final double UPPER_FILL = 0.6;

  /**
   * Up to this many nodes, a level that takes several rounds needs more edges. With the usual ones,
   * searches of 20,000 to 60,000 nodes visited a tenth less than in stock's graphs, and recall at
   * the same width was up to 0.011 lower.
   */
  private static final int MIDDLE_NODES = 80_000;

  /** With so many candidates for one place in a list, selection has a choice. */
  private static final double MIDDLE_CANDIDATES = 1.25;

  private static final double MIDDLE_REVERSE_SHARE = 0.6;
  private static final double FORWARD_SHARE = 0.89;
  private static final double REVERSE_SHARE = 0.5;

  /** With a smaller M, more care is taken. */
  private static final int USUAL_CONN = 16;

  /** Fewest candidates on a small level, unless M is small, too. */
  private static final int MIN_SMALL_CANDIDATES = 64;

  /**
   * Numbers for a level.
   *
   * <p>The mean degree that insertion reaches depends on the beam width: over data sets, M 8 to 64
   * and beam widths 50 to 250 it was about {@code maxDegree * (1 - exp(-r / 1.7))}, {@code r =
   * beamWidth / maxDegree}. Lists are filled somewhat further: without that, recall at a given
   * search width was below insertion's, although recall at equal visited nodes was not.
   */
  static BulkParams of(int maxDegree, int beamWidth) {
    double insertionShare = 1 - Math.exp(-beamWidth / (1.7 * maxDegree));
    int targetFill = (int) Math.ceil(maxDegree * Math.min(1, 1.12 * insertionShare));
    double widening = Math.max(1, Math.pow(beamWidth / 100.0, 0.25));
    widening *= Math.max(1, Math.pow(2.0 * USUAL_CONN / maxDegree, 0.37));
    int candidates = Math.max(maxDegree, (int) (1.55 * targetFill * widening));
    return new BulkParams(
        maxDegree,
        candidates,
        Math.min(candidates, Math.max(5, candidates / 6)),
        targetFill,
        FORWARD_SHARE,
        REVERSE_SHARE);
  }

  /** Numbers for level 0 of a segment that is built from nothing. */
  static BulkParams ofSegment(int maxDegree, int beamWidth, int size) {
    if (size <= SMALL_SEGMENT) {
      return ofSmallSegment(maxDegree, beamWidth);
    }
    BulkParams level = of(maxDegree, beamWidth);
    return isMiddle(size)
        ? new BulkParams(
            maxDegree, level.candidates, level.picks, level.targetFill, 1, MIDDLE_REVERSE_SHARE)
        : level;
  }

  private static boolean isMiddle(int size) {
    return size > ONE_ROUND_NODES && size <= MIDDLE_NODES;
  }

  /**
   * Numbers for a small segment. As many candidates as insertion would have let some of them come
   * from other clusters.
   */
  static BulkParams ofSmallSegment(int maxDegree, int beamWidth) {
    BulkParams level = of(maxDegree, beamWidth);
    int wide = Math.min(Math.max(beamWidth, MIN_SMALL_CANDIDATES), 6 * maxDegree);
    int candidates = Math.max(level.candidates, wide);
    return new BulkParams(
        maxDegree,
        candidates,
        Math.max(level.picks, candidates / 6),
        level.targetFill,
        level.forwardShare,
        level.reverseShare);
  }

  /**
   * Numbers for a level above 0. It has few nodes and leads searches from cluster to cluster, as a
   * small segment does.
   */
  static BulkParams ofUpperLevel(int maxDegree, int beamWidth) {
    BulkParams level = ofSmallSegment(maxDegree, beamWidth);
    return new BulkParams(
        maxDegree,
        level.candidates,
        level.picks,
        (int) Math.ceil(UPPER_FILL * level.targetFill),
        level.forwardShare,
        level.reverseShare);
  }

  /**
   * The same for data whose nodes have few diverse neighbours, as data of low intrinsic dimension:
   * insertion fills lists less there, to about {@code 7.5 + 1.5 d} for {@code d} diverse
   * candidates. Small levels need longer lists than that to give its recall at the same search
   * width; large ones do not, and what insertion and stock merges make of them is sparse. Measured
   * for 2,000 to 100,000 nodes.
   *
   * @param size number of nodes on the level
   */
  BulkParams forDiversity(double meanDiverse, int size) {
    double doublings = Math.log(Math.min(size, 100_000) / 20_000.0) / Math.log(2);
    double excess = Math.min(1.265 - 0.114 * doublings, 1.28);
    int fill = Math.min(targetFill, (int) Math.ceil(excess * (7.5 + 1.5 * meanDiverse)));
    return new BulkParams(maxDegree, candidates, picks, fill, forwardShare, reverseShare);
  }

  /** Degree up to which a node's own choice is filled with its nearest others. */
  int forwardFill() {
    return (int) Math.ceil(targetFill * forwardShare);
  }

  /** Number of neighbours that a node makes itself known to. */
  int reverseDegree() {
    return (int) Math.ceil(targetFill * reverseShare);
  }

  /**
   * Mean number of different candidates below which more rounds follow, on a level of so many
   * nodes.
   */
  int fewestCandidates(int size) {
    return (int) Math.ceil(isMiddle(size) ? MIDDLE_CANDIDATES * targetFill : targetFill);
  }

  /**
   * Members of a leaf, on average: with more components, comparing all members with each other soon
   * costs more than another round with small leaves.
   */
  static int leafSize(int dimension) {
    return Math.max(256, Math.min(640, 46_080 / dimension));
  }

  /**
   * Share of the true nearest neighbours that the candidates of a level must hold. A wider beam
   * finds more of them. In a large graph paths are longer, and what misses one neighbour misses
   * those behind it: with 0.89 of them, recall at equal visited nodes was 0.005 below insertion's
   * at 1,000,000 nodes, and not at 100,000. Where nodes have few neighbours, each counts: with M 8,
   * beam width 50 and 0.74 of them, it was 0.016 below.
   */
  static double targetQuality(int maxConn, int beamWidth, int size) {
    double missing = 13.0 / beamWidth;
    if (maxConn < USUAL_CONN) {
      missing = Math.min(missing, 0.13) * maxConn / USUAL_CONN;
    }
    return 1 - missing * Math.pow(Math.max(1, size / 100_000.0), -0.2);
  }

  /**
   * Whether one round can be enough on a level of so many nodes: its leaves are a good part of the
   * level, and with one more of them than otherwise, and {@link #manyPicks}, candidates are as good
   * as those of two rounds, for two thirds of the comparisons.
   */
  static boolean oneRound(int size) {
    return size <= ONE_ROUND_NODES;
  }

  /** Leaves that a node joins in one round, on a level of so many nodes. */
  static int fanout(int size) {
    return oneRound(size) ? FANOUT + 1 : FANOUT;
  }

  /** Picks where one round can be enough. */
  int manyPicks() {
    return Math.max(picks, candidates / 4);
  }

  /** Longest list of candidates that neighbours are selected from. */
  int maxConsidered() {
    return Math.max(candidates, maxDegree + 1 + maxDegree / 2);
  }
}
