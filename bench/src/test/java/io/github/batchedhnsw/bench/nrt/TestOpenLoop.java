// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.nrt;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

public class TestOpenLoop {
  private static final long MILLI = 1_000_000;

  /** A clock that only moves when somebody sleeps or works. */
  private static final class FakeClock implements LoadClock {
    private long nanos = 7;

    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public void sleepUntil(long until) {
      nanos = Math.max(nanos, until);
    }

    void work(long workNanos) {
      nanos += workNanos;
    }
  }

  /** Of ten operations the third takes 45 ms: those due meanwhile are late by what is left. */
  @Test
  public void waitingBehindASlowOperationCounts() throws IOException, InterruptedException {
    FakeClock clock = new FakeClock();
    List<Long> begun = new ArrayList<>();
    Latencies latencies =
        new OpenLoop(clock, 7, 10 * MILLI)
            .run(
                0,
                1,
                number -> number < 10,
                number -> {
                  begun.add((clock.nanos() - 7) / MILLI);
                  clock.work((number == 2 ? 45 : 1) * MILLI);
                });
    assertEquals(List.of(0L, 10L, 20L, 65L, 66L, 67L, 68L, 70L, 80L, 90L), begun);
    assertEquals(10, latencies.service().count());
    assertEquals(45, latencies.service().max(), 0.05);
    assertEquals(1, latencies.service().p50(), 0.001);
    // since due: 1 1 45 36 27 18 9 1 1 1
    assertEquals(45, latencies.sinceDue().max(), 0.05);
    Latencies expected = new Latencies();
    for (long millis : new long[] {1, 1, 45, 36, 27, 18, 9, 1, 1, 1}) {
      expected.record(MILLI, millis * MILLI);
    }
    assertEquals(expected.sinceDue(), latencies.sinceDue());
  }

  @Test
  public void threadsShareATimetable() throws IOException, InterruptedException {
    List<Long> numbers = new ArrayList<>();
    for (int first = 0; first < 3; first++) {
      FakeClock clock = new FakeClock();
      new OpenLoop(clock, 0, MILLI)
          .run(
              first,
              3,
              number -> number < 8,
              number -> {
                numbers.add(number);
                assertEquals("when it is due", Math.max(7, number * MILLI), clock.nanos());
              });
    }
    assertEquals(List.of(0L, 3L, 6L, 1L, 4L, 7L, 2L, 5L), numbers);
  }

  @Test
  public void percentiles() {
    Latencies one = new Latencies();
    Latencies other = new Latencies();
    for (int millis = 1; millis <= 2000; millis++) {
      (millis % 3 == 0 ? one : other).record(millis * MILLI, 2 * millis * MILLI);
    }
    one.add(other);
    Percentiles service = one.service();
    assertEquals(2000, service.count());
    assertEquals(1000, service.p50(), 1);
    assertEquals(1980, service.p99(), 2);
    assertEquals(1998, service.p999(), 2);
    assertEquals(2000, service.max(), 2);
    assertEquals(4000, one.sinceDue().max(), 4);
    assertEquals(new Percentiles(0, 0, 0, 0, 0), new Latencies().service());
  }

  @Test
  public void jobsThatMakeNoSenseAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new OpenLoop(LoadClock.SYSTEM, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new NrtJob(0, 1, 1, 1, 1, 10));
    assertThrows(IllegalArgumentException.class, () -> new NrtJob(1, 0, 1, 1, 1, 10));
    assertThrows(IllegalArgumentException.class, () -> new NrtJob(1, 1, 0, 1, 1, 10));
    assertThrows(IllegalArgumentException.class, () -> new NrtJob(1, 1, 1, -1, 1, 10));
    assertThrows(IllegalArgumentException.class, () -> new NrtJob(1, 1, 1, 1, 0, 10));
    assertThrows(IllegalArgumentException.class, () -> new NrtJob(1, 1, 1, 1, 1, 9));
  }
}
