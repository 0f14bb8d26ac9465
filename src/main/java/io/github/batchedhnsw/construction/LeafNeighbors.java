package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.construction.linking.ReverseEdges;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.search.Beam;
import io.github.batchedhnsw.graph.FlatAdjacency;
import io.github.batchedhnsw.vectors.Panel;
import io.github.batchedhnsw.vectors.RowReader;
import io.github.batchedhnsw.vectors.RowSource;
import java.io.IOException;

/**
 * Collects candidates: in each leaf of a partition, all members are compared with all others, as
 * one block of products, and each takes its nearest. What a node takes from its leaves is grouped
 * by node and merged into its list, which keeps the best. Lists do not depend on the order of
 * leaves.
 */
final class LeafNeighbors {
  /** Picks that are held before they are merged, unless one leaf has more. */
  private static final int MAX_PICKS = 1 << 19;

  private final ParallelRanges parallel;
  private final ReverseEdges groups;
  private final Worker[] workers;

  /**
   * @param maxPicks most candidates that a member takes from a leaf
   */
  LeafNeighbors(RowSource vectors, ParallelRanges parallel, ReverseEdges groups, int maxPicks)
      throws IOException {
    this.parallel = parallel;
    this.groups = groups;
    this.workers = new Worker[parallel.workers()];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(vectors, maxPicks);
    }
  }

  /** Adds the {@code picks} nearest members of every leaf to each member's list. */
  void collect(FlatAdjacency level, Partition partition, int picks) throws IOException {
    int leaf = 0;
    while (leaf < partition.leaves()) {
      int from = leaf++;
      while (leaf < partition.leaves()
          && partition.starts()[leaf + 1] - partition.starts()[from] <= MAX_PICKS / picks) {
        leaf++;
      }
      collect(level, partition, from, leaf, picks);
    }
  }

  private void collect(
      FlatAdjacency level, Partition partition, int fromLeaf, int toLeaf, int picks)
      throws IOException {
    int firstMember = partition.starts()[fromLeaf];
    int rows = partition.starts()[toLeaf] - firstMember;
    long[] picked = new long[rows * picks];
    short[] counts = new short[rows];
    parallel.forEach(
        toLeaf - fromLeaf,
        1,
        (worker, from, to) -> {
          for (int leaf = fromLeaf + from; leaf < fromLeaf + to; leaf++) {
            int firstRow = partition.starts()[leaf] - firstMember;
            workers[worker].pick(partition, leaf, picks, picked, counts, firstRow);
          }
        });
    groups.reset(rows);
    parallel.forEach(
        rows,
        4096,
        (worker, from, to) -> {
          for (int row = from; row < to; row++) {
            groups.set(row, level.slotOf(partition.members()[firstMember + row]), row, 0);
          }
        });
    groups.forEachTarget(
        level.size(),
        parallel,
        (worker, slot, memberRows, unused, from, to) ->
            workers[worker].merge(level, slot, picked, picks, counts, memberRows, from, to));
  }

  private static final class Worker {
    private final RowReader rows;
    private final Panel panel;
    private final NearestColumns nearest;
    private long[] list = new long[0];
    private long[] union = new long[0];
    private long[] found = new long[0];

    Worker(RowSource vectors, int maxPicks) throws IOException {
      this.rows = vectors.rows();
      this.panel = new Panel(vectors.dimension());
      this.nearest = new NearestColumns(vectors.metric(), vectors.dimension(), maxPicks);
    }

    void pick(Partition partition, int leaf, int picks, long[] picked, short[] counts, int firstRow)
        throws IOException {
      int start = partition.starts()[leaf];
      int size = partition.starts()[leaf + 1] - start;
      panel.load(rows, partition.members(), start, size);
      nearest.find(
          panel,
          0,
          size,
          panel,
          partition.members(),
          start,
          picks,
          (row, found) -> {
            System.arraycopy(found.pairs(), 0, picked, (firstRow + row) * picks, found.size());
            counts[firstRow + row] = (short) found.size();
          });
    }

    void merge(
        FlatAdjacency level,
        int slot,
        long[] picked,
        int picks,
        short[] counts,
        int[] memberRows,
        int from,
        int to) {
      if (list.length != level.capacity()) {
        list = new long[level.capacity()];
        union = new long[level.capacity()];
      }
      int listed = level.copyPairs(slot, list);
      long bound = listed < list.length ? Long.MIN_VALUE : list[listed - 1];
      if (found.length < (to - from) * picks) {
        found = new long[2 * (to - from) * picks];
      }
      int foundCount = 0;
      for (int i = from; i < to; i++) {
        int first = memberRows[i] * picks;
        // Best first: the rest is no better.
        for (int j = first; j < first + counts[memberRows[i]] && picked[j] > bound; j++) {
          found[foundCount++] = picked[j];
        }
      }
      if (foundCount == 0) {
        return;
      }
      Beam.sortBestFirst(found, foundCount);
      int merged = 0;
      for (int i = 0, j = 0; merged < union.length && (i < listed || j < foundCount); ) {
        long next = j == foundCount || i < listed && list[i] >= found[j] ? list[i++] : found[j++];
        // The same pair has the same score in every leaf: duplicates are neighbours here.
        if (merged == 0 || next != union[merged - 1]) {
          union[merged++] = next;
        }
      }
      level.replace(slot, union, merged);
    }
  }
}
