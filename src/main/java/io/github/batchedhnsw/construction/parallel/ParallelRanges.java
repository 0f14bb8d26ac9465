// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.parallel;

import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Phaser;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.util.IORunnable;
import org.apache.lucene.util.IOUtils;

/**
 * Parallel loops over index ranges; the only user of the executor and of the abort check. A loop
 * returns when all its ranges are done, so consecutive loops are separated by a barrier and each
 * sees what the ones before wrote. Ranges are handed out in no particular order: bodies write only
 * to locations that belong to their indices or to their worker.
 *
 * <p>The calling thread works, too, and does the work that the executor rejects, delays or drops.
 * No thread is in a loop once it has returned, whether normally or not. This holds even if the
 * caller is interrupted, which does not end a loop, or if the executor throws. (Lucene's {@code
 * TaskExecutor} leaves its tasks running in both cases, and they would continue to read files that
 * are closed by then.)
 *
 * <p>Not thread-safe: loops are started one after the other, by one thread.
 */
public final class ParallelRanges {
  private static final IORunnable NEVER_ABORTS = () -> {};
  private static final Progress NOBODY = (done, total, startNanos) -> {};

  private final int workers;
  private final Executor executor;
  private final IORunnable abortCheck;
  private final Progress progress;

  /** Receives the progress of a loop. */
  @FunctionalInterface
  public interface Progress {
    /**
     * Called often, on the thread that started the loop.
     *
     * @param startNanos when the loop was started, by {@link System#nanoTime}
     */
    void at(int done, int total, long startNanos);
  }

  /** The body of a loop. */
  @FunctionalInterface
  public interface Body {
    /**
     * Works on the indices {@code from} (inclusive) to {@code to} (exclusive).
     *
     * @param worker number of the worker, 0 to {@link #workers()} - 1; no two threads have the same
     *     number at the same time
     */
    void run(int worker, int from, int to) throws IOException;
  }

  private ParallelRanges(int workers, Executor executor, IORunnable abortCheck, Progress progress) {
    this.workers = workers;
    this.executor = executor;
    this.abortCheck = abortCheck;
    this.progress = progress;
  }

  /** Returns the same loops with progress reports. */
  public ParallelRanges withProgress(Progress listener) {
    return new ParallelRanges(workers, executor, abortCheck, listener);
  }

  /** Loops that run on the calling thread and cannot be aborted. */
  public static ParallelRanges serial() {
    return serial(NEVER_ABORTS);
  }

  /** Loops that run on the calling thread; {@code abortCheck} throws to end them. */
  public static ParallelRanges serial(IORunnable abortCheck) {
    return new ParallelRanges(1, null, abortCheck, NOBODY);
  }

  /**
   * Loops on several threads, the calling one included.
   *
   * @param workers most threads to use, at least 1; capped by the executor's number of threads, if
   *     it is known, plus the calling one
   * @param executor runs the other {@code workers - 1}; if it rejects or delays them, the calling
   *     thread does their work
   * @param abortCheck called before every range, on every thread; throws to end the loop
   */
  public static ParallelRanges on(int workers, Executor executor, IORunnable abortCheck) {
    long useful = Math.min(workers, 1L + maxThreads(executor));
    return useful == 1
        ? serial(abortCheck)
        : new ParallelRanges((int) useful, executor, abortCheck, NOBODY);
  }

  /** As {@link #on(int, Executor, IORunnable)}, never aborted. */
  public static ParallelRanges on(int workers, Executor executor) {
    return on(workers, executor, NEVER_ABORTS);
  }

  private static int maxThreads(Executor executor) {
    if (executor instanceof ThreadPoolExecutor pool) {
      return pool.getMaximumPoolSize();
    }
    return executor instanceof ForkJoinPool pool ? pool.getParallelism() : Integer.MAX_VALUE;
  }

  /**
   * Runs the abort check, for work outside a loop.
   *
   * @throws IOException if the work is to end
   */
  public void checkAborted() throws IOException {
    abortCheck.run();
  }

  /** Most threads that work at the same time. */
  public int workers() {
    return workers;
  }

  /**
   * Runs {@code body} over {@code 0 .. count-1} in ranges of at most {@code grain} indices.
   *
   * @throws IOException the failure of a body, of the abort check or of the executor, with the
   *     failures of other workers suppressed; no range is begun after the first failure
   */
  public void forEach(int count, int grain, Body body) throws IOException {
    int tasks = (int) Math.min(workers, ((long) count + grain - 1) / grain);
    if (tasks <= 1) {
      inOrder(count, grain, body);
    } else {
      new Loop(count, grain, body, tasks, System.nanoTime()).run();
    }
  }

  /**
   * As {@link #forEach}, on the calling thread alone and in ascending order: for serial work that
   * must end soon after an abort.
   *
   * @throws IOException the failure of a body or of the abort check
   */
  public void inOrder(int count, int grain, Body body) throws IOException {
    long startNanos = System.nanoTime();
    for (int from = 0; from < count; from += Math.min(grain, count - from)) {
      abortCheck.run();
      body.run(0, from, from + Math.min(grain, count - from));
      progress.at(from + Math.min(grain, count - from), count, startNanos);
    }
  }

  /** One parallel loop; the executor runs {@link #help}. */
  private final class Loop {
    private final int count;
    private final int grain;
    private final int ranges;
    private final Body body;
    private final AtomicInteger nextRange = new AtomicInteger();
    private final AtomicInteger nextWorker = new AtomicInteger(1);
    private final long startNanos;
    private final Throwable[] failures; // by worker; allocated in advance: memory may run out later
    private volatile boolean failed;

    /** Counts the threads in the loop. Once all have left, no other thread can enter. */
    private final Phaser inside = new Phaser(1);

    Loop(int count, int grain, Body body, int tasks, long startNanos) {
      this.startNanos = startNanos;
      this.count = count;
      this.grain = grain;
      this.ranges = (int) (((long) count + grain - 1) / grain);
      this.body = body;
      this.failures = new Throwable[tasks];
    }

    void run() throws IOException {
      try {
        for (int helper = 1; helper < failures.length; helper++) {
          executor.execute(this::help);
        }
      } catch (
          @SuppressWarnings("unused")
          RejectedExecutionException e) {
        // The loop runs with fewer threads.
      } catch (Throwable t) {
        fail(0, t);
      }
      work(0);
      inside.awaitAdvance(inside.arriveAndDeregister());
      Throwable first = null;
      for (Throwable failure : failures) {
        if (failure != null && failure != first) {
          first = IOUtils.useOrSuppress(first, failure);
        }
      }
      if (first != null) {
        throw IOUtils.rethrowAlways(first);
      }
    }

    private void help() {
      if (inside.register() < 0) {
        return; // the loop has already ended
      }
      try {
        work(nextWorker.getAndIncrement());
      } finally {
        inside.arriveAndDeregister();
      }
    }

    private void work(int worker) {
      try {
        for (int range; !failed && (range = nextRange.getAndIncrement()) < ranges; ) {
          abortCheck.run();
          int from = range * grain;
          body.run(worker, from, from + Math.min(grain, count - from));
          if (worker == 0) { // nearly all ranges handed out are done
            progress.at((int) Math.min(count, (long) nextRange.get() * grain), count, startNanos);
          }
        }
      } catch (Throwable t) {
        fail(worker, t);
      }
    }

    private void fail(int worker, Throwable failure) {
      failed = true;
      failures[worker] = failure;
    }
  }
}
