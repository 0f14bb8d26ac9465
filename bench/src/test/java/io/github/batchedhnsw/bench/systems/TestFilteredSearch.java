// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.systems;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.data.Encodings;
import io.github.batchedhnsw.bench.data.RowFilter;
import io.github.batchedhnsw.bench.data.UniformCube;
import io.github.batchedhnsw.bench.eval.ExactNeighbours;
import io.github.batchedhnsw.bench.eval.GroundTruth;
import io.github.batchedhnsw.bench.eval.GroundTruthCache;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class TestFilteredSearch {
  private static final GraphParams PARAMS = new GraphParams(16, 100);
  private static final int VECTORS = 4_000;
  private static final int QUERIES = 20;
  private static final int K = 10;
  private static final double DELETES_PERCENT = 10;

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  /** One segment and several, without deletes and with: recall is what brute force says it is. */
  @Test
  public void recallAgreesWithBruteForce() throws IOException {
    for (VectorEncoding encoding : VectorEncoding.values()) {
      Dataset data = data(encoding);
      check(data, Systems.stock(PARAMS, 1), IndexJob.flushed(1));
      check(
          data,
          Systems.batched(PARAMS, 1, 1),
          new IndexJob(
              IndexJob.equal(3), IndexJob.MAX_RAM_BUFFER_MIB, 1, false, DELETES_PERCENT, 0, false));
    }
  }

  private void check(Dataset data, LuceneSystem system, IndexJob job) throws IOException {
    ExactNeighbours exact =
        ExactNeighbours.get(
            new GroundTruthCache(folder.getRoot().toPath()), data, job::isLive, job.liveKey());
    BenchSystem.Built built = system.build(data, job, folder.newFolder().toPath(), Double.NaN);
    try (BuiltIndex index = built.index()) {
      for (RowFilter filter : exact.filtered().keySet()) {
        GroundTruth truth = exact.filtered().get(filter);
        double recall = 0;
        for (int query = 0; query < QUERIES; query++) {
          String where =
              "%s, %s, %s, query %d"
                  .formatted(system.name(), data.base().encoding(), filter, query);
          Set<Integer> nearest = bruteForce(data, job, filter, query);
          assertEquals(where, nearest, asSet(truth.rows()[query]));
          int[] found = index.searchFiltered(query, 50, filter).rows();
          assertEquals(where, Math.min(50, live(job, filter)), found.length);
          assertTrue(where, Arrays.stream(found).allMatch(row -> passes(job, filter, row)));
          Set<Integer> hits = asSet(Arrays.copyOf(found, K));
          hits.retainAll(nearest);
          assertEquals(where, hits.size() / (double) K, truth.recall(data, query, found), 1e-9);
          recall += truth.recall(data, query, found) / QUERIES;
        }
        assertTrue(filter + ": " + recall, recall > 0.95);
      }
    }
  }

  /** At most k documents pass: Lucene scores them all, and only them, whatever the graph. */
  @Test
  public void aSmallFilterIsSearchedExactly() throws IOException {
    Dataset data = data(VectorEncoding.FLOAT32);
    RowFilter few = RowFilter.of("few", VECTORS, row -> row % 200 == 0);
    RowFilter none = RowFilter.of("none", VECTORS, row -> false);
    GroundTruth truth = GroundTruth.compute(data, K, few::accepts);
    for (LuceneSystem system : List.of(Systems.stock(PARAMS, 1), Systems.batched(PARAMS, 1, 1))) {
      BenchSystem.Built built =
          system.build(data, IndexJob.flushed(1), folder.newFolder().toPath(), Double.NaN);
      try (BuiltIndex index = built.index()) {
        for (int query = 0; query < QUERIES; query++) {
          BuiltIndex.Found found = index.searchFiltered(query, 50, few);
          assertEquals(few.size(), found.visited());
          assertEquals(1, truth.recall(data, query, found.rows()), 0);
          assertEquals(0, index.searchFiltered(query, 50, none).rows().length);
          assertEquals(0, index.searchFiltered(query, 50, none).visited());
        }
      }
    }
    assertEquals(
        "nothing to be found",
        1,
        GroundTruth.compute(data, K, none::accepts).recall(data, 0, new int[0]),
        0);
  }

  @Test
  public void standardFilters() {
    Dataset data = data(VectorEncoding.FLOAT32);
    List<RowFilter> filters = RowFilter.standard(data);
    assertEquals(
        List.of("random 50 %", "random 10 %", "random 2 %", "nearest 10 %"),
        filters.stream().map(RowFilter::name).toList());
    assertEquals(0.50 * VECTORS, filters.get(0).size(), 0.05 * VECTORS);
    assertEquals(0.10 * VECTORS, filters.get(1).size(), 0.02 * VECTORS);
    assertEquals(0.02 * VECTORS, filters.get(2).size(), 0.01 * VECTORS);
    assertEquals(VECTORS / 10, filters.get(3).size());
    List<RowFilter> again = RowFilter.standard(data);
    for (int filter = 0; filter < filters.size(); filter++) {
      for (int row = 0; row < VECTORS; row++) {
        assertEquals("seeded", filters.get(filter).accepts(row), again.get(filter).accepts(row));
      }
    }
  }

  private static Set<Integer> bruteForce(Dataset data, IndexJob job, RowFilter filter, int query) {
    return IntStream.range(0, VECTORS)
        .filter(row -> passes(job, filter, row))
        .boxed()
        .sorted(
            Comparator.comparingDouble(
                row -> -data.base().score(data.similarity(), row, data.queries(), query)))
        .limit(K)
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static boolean passes(IndexJob job, RowFilter filter, int row) {
    return filter.accepts(row) && job.isLive(row);
  }

  private static long live(IndexJob job, RowFilter filter) {
    return IntStream.range(0, VECTORS).filter(row -> passes(job, filter, row)).count();
  }

  private static Set<Integer> asSet(int[] rows) {
    return Arrays.stream(rows).boxed().collect(Collectors.toCollection(HashSet::new));
  }

  private static Dataset data(VectorEncoding encoding) {
    UniformCube cube = new UniformCube(12, 7);
    return Encodings.prepare(
        "cube",
        cube.description(),
        cube.base(VECTORS),
        cube.queries(QUERIES),
        false,
        encoding,
        VectorSimilarityFunction.EUCLIDEAN);
  }
}
