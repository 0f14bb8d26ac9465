package io.github.batchedhnsw.bench.systems;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.github.batchedhnsw.bench.data.DataRequest;
import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.eval.GroundTruth;
import java.io.IOException;
import java.util.List;
import org.apache.lucene.index.VectorEncoding;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class TestLuceneSystem {
  private static final LuceneSystem STOCK = Systems.stock(new GraphParams(16, 100), 1);
  private static final int VECTORS = 3_000;
  private static final int K = 10;

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void threadsMergesAndDeletes() throws IOException {
    double deletesPercent = 20;
    IndexJob job = new IndexJob(List.of(), 0.5, 2, true, deletesPercent, 0, true);
    GroundTruth truth = GroundTruth.compute(data(), K, row -> Deletes.isLive(row, deletesPercent));
    BenchSystem.Built built = build(job);
    try (BuiltIndex index = built.index()) {
      assertEquals(1, built.times().segments());
      assertTrue("forced merge", built.times().forceMergeSeconds() > 0);
      assertTrue("natural merges", built.times().mergeSeconds() > 0);
      assertTrue(recall(index, truth, deletesPercent) > 0.95);
    }
  }

  @Test
  public void severalSegmentsAreSearchedTogether() throws IOException {
    GroundTruth truth = GroundTruth.compute(data(), K, row -> true);
    BenchSystem.Built built =
        build(new IndexJob(IndexJob.equal(4), IndexJob.MAX_RAM_BUFFER_MIB, 1, false, 0, 0, false));
    try (BuiltIndex index = built.index()) {
      assertEquals(4, built.times().segments());
      assertTrue(recall(index, truth, 0) > 0.95);
    }
  }

  @Test
  public void jobsThatMakeNoSenseAreRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new IndexJob(IndexJob.equal(2), 100, 2, false, 0, 0, true));
    assertThrows(
        IllegalArgumentException.class, () -> new IndexJob(List.of(), 100, 1, false, 100, 0, true));
  }

  private static double recall(BuiltIndex index, GroundTruth truth, double deletesPercent)
      throws IOException {
    double recall = 0;
    Dataset data = data();
    int queries = data.queries().count();
    for (int query = 0; query < queries; query++) {
      int[] rows = index.search(query, 40).rows();
      for (int row : rows) {
        assertTrue("deleted row " + row, Deletes.isLive(row, deletesPercent));
      }
      recall += truth.recall(data, query, rows);
    }
    return recall / queries;
  }

  private BenchSystem.Built build(IndexJob job) throws IOException {
    return STOCK.build(data(), job, folder.newFolder().toPath(), Double.NaN);
  }

  private static Dataset data() throws IOException {
    return new DataRequest(
            "gen128",
            VECTORS,
            32,
            20,
            null,
            null,
            null,
            VectorEncoding.FLOAT32,
            1,
            8,
            10,
            null,
            null,
            0,
            false)
        .load();
  }
}
