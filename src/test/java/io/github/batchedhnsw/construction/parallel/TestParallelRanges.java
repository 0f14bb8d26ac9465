// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.parallel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.apache.lucene.index.MergePolicy.MergeAbortedException;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Every index once, whatever the executor does; and an end where something fails. */
public class TestParallelRanges extends LuceneTestCase {
  private Workers workers;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    workers = new Workers(4);
  }

  @Override
  public void tearDown() throws Exception {
    workers.close();
    super.tearDown();
  }

  public void testCoversEachIndexOnce() throws IOException {
    for (int i = 0; i < 200; i++) {
      int count = i < 5 ? i : random().nextInt(3000);
      int grain = random().nextBoolean() ? random().nextInt(1, 20) : random().nextInt(1, 5000);
      ParallelRanges ranges =
          i % 4 == 0 ? ParallelRanges.serial() : workers.ranges(random().nextInt(1, 9));
      assertCoversOnce(ranges, count, grain);
    }
    assertCoversOnce(ParallelRanges.serial(), 10, Integer.MAX_VALUE);
    assertCoversOnce(workers.ranges(3), 10, Integer.MAX_VALUE);
  }

  private static void assertCoversOnce(ParallelRanges ranges, int count, int grain)
      throws IOException {
    AtomicIntegerArray seen = new AtomicIntegerArray(count);
    AtomicIntegerArray busy = new AtomicIntegerArray(ranges.workers());
    ranges.forEach(
        count,
        grain,
        (worker, from, to) -> {
          assertEquals("one thread per number", 1, busy.incrementAndGet(worker));
          assertTrue(from < to && to - from <= grain);
          for (int i = from; i < to; i++) {
            seen.incrementAndGet(i);
          }
          busy.decrementAndGet(worker);
        });
    for (int i = 0; i < count; i++) {
      assertEquals("index " + i, 1, seen.get(i));
    }
  }

  public void testSerialIsInOrderOnTheCallingThread() throws IOException {
    Thread caller = Thread.currentThread();
    int[] next = new int[1];
    ParallelRanges.on(1, null)
        .forEach(
            100,
            7,
            (worker, from, to) -> {
              assertSame(caller, Thread.currentThread());
              assertEquals(0, worker);
              assertEquals(next[0], from);
              next[0] = to;
            });
    assertEquals(100, next[0]);
  }

  public void testSeveralThreadsWorkAtTheSameTime() throws IOException {
    CountDownLatch bothStarted = new CountDownLatch(2);
    workers
        .ranges(2)
        .forEach(
            2,
            1,
            (worker, from, to) -> {
              bothStarted.countDown();
              await(bothStarted); // would never end on one thread
            });
    assertEquals(0, bothStarted.getCount());
  }

  public void testLoopsSeeWhatTheOnesBeforeWrote() throws IOException {
    ParallelRanges ranges = workers.ranges(4);
    int size = 5000;
    int[] values = new int[size];
    for (int round = 0; round < 20; round++) {
      int[] before = values.clone();
      ranges.forEach(
          size,
          random().nextInt(1, 100),
          (worker, from, to) -> {
            for (int i = from; i < to; i++) {
              values[i] = before[size - 1 - i] + 1;
            }
          });
    }
    for (int value : values) {
      assertEquals(20, value);
    }
  }

  public void testFailurePropagatesAndStopsTheOthers() {
    for (Throwable failure :
        new Throwable[] {
          new IOException("disk"), new IllegalStateException("state"), new AssertionError("error")
        }) {
      AtomicInteger started = new AtomicInteger();
      AtomicInteger running = new AtomicInteger();
      Throwable thrown =
          expectThrows(
              failure.getClass(),
              () ->
                  workers
                      .ranges(4)
                      .forEach(
                          20_000,
                          1,
                          (worker, from, to) -> {
                            running.incrementAndGet();
                            try {
                              if (started.getAndIncrement() == 10) {
                                throwAny(failure);
                              }
                              sleep();
                            } finally {
                              running.decrementAndGet();
                            }
                          }));
      assertSame(failure, thrown);
      assertEquals("no body runs once the loop has ended", 0, running.get());
      assertTrue("started=" + started, started.get() >= 11 && started.get() < 5000);
    }
  }

  public void testSerialFailureStops() {
    AtomicInteger started = new AtomicInteger();
    IOException thrown =
        expectThrows(
            IOException.class,
            () ->
                ParallelRanges.serial()
                    .forEach(
                        100,
                        1,
                        (worker, from, to) -> {
                          if (started.getAndIncrement() == 10) {
                            throw new IOException("disk");
                          }
                        }));
    assertEquals("disk", thrown.getMessage());
    assertEquals(11, started.get());
  }

  public void testAbortCheckRunsBeforeEveryRangeAndEndsTheLoop() throws IOException {
    for (int count : new int[] {1, 4, 500}) {
      for (int threads : new int[] {1, 3}) {
        AtomicInteger checks = new AtomicInteger();
        AtomicInteger ranges = new AtomicInteger();
        ParallelRanges.on(threads, workers.executor(), checks::incrementAndGet)
            .forEach(count, 1, (worker, from, to) -> ranges.incrementAndGet());
        assertEquals(count, ranges.get());
        assertEquals(count, checks.get());

        checks.set(0);
        ranges.set(0);
        int allowed = random().nextInt(count);
        MergeAbortedException thrown =
            expectThrows(
                MergeAbortedException.class,
                () ->
                    ParallelRanges.on(
                            threads,
                            workers.executor(),
                            () -> {
                              if (checks.getAndIncrement() >= allowed) {
                                throw new MergeAbortedException("stop");
                              }
                            })
                        .forEach(count, 1, (worker, from, to) -> ranges.incrementAndGet()));
        assertEquals("stop", thrown.getMessage());
        if (threads == 1) {
          assertEquals("up to the abort", allowed, ranges.get());
          assertEquals("not asked again", allowed + 1, checks.get());
        } else {
          assertTrue(ranges.get() + " > " + allowed, ranges.get() <= allowed);
          assertTrue("once more by each thread", checks.get() <= allowed + threads);
        }
      }
    }
  }

  public void testExecutorsThatDoNotHelp() throws IOException {
    Executor rejecting =
        task -> {
          throw new RejectedExecutionException("shut down");
        };
    Executor forgetful = task -> {};
    Executor sameThread = Runnable::run;
    for (Executor executor : new Executor[] {rejecting, forgetful, sameThread}) {
      assertCoversOnce(ParallelRanges.on(4, executor), 1000, 3);
    }
  }

  /** An interrupt of the caller neither ends a loop nor gets lost. */
  public void testInterruptedCaller() throws IOException {
    CountDownLatch helping = new CountDownLatch(1);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    Thread caller = Thread.currentThread();
    try {
      workers
          .ranges(2)
          .forEach(
              2,
              1,
              (worker, from, to) -> {
                inside.incrementAndGet();
                if (Thread.currentThread() == caller) {
                  await(helping);
                  caller.interrupt();
                } else {
                  helping.countDown();
                  awaitWaiting(caller); // for us, interrupted
                }
                done.incrementAndGet();
                inside.decrementAndGet();
              });
    } finally {
      assertTrue("the interrupt got lost", Thread.interrupted());
      assertEquals("a thread is still in the loop", 0, inside.get());
    }
    assertEquals(2, done.get());
  }

  /** An executor may fail after it has started some: out of threads, or out of memory. */
  public void testExecutorThatThrows() {
    for (Throwable failure :
        new Throwable[] {
          new OutOfMemoryError("unable to create native thread"), new IllegalStateException("dead")
        }) {
      AtomicInteger inside = new AtomicInteger();
      AtomicInteger helped = new AtomicInteger();
      CountDownLatch helping = new CountDownLatch(1);
      Thread caller = Thread.currentThread();
      Executor startsOneAndThrows =
          task -> {
            workers.executor().execute(task);
            await(helping);
            throwUnchecked(failure);
          };
      Throwable thrown =
          expectThrows(
              failure.getClass(),
              () ->
                  ParallelRanges.on(3, startsOneAndThrows)
                      .forEach(
                          200,
                          1,
                          (worker, from, to) -> {
                            inside.incrementAndGet();
                            helping.countDown();
                            // until it waits for the end of this, and not for its beginning only
                            awaitWaiting(caller);
                            helped.incrementAndGet();
                            inside.decrementAndGet();
                          }));
      assertSame(failure, thrown);
      assertEquals("a thread is still in the loop", 0, inside.get());
      assertTrue("nobody helped", helped.get() > 0);
    }
  }

  /** A helper that is late, after the end of the loop, does nothing. */
  public void testLateHelpers() throws IOException {
    List<Runnable> late = new ArrayList<>();
    assertCoversOnce(ParallelRanges.on(4, late::add), 100, 3);
    assertFalse(late.isEmpty());
    for (Runnable helper : late) {
      helper.run();
    }
    assertCoversOnce(ParallelRanges.on(4, late::add), 100, 3);
  }

  public void testWorkersAreCappedByTheExecutor() {
    assertEquals(5, workers.ranges(8).workers()); // 4 threads and the caller
    assertEquals(3, workers.ranges(3).workers());
    assertEquals(8, ParallelRanges.on(8, Runnable::run).workers()); // who knows
    assertEquals(1, ParallelRanges.on(1, null).workers());
    try (ForkJoinPool pool = new ForkJoinPool(2)) {
      assertEquals(3, ParallelRanges.on(8, pool).workers());
    }
    try (ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>())) {
      assertEquals(64, ParallelRanges.on(64, pool).workers());
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(1);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns when a thread waits for something, or has gone on to the next test. */
  private static void awaitWaiting(Thread thread) {
    for (int i = 0; i < 60_000 && thread.getState() != Thread.State.WAITING; i++) {
      sleep();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(5, TimeUnit.MINUTES));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void throwAny(Throwable failure) throws IOException {
    if (failure instanceof IOException io) {
      throw io;
    }
    throwUnchecked(failure);
  }

  private static void throwUnchecked(Throwable failure) {
    switch (failure) {
      case RuntimeException unchecked -> throw unchecked;
      case Error error -> throw error;
      default -> throw new AssertionError(failure);
    }
  }
}
