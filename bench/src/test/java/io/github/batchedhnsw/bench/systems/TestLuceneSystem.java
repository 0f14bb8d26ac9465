// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.systems;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.github.batchedhnsw.bench.data.DataRequest;
import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.data.GeneratorParams;
import io.github.batchedhnsw.bench.eval.GroundTruth;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.Bits;
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

  /** In the order of documents: every row, and behind some of them again those that it updates. */
  @Test
  public void churnDeletesAndUpdatesWhatWasAddedBefore() throws IOException {
    double churnPercent = 30;
    IndexJob job =
        new IndexJob(List.of(1), IndexJob.MAX_RAM_BUFFER_MIB, 1, false, 0, churnPercent, false);
    List<Integer> expected = new ArrayList<>();
    int deleted = 0;
    int updated = 0;
    for (int row = 0; row < VECTORS; row++) {
      if (Deletes.churn(row, churnPercent) == Deletes.Churn.NONE) {
        expected.add(row);
      }
      for (int old = 0; old <= row; old++) {
        if (Deletes.churnTime(old, VECTORS) == row) {
          deleted += Deletes.churn(old, churnPercent) == Deletes.Churn.DELETED ? 1 : 0;
          if (Deletes.churn(old, churnPercent) == Deletes.Churn.UPDATED) {
            expected.add(old);
            updated++;
          }
        }
      }
    }
    assertEquals("half of them", 0.15 * VECTORS, deleted, 0.03 * VECTORS);
    assertEquals("the other half", 0.15 * VECTORS, updated, 0.03 * VECTORS);
    Path path = folder.newFolder().toPath();
    STOCK.build(data(), job, path, Double.NaN).index().close();
    assertEquals(List.of(VECTORS + updated), documents(path));
    assertEquals(expected, liveRows(path));
    assertEquals(VECTORS - deleted, IntStream.range(0, VECTORS).filter(job::isLive).count());
  }

  @Test
  public void churnEndsWithTheSameRowsHoweverTheyAreMerged() throws IOException {
    List<Integer> segments = new ArrayList<>();
    for (boolean tiered : new boolean[] {false, true}) {
      IndexJob job = new IndexJob(List.of(), 0.4, 1, tiered, 5, 20, false);
      Path path = folder.newFolder().toPath();
      BenchSystem.Built built = STOCK.build(data(), job, path, Double.NaN);
      built.index().close();
      segments.add(built.times().segments());
      assertEquals(documents(path).size(), built.times().segments());
      assertEquals(tiered, built.times().mergeSeconds() > 0);
      assertEquals(0, built.times().forceMergeSeconds(), 0);
      List<Integer> rows = liveRows(path);
      rows.sort(null);
      assertEquals(IntStream.range(0, VECTORS).filter(job::isLive).boxed().toList(), rows);
    }
    assertTrue(segments + " segments", segments.get(0) > 5);
    assertTrue(segments + " segments", segments.get(1) < segments.get(0));
  }

  @Test
  public void segmentsHaveTheirWeights() throws IOException {
    List<Integer> parts = IndexJob.parse("90+10x1");
    IndexJob job = new IndexJob(parts, IndexJob.MAX_RAM_BUFFER_MIB, 1, false, 0, 0, false);
    Path path = folder.newFolder().toPath();
    STOCK.build(data(), job, path, Double.NaN).index().close();
    List<Integer> expected = new ArrayList<>(List.of(VECTORS * 90 / 100));
    expected.addAll(Collections.nCopies(10, VECTORS / 100));
    assertEquals(expected, documents(path));
    assertEquals(IntStream.range(0, VECTORS).boxed().toList(), liveRows(path));
    assertEquals(List.of(1, 1, 1), IndexJob.parse("3"));
    assertEquals(List.of(), IndexJob.parse("0"));
    assertEquals(List.of(7, 2, 2, 5), IndexJob.parse("7+2x2+5"));
    for (String bad : List.of("", "+", "90+", "x1", "10x", "-1", "1.5", "a", "3 + 4")) {
      assertThrows(bad, IllegalArgumentException.class, () -> IndexJob.parse(bad));
    }
  }

  @Test
  public void graphsTakeAPartOfTheTime() throws IOException {
    BuildTimes batched = times(Systems.batched(new GraphParams(16, 100), 1, 1));
    assertTrue(batched.graphSeconds() + " s", batched.graphSeconds() > 0);
    assertTrue(batched.graphSeconds() + " s", batched.graphSeconds() < batched.totalSeconds());
    assertEquals("stock does not tell", 0, times(STOCK).graphSeconds(), 0);
  }

  private BuildTimes times(LuceneSystem system) throws IOException {
    BenchSystem.Built built =
        system.build(data(), IndexJob.flushed(2), folder.newFolder().toPath(), Double.NaN);
    built.index().close();
    return built.times();
  }

  /** Of each segment, deleted ones included; segments in the order of their names. */
  private static List<Integer> documents(Path path) throws IOException {
    try (Directory directory = FSDirectory.open(path)) {
      return SegmentInfos.readLatestCommit(directory).asList().stream()
          .sorted(
              Comparator.comparing(segment -> Long.parseLong(segment.info.name.substring(1), 36)))
          .map(segment -> segment.info.maxDoc())
          .toList();
    }
  }

  private static List<Integer> liveRows(Path path) throws IOException {
    List<Integer> rows = new ArrayList<>();
    try (Directory directory = FSDirectory.open(path);
        DirectoryReader reader = DirectoryReader.open(directory)) {
      for (LeafReaderContext leaf : reader.leaves()) {
        NumericDocValues values = leaf.reader().getNumericDocValues(RowDocument.ROW_FIELD);
        Bits live = leaf.reader().getLiveDocs();
        while (values.nextDoc() != NumericDocValues.NO_MORE_DOCS) {
          if (live == null || live.get(values.docID())) {
            rows.add((int) values.longValue());
          }
        }
      }
    }
    return rows;
  }

  @Test
  public void jobsThatMakeNoSenseAreRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new IndexJob(IndexJob.equal(2), 100, 2, false, 0, 0, true));
    assertThrows(
        IllegalArgumentException.class, () -> new IndexJob(List.of(), 100, 1, false, 100, 0, true));
    assertThrows(
        IllegalArgumentException.class, () -> new IndexJob(List.of(), 100, 1, false, 0, 51, true));
    assertThrows(
        IllegalArgumentException.class, () -> new IndexJob(List.of(), 100, 2, false, 0, 10, true));
    assertThrows(
        IllegalArgumentException.class,
        () -> new IndexJob(IndexJob.equal(2), 100, 1, true, 0, 0, true));
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
    return DataRequest.of("gen128")
        .sized(VECTORS, 20)
        .generated(32, new GeneratorParams(8, 10, null, null, null, 0))
        .seeded(1)
        .load();
  }
}
