package io.github.batchedhnsw.bench.systems;

/** Which rows a job with deletes removes: a pure function of the row. */
public final class Deletes {
  private static final long SALT = 0x9E3779B97F4A7C15L;

  private Deletes() {}

  /** Whether a row survives when {@code percent} of the rows are deleted. */
  public static boolean isLive(int row, double percent) {
    return new java.util.SplittableRandom(row * SALT).nextDouble() * 100 >= percent;
  }
}
