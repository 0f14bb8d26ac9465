// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.compare;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;

import io.github.batchedhnsw.bench.BenchHome;
import io.github.batchedhnsw.bench.data.DataRequest;
import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.data.GeneratorParams;
import io.github.batchedhnsw.bench.eval.EqualQuality;
import io.github.batchedhnsw.bench.eval.ExactNeighbours;
import io.github.batchedhnsw.bench.eval.GroundTruthCache;
import io.github.batchedhnsw.bench.eval.Quality;
import io.github.batchedhnsw.bench.eval.QualityCurve;
import io.github.batchedhnsw.bench.eval.QualityPoint;
import io.github.batchedhnsw.bench.graph.GraphReport;
import io.github.batchedhnsw.bench.graph.LevelReport;
import io.github.batchedhnsw.bench.report.Workspace;
import io.github.batchedhnsw.bench.scaling.GraphBytes;
import io.github.batchedhnsw.bench.stock.StockReader;
import io.github.batchedhnsw.bench.systems.BenchSystem;
import io.github.batchedhnsw.bench.systems.GraphParams;
import io.github.batchedhnsw.bench.systems.IndexJob;
import io.github.batchedhnsw.bench.systems.JVectorSystem;
import io.github.batchedhnsw.bench.systems.Ranking;
import io.github.batchedhnsw.bench.systems.RowDocument;
import io.github.batchedhnsw.bench.systems.Systems;
import io.github.batchedhnsw.codec.GraphVectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;
import org.junit.Rule;
import org.junit.Test;

public class TestComparison {
  private static final GraphParams PARAMS = new GraphParams(16, 100);
  private static final int VECTORS = 1_000;

  @Rule public final BenchHome folder = new BenchHome();

  @Test
  public void stockAgainstItselfDiffersInNothing() throws IOException {
    for (VectorEncoding encoding : VectorEncoding.values()) {
      List<Measured> measured =
          run(
              encoding,
              IndexJob.flushed(3),
              List.of(Systems.stock(PARAMS, 1), Systems.stock("again", PARAMS, 1)));
      Quality first = measured.get(0).quality(Ranking.SEARCHED);
      Quality second = measured.get(1).quality(Ranking.SEARCHED);
      assertSame(first.curve(), second.curve(), 0.9);
      assertSame(first.deep(), second.deep(), 0.8);
      assertEquals(4, first.filtered().size());
      first
          .filtered()
          .forEach((filter, curve) -> assertSame(curve, second.filtered().get(filter), 0.7));
      EqualQuality.Verdict verdict = EqualQuality.judge(first, second);
      assertTrue(verdict.holds());
      assertEquals(6, verdict.lines().size());
      assertEquals(
          GraphBytes.sha256(measured.get(0).directory()),
          GraphBytes.sha256(measured.get(1).directory()));
    }
  }

  private static void assertSame(QualityCurve first, QualityCurve second, double leastRecall) {
    for (int i = 0; i < first.points().size(); i++) {
      QualityPoint point = first.points().get(i);
      assertEquals(point.recall(), second.points().get(i).recall(), 0);
      assertEquals(point.worstServed(), second.points().get(i).worstServed(), 0);
      assertEquals(point.visited(), second.points().get(i).visited(), 0);
      assertTrue("recall " + point.recall(), point.recall() > leastRecall);
    }
  }

  @Test
  public void everySystemHasTheReferenceWithAsManyWorkers() throws IOException {
    List<BenchSystem> systems =
        List.of(
            Systems.stock(PARAMS, 1),
            Systems.stock(PARAMS, 2),
            Systems.batched(PARAMS, 2, 2),
            Systems.batched(PARAMS, 1, 1),
            Systems.batched(PARAMS, 3, 3));
    Comparison comparison =
        new Comparison(
            data(VectorEncoding.FLOAT32),
            systems,
            2,
            IndexJob.flushed(1),
            1,
            List.of(Ranking.SEARCHED));
    int[] expected = {0, 0, 1, 0, 0};
    for (int system = 0; system < expected.length; system++) {
      assertEquals("system " + system, expected[system], comparison.reference(system));
    }
  }

  @Test
  public void differentParametersGiveDifferentBytes() throws IOException {
    List<Measured> measured =
        run(
            VectorEncoding.FLOAT32,
            IndexJob.flushed(1),
            List.of(Systems.stock(PARAMS, 1), Systems.stock("m8", new GraphParams(8, 100), 1)));
    assertNotEquals(
        GraphBytes.sha256(measured.get(0).directory()),
        GraphBytes.sha256(measured.get(1).directory()));
  }

  @Test
  public void everySystemIsSearchedAndReported() throws IOException {
    Dataset data = data(VectorEncoding.FLOAT32);
    List<BenchSystem> systems =
        List.of(
            Systems.stock(PARAMS, 1), Systems.batched(PARAMS, 2, 2), new JVectorSystem(PARAMS, 1));
    Comparison comparison = new Comparison(data, systems, IndexJob.flushed(1), 1);
    List<Measured> measured = comparison.run(exact(data));
    for (Measured system : measured) {
      assertTrue(system.system(), system.quality(Ranking.SEARCHED).curve().at(40).recall() > 0.95);
    }
    StockReader.Answer answer =
        StockReader.open(
            measured.get(1).directory(), RowDocument.VECTOR_FIELD, folder.newFolder().toPath());
    assertTrue(answer.message(), answer.opened());
    Path page =
        new ComparisonReport(comparison, measured, Map.of("batched x2", answer))
            .write(folder.getRoot().toPath().resolve("report"));
    for (String file : List.of("recall-visited.png", "build-time.svg", "compare.json")) {
      assertTrue(file, Files.size(page.resolveSibling(file)) > 0);
    }
    List<LevelReport> levels =
        GraphReport.read(measured.getFirst().directory()).graphs().getFirst().levels();
    assertEquals(VECTORS, levels.getLast().nodes());
    assertTrue(levels.getLast().maxDegree() <= 2 * PARAMS.maxConn());
  }

  @Test
  public void quantizedIndexesAreJudgedTwice() throws IOException {
    GraphParams quantized =
        new GraphParams(16, 100, Optional.of(ScalarEncoding.SINGLE_BIT_QUERY_NIBBLE));
    Dataset data = data(VectorEncoding.FLOAT32);
    List<BenchSystem> systems =
        List.of(
            Systems.stock(quantized, 1),
            Systems.batched(quantized, 1, 1, GraphVectors.RAW),
            Systems.batched(quantized, 1, 1, GraphVectors.QUANTIZED));
    Comparison comparison =
        new Comparison(
            data, systems, 1, IndexJob.flushed(3), 1, List.of(Ranking.SEARCHED, Ranking.RESCORED));
    List<Measured> measured = comparison.run(exact(data));
    for (Measured system : measured) {
      double searched = system.quality(Ranking.SEARCHED).curve().at(160).recall();
      double rescored = system.quality(Ranking.RESCORED).curve().at(160).recall();
      assertTrue(system.system() + ": searched " + searched, searched < 0.9);
      assertTrue(system.system() + ": rescored " + rescored, rescored > 0.95);
      assertEquals(
          "what is collected does not change",
          system.quality(Ranking.SEARCHED).curve().at(10).recall(),
          system.quality(Ranking.RESCORED).curve().at(10).recall(),
          1e-9);
    }
    EqualQuality.Verdict rescored =
        EqualQuality.judge(
            measured.get(0).quality(Ranking.RESCORED), measured.get(1).quality(Ranking.RESCORED));
    assertEquals(
        "without filters",
        List.of(1, 2, 3, 4, 6),
        rescored.lines().stream().map(EqualQuality.Line::number).toList());
    ComparisonReport report = new ComparisonReport(comparison, measured, Map.of());
    Path page = report.write(folder.getRoot().toPath().resolve("quantized"));
    assertEquals(
        "two candidates, six lines and five, a header",
        23,
        Files.readAllLines(page.resolveSibling("compare-verdict.csv")).size());
    assertTrue(Files.readString(page).contains("filtered recall@10"));
    String text = report.text();
    for (String part :
        List.of(
            "\nequal quality, batched against stock",
            "\nequal rescored quality, batched from quantized against stock",
            "SINGLE_BIT_QUERY_NIBBLE (1 bits)")) {
      assertTrue(part + " in " + text, text.contains(part));
    }
  }

  @Test
  public void aBrokenIndexIsNotOpened() throws IOException {
    StockReader.Answer answer =
        StockReader.open(
            folder.newFolder().toPath(), RowDocument.VECTOR_FIELD, folder.newFolder().toPath());
    assertTrue(answer.message(), !answer.opened());
  }

  @Test
  public void medianOfRounds() {
    assertEquals(2, Measured.median(new double[] {3, 1, 2}), 0);
    assertEquals(2.5, Measured.median(new double[] {4, 1, 2, 3}), 0);
  }

  private static List<Measured> run(
      VectorEncoding encoding, IndexJob job, List<BenchSystem> systems) throws IOException {
    Dataset data = data(encoding);
    return new Comparison(data, systems, job, 1).run(exact(data));
  }

  private static ExactNeighbours exact(Dataset data) throws IOException {
    return ExactNeighbours.get(new GroundTruthCache(Workspace.cache()), data, row -> true, "all");
  }

  private static Dataset data(VectorEncoding encoding) throws IOException {
    return DataRequest.of("gen128")
        .sized(VECTORS, 50)
        .generated(32, new GeneratorParams(8, 10, null, null, null, 0))
        .seeded(1)
        .encoded(encoding)
        .load();
  }
}
