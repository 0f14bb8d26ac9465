// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.report;

import static io.github.batchedhnsw.bench.report.Figures.format;

import java.io.PrintStream;
import java.util.concurrent.atomic.LongAdder;

/**
 * A progress line on standard error for one step: rate and estimated time to the end. Silent for
 * the first two seconds. On a terminal ({@code -Dbench.terminal=true}, set by the script) the line
 * is rewritten in place, elsewhere a plain line appears every ten seconds and at the end. Counting
 * is safe from any thread and costs one uncontended addition.
 */
public final class Progress implements AutoCloseable {
  private static final PrintStream OUT = System.err;
  private static final boolean TERMINAL = Boolean.getBoolean("bench.terminal");
  private static final long SILENT_NANOS = 2_000_000_000L;
  private static final long TERMINAL_MILLIS = 250;
  private static final long PLAIN_MILLIS = 10_000;

  private final String step;
  private final long total;
  private final String unit;
  private final double expectedSeconds;
  private final LongAdder done = new LongAdder();
  private final long startNanos = System.nanoTime();
  private final Thread ticker;

  private Progress(String step, long total, String unit, double expectedSeconds) {
    this.step = step;
    this.total = total;
    this.unit = unit;
    this.expectedSeconds = expectedSeconds;
    ticker = Thread.ofPlatform().daemon().name("progress").start(this::tick);
  }

  /** A step of {@code total} units of work, reported with {@link #add}. */
  public static Progress start(String step, long total, String unit) {
    return new Progress(step, total, unit, Double.NaN);
  }

  /**
   * A step that cannot be looked into.
   *
   * @param expectedSeconds how long it took last time, NaN when unknown
   */
  public static Progress opaque(String step, double expectedSeconds) {
    return new Progress(step, 0, "", expectedSeconds);
  }

  /** Reports finished work. */
  public void add(long units) {
    done.add(units);
  }

  /**
   * Ends the step; on a terminal the line is erased, elsewhere a last line says how long it took.
   */
  @Override
  public void close() {
    ticker.interrupt();
    try {
      ticker.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (elapsedNanos() < SILENT_NANOS) {
      return;
    }
    if (TERMINAL) {
      OUT.print("\r\u001b[K");
      OUT.flush();
    } else {
      OUT.println(format("%s: done in %s%s", step, seconds(elapsedNanos() / 1e9), rate()));
    }
  }

  private void tick() {
    try {
      Thread.sleep(SILENT_NANOS / 1_000_000);
      while (true) {
        String line = line();
        if (TERMINAL) {
          OUT.print("\r\u001b[K" + line);
          OUT.flush();
        } else {
          OUT.println(line);
        }
        Thread.sleep(TERMINAL ? TERMINAL_MILLIS : PLAIN_MILLIS);
      }
    } catch (InterruptedException e) {
      // close() ends the ticker this way
    }
  }

  private String line() {
    double elapsed = elapsedNanos() / 1e9;
    long units = done.sum();
    if (total == 0) {
      String left =
          Double.isNaN(expectedSeconds)
              ? ""
              : ", about " + seconds(Math.max(0, expectedSeconds - elapsed)) + " left";
      return format("%s: %s%s", step, seconds(elapsed), left);
    }
    String left = units == 0 ? "?" : seconds(elapsed * (total - units) / units);
    return format(
        "%s: %,d of %,d %s (%.0f %%)%s, about %s left",
        step, units, total, unit, 100.0 * units / total, rate(), left);
  }

  private String rate() {
    return total == 0 ? "" : format(", %,.0f %s/s", done.sum() / (elapsedNanos() / 1e9), unit);
  }

  private long elapsedNanos() {
    return System.nanoTime() - startNanos;
  }

  private static String seconds(double seconds) {
    return seconds < 100 ? format("%.0f s", seconds) : format("%.1f min", seconds / 60);
  }
}
