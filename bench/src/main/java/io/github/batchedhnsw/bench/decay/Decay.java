// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.decay;

import static io.github.batchedhnsw.bench.report.Figures.format;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.eval.GroundTruth;
import io.github.batchedhnsw.bench.report.Table;
import io.github.batchedhnsw.bench.report.Workspace;
import io.github.batchedhnsw.bench.systems.BuiltIndex;
import io.github.batchedhnsw.bench.systems.LuceneSystem;
import io.github.batchedhnsw.bench.systems.Updates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What successive merges with deletes and updates do to a graph: in every round some vectors are
 * replaced by others and everything is merged to one segment.
 *
 * @param data its first vectors are in the index at first, and the others replace them
 * @param rounds number of merges
 * @param replacedPercent of the vectors, per round
 */
public record Decay(Dataset data, int rounds, double replacedPercent) {
  private static final int TOP_K = 10;
  private static final int[] WIDTHS = {10, 20, 40};
  private static final long SEED = 7;

  /** Number of vectors in the index, always. */
  int size() {
    return (int) (data.base().count() / (1 + rounds * replacedPercent / 100));
  }

  private int replaced() {
    return (data.base().count() - size()) / rounds;
  }

  /** In words. */
  public String description() {
    return "%,d vectors, of which %,d are replaced before each of %d merges"
        .formatted(size(), replaced(), rounds);
  }

  /**
   * Merges, and then builds a fresh graph of the same vectors.
   *
   * @throws IOException when an index cannot be written or read
   */
  public Table run(LuceneSystem system) throws IOException {
    Table table =
        new Table(
            List.of(
                "system", "graph", "seconds", "recall@10 at 10, 20, 40", "visited at 10, 20, 40"));
    SplittableRandom random = new SplittableRandom(SEED);
    BitSet live = new BitSet();
    live.set(0, size());
    Path path = Workspace.emptyIndex("decay-" + system.name());
    double mergeSeconds = 0;
    try (Updates updates = system.updates(data, path)) {
      updates.add(0, size());
      for (int round = 0; round < rounds; round++) {
        int from = size() + round * replaced();
        updates.add(from, from + replaced());
        live.set(from, from + replaced());
        for (int i = 0; i < replaced(); i++) {
          int row = live.nextSetBit(random.nextInt(from + replaced()));
          if (row < 0) {
            row = live.nextSetBit(0);
          }
          live.clear(row);
          updates.delete(row);
        }
        mergeSeconds += updates.merge();
        if ((round + 1) % 5 == 0 || round == 0) {
          add(table, system, "after %d merges".formatted(round + 1), mergeSeconds, path, live);
        }
      }
    }
    Path fresh = Workspace.emptyIndex("decay-fresh-" + system.name());
    long start = System.nanoTime();
    try (Updates updates = system.updates(data, fresh)) {
      for (int from = live.nextSetBit(0); from >= 0; ) {
        int to = live.nextClearBit(from);
        updates.add(from, to);
        from = live.nextSetBit(to);
      }
      updates.merge();
    }
    add(table, system, "fresh", (System.nanoTime() - start) / 1e9, fresh, live);
    return table;
  }

  private void add(
      Table table, LuceneSystem system, String graph, double seconds, Path path, BitSet live)
      throws IOException {
    GroundTruth truth = GroundTruth.compute(data, TOP_K, live::get);
    StringBuilder recalls = new StringBuilder();
    StringBuilder visits = new StringBuilder();
    try (BuiltIndex index = system.open(data, path)) {
      for (int width : WIDTHS) {
        double recall = 0;
        long visited = 0;
        int queries = data.queries().count();
        for (int query = 0; query < queries; query++) {
          BuiltIndex.Found found = index.search(query, width);
          recall += truth.recall(data, query, found.rows());
          visited += found.visited();
        }
        recalls.append(format("%.4f ", recall / queries));
        visits.append(format("%.0f ", visited / (double) queries));
      }
    }
    table.add(
        List.of(
            system.name(),
            graph,
            format("%.2f", seconds),
            recalls.toString().trim(),
            visits.toString().trim()));
  }
}
