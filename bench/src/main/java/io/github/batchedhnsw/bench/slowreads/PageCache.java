// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.slowreads;

import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * A model of a page cache that is smaller than the files read through it: pages of {@value
 * #PAGE_BYTES} bytes, evicted by the clock algorithm (second chance), counted and made slow. A read
 * of a page that is not cached is a device read. It is sequential if it is of the page after the
 * one last read of that file, and then takes no extra time, as an operating system reads ahead;
 * every other one is random and waits. Written pages are not cached. Thread-safe.
 */
final class PageCache {
  static final int PAGE_BYTES = 4096;

  private final long readLatencyNanos;
  private final Pages[] owners;
  private final int[] pages;
  private final boolean[] referenced;
  private int hand;
  private long accesses;
  private long reads;
  private long sequentialReads;

  /**
   * An empty cache.
   *
   * @param capacityPages how many pages fit
   * @param readLatencyNanos what a random read takes at least
   */
  PageCache(int capacityPages, long readLatencyNanos) {
    if (capacityPages < 1) {
      throw new IllegalArgumentException(
          "capacityPages must be >= 1; capacityPages=" + capacityPages);
    }
    if (readLatencyNanos < 0) {
      throw new IllegalArgumentException(
          "readLatencyNanos must be >= 0; readLatencyNanos=" + readLatencyNanos);
    }
    this.readLatencyNanos = readLatencyNanos;
    owners = new Pages[capacityPages];
    pages = new int[capacityPages];
    referenced = new boolean[capacityPages];
  }

  /** Which pages of one file are cached, and where. Guarded by the cache. */
  static final class Pages {
    private static final int ABSENT = -1;
    private static final int NEVER = -2;

    private final int[] slots;
    private int lastRead = NEVER;

    Pages(long fileBytes) {
      slots = new int[Math.toIntExact((fileBytes + PAGE_BYTES - 1) / PAGE_BYTES)];
      Arrays.fill(slots, ABSENT);
    }
  }

  /** Reads bytes of a file: at least one, inside the file. */
  void read(Pages file, long offsetBytes, long bytes) {
    long waitNanos = bring(file, offsetBytes, bytes) * readLatencyNanos;
    long end = System.nanoTime() + waitNanos;
    for (long left = waitNanos; left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** Reads bytes of a file without waiting for them. */
  void prefetch(Pages file, long offsetBytes, long bytes) {
    bring(file, offsetBytes, bytes);
  }

  /** Returns the number of random reads that this took. */
  private synchronized int bring(Pages file, long offsetBytes, long bytes) {
    int random = 0;
    int last = (int) ((offsetBytes + bytes - 1) / PAGE_BYTES);
    for (int page = (int) (offsetBytes / PAGE_BYTES); page <= last; page++) {
      accesses++;
      int slot = file.slots[page];
      if (slot == Pages.ABSENT) {
        slot = freeSlot();
        owners[slot] = file;
        pages[slot] = page;
        file.slots[page] = slot;
        reads++;
        if (page == file.lastRead + 1) {
          sequentialReads++;
        } else {
          random++;
        }
        file.lastRead = page;
      }
      referenced[slot] = true;
    }
    return random;
  }

  private int freeSlot() {
    while (referenced[hand]) {
      referenced[hand] = false;
      hand = (hand + 1) % owners.length;
    }
    int slot = hand;
    hand = (hand + 1) % owners.length;
    if (owners[slot] != null) {
      owners[slot].slots[pages[slot]] = Pages.ABSENT;
    }
    return slot;
  }

  /** Drops the pages of a removed file. */
  synchronized void forget(Pages file) {
    for (int page = 0; page < file.slots.length; page++) {
      int slot = file.slots[page];
      if (slot != Pages.ABSENT) {
        owners[slot] = null;
        referenced[slot] = false;
        file.slots[page] = Pages.ABSENT;
      }
    }
  }

  /** What has been counted so far. */
  synchronized ReadCounts counts() {
    return new ReadCounts(accesses, reads, sequentialReads);
  }
}
