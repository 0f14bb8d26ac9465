package io.github.batchedhnsw.build;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.search.TaskExecutor;
import org.apache.lucene.util.IORunnable;

/**
 * Parallel loops over index ranges; the only user of the executor and of the abort check. A loop
 * returns when all its ranges are done, so consecutive loops are separated by a barrier and each
 * sees what the ones before wrote. Ranges are handed out in no particular order: bodies write to
 * places that belong to their indices or to their worker alone.
 *
 * <p>Not thread-safe: loops are started one after the other, by one thread.
 */
public final class ParallelRanges {
  private static final IORunnable NEVER_ABORTS = () -> {};

  private final int workers;
  private final TaskExecutor executor;
  private final IORunnable abortCheck;

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

  private ParallelRanges(int workers, TaskExecutor executor, IORunnable abortCheck) {
    this.workers = workers;
    this.executor = executor;
    this.abortCheck = abortCheck;
  }

  /** Loops that run on the calling thread and cannot be aborted. */
  public static ParallelRanges serial() {
    return serial(NEVER_ABORTS);
  }

  /** Loops that run on the calling thread; {@code abortCheck} throws to end them. */
  public static ParallelRanges serial(IORunnable abortCheck) {
    return new ParallelRanges(1, null, abortCheck);
  }

  /**
   * Loops on several threads, the calling one included.
   *
   * @param workers most threads to use, at least 1
   * @param executor runs the other {@code workers - 1}; where it rejects or delays them the calling
   *     thread does their work
   * @param abortCheck called before every range, on every thread; throws to end the loop
   */
  public static ParallelRanges on(int workers, Executor executor, IORunnable abortCheck) {
    return workers == 1
        ? serial(abortCheck)
        : new ParallelRanges(workers, new TaskExecutor(executor), abortCheck);
  }

  /** As {@link #on(int, Executor, IORunnable)}, never aborted. */
  public static ParallelRanges on(int workers, Executor executor) {
    return on(workers, executor, NEVER_ABORTS);
  }

  /** Most threads that work at the same time. */
  public int workers() {
    return workers;
  }

  /**
   * Runs {@code body} over {@code 0 .. count-1} in ranges of at most {@code grain} indices.
   *
   * @throws IOException the first failure of a body or of the abort check; the other workers then
   *     stop before their next range
   */
  public void forEach(int count, int grain, Body body) throws IOException {
    int tasks = (int) Math.min(workers, ((long) count + grain - 1) / grain);
    if (tasks <= 1) {
      for (int from = 0; from < count; from += Math.min(grain, count - from)) {
        abortCheck.run();
        body.run(0, from, from + Math.min(grain, count - from));
      }
      return;
    }
    AtomicInteger nextRange = new AtomicInteger();
    AtomicBoolean failed = new AtomicBoolean();
    int ranges = (int) (((long) count + grain - 1) / grain);
    List<Callable<Void>> calls = new ArrayList<>(tasks);
    for (int task = 0; task < tasks; task++) {
      int worker = task;
      calls.add(
          () -> {
            boolean completed = false;
            try {
              for (int range; !failed.get() && (range = nextRange.getAndIncrement()) < ranges; ) {
                abortCheck.run();
                int from = range * grain;
                body.run(worker, from, from + Math.min(grain, count - from));
              }
              completed = true;
            } finally {
              if (!completed) {
                failed.set(true);
              }
            }
            return null;
          });
    }
    executor.invokeAll(calls);
  }
}
