// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.nrt;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.github.batchedhnsw.bench.BenchHome;
import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.data.FloatVectors;
import io.github.batchedhnsw.bench.systems.Contender;
import io.github.batchedhnsw.bench.systems.GraphParams;
import io.github.batchedhnsw.bench.systems.RowDocument;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.junit.Rule;
import org.junit.Test;

public class TestNrtRun {
  private static final int DOCUMENTS = 600;
  private static final int DIMENSION = 16;
  private static final GraphParams PARAMS = new GraphParams(8, 20);
  private static final NrtJob JOB = new NrtJob(DOCUMENTS, 2_000, 20, 200, 2, 10);

  @Rule public final BenchHome folder = new BenchHome();

  @Test
  public void bothSidesIndexEveryRow() throws IOException {
    Dataset data = data();
    Map<Contender, Map<Integer, List<Float>>> indexed = new HashMap<>();
    for (Contender contender : List.of(Contender.STOCK, Contender.BATCHED)) {
      Path path = folder.newFolder().toPath();
      NrtResult result = new NrtRun(data, JOB, 16).run(contender.system(PARAMS), path, 3);
      assertEquals(contender.label(), result.system());
      assertEquals(3, result.round());
      NrtResult.Latency adds = result.latencies().get(NrtResult.Operation.ADD);
      assertEquals(DOCUMENTS, adds.service().count());
      assertTrue(adds.sinceDue().max() >= adds.service().max());
      NrtResult.Latency reopens = result.latencies().get(NrtResult.Operation.REOPEN);
      assertTrue("reopens", reopens.service().count() >= 1);
      assertEquals(reopens.service().count(), result.reopens().size());
      assertTrue(result.latencies().get(NrtResult.Operation.SEARCH).service().count() > 0);
      assertTrue("a flush for the last reopen", result.flushes() >= 1);
      assertTrue("as fast as they arrive at most", result.achievedRate() < 2_000 * 1.01);
      int before = 0;
      for (NrtResult.Reopen reopen : result.reopens()) {
        assertTrue("documents come in", reopen.documents() >= before);
        before = reopen.documents();
      }
      assertTrue(before <= DOCUMENTS);
      indexed.put(contender, rows(path, result.segments()));
    }
    assertEquals(DOCUMENTS, indexed.get(Contender.STOCK).size());
    for (int row = 0; row < DOCUMENTS; row++) {
      float[] expected = ((FloatVectors) data.base()).rows()[row];
      assertEquals(list(expected), indexed.get(Contender.STOCK).get(row));
    }
    assertEquals(indexed.get(Contender.STOCK), indexed.get(Contender.BATCHED));
  }

  /** A buffer of a few documents makes many segments, whatever the reopens do. */
  @Test
  public void flushesAndMergesAreCounted() throws IOException {
    NrtJob job = new NrtJob(DOCUMENTS, 2_000, 50, 0, 1, 10);
    Path path = folder.newFolder().toPath();
    NrtResult result = new NrtRun(data(), job, 0.005).run(Contender.STOCK.system(PARAMS), path, 1);
    assertEquals(0, result.latencies().get(NrtResult.Operation.SEARCH).service().count());
    assertTrue(result.flushes() + " flushes", result.flushes() > 15);
    assertTrue(result.merges() + " merges", result.merges() > 0);
    assertTrue("more documents than a flush", result.mergedDocuments() > DOCUMENTS / 15);
    assertTrue(result.segments() < result.flushes());
  }

  @Test
  public void aFailedSearchEndsTheRun() throws IOException {
    float[][] queries = {new float[DIMENSION]};
    queries[0][0] = Float.NaN;
    Dataset data =
        new Dataset(
            "broken",
            "one query",
            data().base(),
            new FloatVectors(queries),
            VectorSimilarityFunction.EUCLIDEAN);
    // At this rate all vectors would take ten minutes.
    NrtRun run = new NrtRun(data, new NrtJob(DOCUMENTS, 1, 20, 200, 2, 10), 16);
    Path path = folder.newFolder().toPath();
    long start = System.nanoTime();
    IOException e =
        assertThrows(IOException.class, () -> run.run(Contender.STOCK.system(PARAMS), path, 1));
    assertTrue(e.getMessage(), e.getMessage().startsWith("stock failed: "));
    assertTrue("at once", System.nanoTime() - start < 10_000_000_000L);
  }

  @Test
  public void runsThatMakeNoSenseAreRefused() {
    NrtJob tooLong = new NrtJob(DOCUMENTS + 1, 1, 1, 1, 1, 10);
    assertThrows(IllegalArgumentException.class, () -> new NrtRun(data(), tooLong, 16));
    assertThrows(IllegalArgumentException.class, () -> new NrtRun(data(), JOB, 0));
    assertThrows(IllegalArgumentException.class, () -> new NrtRun(data(), JOB, 2048));
  }

  private static Map<Integer, List<Float>> rows(Path path, int segments) throws IOException {
    Map<Integer, List<Float>> rows = new HashMap<>();
    try (Directory directory = FSDirectory.open(path);
        DirectoryReader reader = DirectoryReader.open(directory)) {
      assertEquals(segments, reader.leaves().size());
      for (LeafReaderContext leaf : reader.leaves()) {
        NumericDocValues row = leaf.reader().getNumericDocValues(RowDocument.ROW_FIELD);
        FloatVectorValues vectors = leaf.reader().getFloatVectorValues(RowDocument.VECTOR_FIELD);
        for (int doc = 0; doc < leaf.reader().maxDoc(); doc++) {
          assertEquals(doc, row.nextDoc());
          List<Float> before = rows.put((int) row.longValue(), list(vectors.vectorValue(doc)));
          assertEquals("every row once", null, before);
        }
      }
    }
    return rows;
  }

  private static List<Float> list(float[] vector) {
    List<Float> list = new ArrayList<>();
    for (float component : vector) {
      list.add(component);
    }
    return list;
  }

  private static Dataset data() {
    SplittableRandom random = new SplittableRandom(5);
    return new Dataset(
        "random",
        "seed 5",
        random(random, DOCUMENTS),
        random(random, 20),
        VectorSimilarityFunction.EUCLIDEAN);
  }

  private static FloatVectors random(SplittableRandom random, int count) {
    float[][] rows = new float[count][DIMENSION];
    for (float[] row : rows) {
      for (int i = 0; i < DIMENSION; i++) {
        row[i] = (float) random.nextDouble();
      }
    }
    return new FloatVectors(rows);
  }
}
