// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.linking;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import java.io.IOException;
import java.util.Arrays;

/**
 * A batch of edges, grouped by target node: a stable two-pass radix sort by target slot, first
 * across buckets of neighbouring slots, then by counting inside each bucket. Both passes are
 * parallel over disjoint ranges; the result is the same for any number of workers.
 *
 * <p>Use: {@link #reset}, then {@link #set} for every edge (from any thread, each index once), then
 * {@link #forEachTarget}.
 */
public final class ReverseEdges {
  /** Edges per range of the first pass. */
  private static final int CHUNK = 1 << 14;

  private static final int MAX_BUCKETS = 1 << 12;

  /**
   * Most edges of a batch: half of the largest int, so that sizes with slack and rounded-up counts
   * also fit in an int.
   */
  public static final int MAX_EDGES = 1 << 30;

  /** Heap bytes of an edge, as set and as grouped. */
  public static final int BYTES_PER_EDGE = 2 * (2 * Integer.BYTES + Float.BYTES);

  private int[] targets = new int[0];
  private int[] sources = new int[0];
  private float[] scores = new float[0];
  private int[] groupedTargets = new int[0];
  private int[] groupedSources = new int[0];
  private float[] groupedScores = new float[0];
  private int count;

  /** Receives the edges of one target. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * Called by any worker.
     *
     * @param worker as in {@link ParallelRanges.Body#run}
     * @param targetSlot the target, visited once
     * @param sources ordinals, in the order of their indices, from {@code from} to {@code to}
     * @param scores of the edges, at the same positions
     */
    void visit(int worker, int targetSlot, int[] sources, float[] scores, int from, int to)
        throws IOException;
  }

  /**
   * Makes room for edges and discards the previous ones.
   *
   * @param count of the edges, at most {@link #MAX_EDGES}
   */
  public void reset(int count) {
    assert count >= 0 && count <= MAX_EDGES
        : "edges of a batch must be 0 to " + MAX_EDGES + "; edges=" + count;
    this.count = count;
    if (targets.length < count) {
      int capacity = count + (count >>> 4);
      targets = new int[capacity];
      sources = new int[capacity];
      scores = new float[capacity];
      groupedTargets = new int[capacity];
      groupedSources = new int[capacity];
      groupedScores = new float[capacity];
    }
  }

  /**
   * Sets one edge.
   *
   * @param index below the count of edges, each set once
   */
  public void set(int index, int targetSlot, int sourceOrdinal, float score) {
    targets[index] = targetSlot;
    sources[index] = sourceOrdinal;
    scores[index] = score;
  }

  /**
   * Visits every target that has edges, with all of them at once, in parallel.
   *
   * @param slots number of slots; every target is below it
   * @throws IOException the failure of a visitor, or whatever the abort check throws
   */
  public void forEachTarget(int slots, ParallelRanges parallel, Visitor visitor)
      throws IOException {
    int shift = 0;
    while ((slots - 1) >>> shift >= MAX_BUCKETS) {
      shift++;
    }
    // No more buckets than there are edges to fill them with.
    while (shift < 31 && ((slots - 1) >>> shift) > count >>> 6) {
      shift++;
    }
    int bucketShift = shift;
    int buckets = ((slots - 1) >>> bucketShift) + 1;
    int[] bucketStarts = scatter(bucketShift, buckets, parallel);
    int slotsPerBucket = 1 << bucketShift;
    BucketScratch[] scratch = new BucketScratch[parallel.workers()];
    parallel.forEach(
        buckets,
        1,
        (worker, from, to) -> {
          if (scratch[worker] == null) {
            scratch[worker] = new BucketScratch(slotsPerBucket);
          }
          for (int bucket = from; bucket < to; bucket++) {
            visitBucket(
                worker,
                scratch[worker],
                bucket << bucketShift,
                bucketStarts[bucket],
                bucketStarts[bucket + 1],
                visitor);
          }
        });
  }

  /** First pass: orders the edges by bucket; returns where each bucket starts. */
  private int[] scatter(int bucketShift, int buckets, ParallelRanges parallel) throws IOException {
    int chunks = (count + CHUNK - 1) / CHUNK;
    int[][] positions = new int[chunks][];
    parallel.forEach(
        count,
        CHUNK,
        (worker, from, to) -> {
          int[] histogram = new int[buckets];
          for (int i = from; i < to; i++) {
            histogram[targets[i] >>> bucketShift]++;
          }
          positions[from / CHUNK] = histogram;
        });
    int[] bucketStarts = new int[buckets + 1];
    int position = 0;
    for (int bucket = 0; bucket < buckets; bucket++) {
      bucketStarts[bucket] = position;
      for (int[] histogram : positions) {
        int edges = histogram[bucket];
        histogram[bucket] = position;
        position += edges;
      }
    }
    bucketStarts[buckets] = position;
    parallel.forEach(
        count,
        CHUNK,
        (worker, from, to) -> {
          int[] next = positions[from / CHUNK];
          for (int i = from; i < to; i++) {
            int to2 = next[targets[i] >>> bucketShift]++;
            groupedTargets[to2] = targets[i];
            groupedSources[to2] = sources[i];
            groupedScores[to2] = scores[i];
          }
        });
    return bucketStarts;
  }

  /** Second pass, for one bucket. */
  private void visitBucket(
      int worker, BucketScratch scratch, int firstSlot, int from, int to, Visitor visitor)
      throws IOException {
    scratch.ensureEdges(to - from);
    int[] starts = scratch.starts;
    Arrays.fill(starts, 0);
    for (int i = from; i < to; i++) {
      starts[groupedTargets[i] - firstSlot + 1]++;
    }
    for (int slot = 1; slot < starts.length; slot++) {
      starts[slot] += starts[slot - 1];
    }
    for (int i = from; i < to; i++) {
      int position = starts[groupedTargets[i] - firstSlot]++;
      scratch.sources[position] = groupedSources[i];
      scratch.scores[position] = groupedScores[i];
    }
    // Scattering has moved each start to where the edges of the next slot begin.
    int start = 0;
    for (int slot = 0; slot < starts.length - 1; slot++) {
      int end = starts[slot];
      if (end > start) {
        visitor.visit(worker, firstSlot + slot, scratch.sources, scratch.scores, start, end);
      }
      start = end;
    }
  }

  private static final class BucketScratch {
    final int[] starts;
    int[] sources = new int[0];
    float[] scores = new float[0];

    BucketScratch(int slots) {
      this.starts = new int[slots + 1];
    }

    void ensureEdges(int edges) {
      if (sources.length < edges) {
        sources = new int[edges + (edges >>> 1)];
        scores = new float[edges + (edges >>> 1)];
      }
    }
  }
}
