// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.systems;

/** Which rows a job deletes or updates: pure functions of the row. */
public final class Deletes {
  private static final long SALT = 0x9E3779B97F4A7C15L;
  private static final long CHURN_SALT = 0xC2B2AE3D27D4EB4FL;

  private Deletes() {}

  /** What happens to a row while others are being added. */
  public enum Churn {
    /** Nothing. */
    NONE,
    /** It goes away. */
    DELETED,
    /** It is replaced by a new document with the same vector. */
    UPDATED
  }

  /** Whether a row survives when {@code percent} of the rows are deleted. */
  public static boolean isLive(int row, double percent) {
    return new java.util.SplittableRandom(row * SALT).nextDouble() * 100 >= percent;
  }

  /** What happens to a row when {@code percent} of the rows are deleted or updated, half each. */
  public static Churn churn(int row, double percent) {
    double draw = new java.util.SplittableRandom(row * CHURN_SALT).nextDouble() * 100;
    return draw >= percent ? Churn.NONE : draw < percent / 2 ? Churn.DELETED : Churn.UPDATED;
  }

  /** The row after whose addition that happens: the row itself or a later one. */
  static int churnTime(int row, int count) {
    double draw = new java.util.SplittableRandom(row * CHURN_SALT + 1).nextDouble();
    return row + (int) (draw * (count - row));
  }
}
