package io.github.batchedhnsw.bench.compare;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;

import io.github.batchedhnsw.bench.BenchHome;
import io.github.batchedhnsw.bench.data.DataRequest;
import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.data.GeneratorParams;
import io.github.batchedhnsw.bench.eval.EqualQuality;
import io.github.batchedhnsw.bench.eval.GroundTruth;
import io.github.batchedhnsw.bench.graph.GraphReport;
import io.github.batchedhnsw.bench.graph.LevelReport;
import io.github.batchedhnsw.bench.scaling.GraphBytes;
import io.github.batchedhnsw.bench.stock.StockReader;
import io.github.batchedhnsw.bench.systems.BenchSystem;
import io.github.batchedhnsw.bench.systems.GraphParams;
import io.github.batchedhnsw.bench.systems.IndexJob;
import io.github.batchedhnsw.bench.systems.JVectorSystem;
import io.github.batchedhnsw.bench.systems.LuceneSystem;
import io.github.batchedhnsw.bench.systems.Ranking;
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
  private static final int VECTORS = 2_000;

  @Rule public final BenchHome folder = new BenchHome();

  @Test
  public void stockAgainstItselfDiffersInNothing() throws IOException {
    for (VectorEncoding encoding : VectorEncoding.values()) {
      List<Measured> measured =
          run(
              encoding,
              IndexJob.flushed(3),
              List.of(Systems.stock(PARAMS, 1), Systems.stock("again", PARAMS, 1)));
      for (int i = 0; i < Comparison.WIDTHS.size(); i++) {
        var first = measured.get(0).curve(Ranking.SEARCHED).points().get(i);
        var second = measured.get(1).curve(Ranking.SEARCHED).points().get(i);
        assertEquals(first.recall(), second.recall(), 0);
        assertEquals(first.visited(), second.visited(), 0);
        assertTrue("recall " + first.recall(), first.recall() > 0.9);
      }
      assertTrue(
          EqualQuality.judge(
                  measured.get(0).curve(Ranking.SEARCHED), measured.get(1).curve(Ranking.SEARCHED))
              .holds());
      assertEquals(
          GraphBytes.sha256(measured.get(0).directory()),
          GraphBytes.sha256(measured.get(1).directory()));
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
    List<Measured> measured =
        comparison.run(GroundTruth.compute(data, Comparison.TOP_K, row -> true));
    for (Measured system : measured) {
      assertTrue(system.system(), system.curve(Ranking.SEARCHED).at(40).recall() > 0.95);
    }
    StockReader.Answer answer =
        StockReader.open(
            measured.get(1).directory(), LuceneSystem.VECTOR_FIELD, folder.newFolder().toPath());
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
            data, systems, IndexJob.flushed(3), 1, List.of(Ranking.SEARCHED, Ranking.RESCORED));
    List<Measured> measured =
        comparison.run(GroundTruth.compute(data, Comparison.TOP_K, row -> true));
    for (Measured system : measured) {
      double searched = system.curve(Ranking.SEARCHED).at(160).recall();
      double rescored = system.curve(Ranking.RESCORED).at(160).recall();
      assertTrue(system.system() + ": searched " + searched, searched < 0.9);
      assertTrue(system.system() + ": rescored " + rescored, rescored > 0.95);
      assertEquals(
          "what is collected does not change",
          system.curve(Ranking.SEARCHED).at(10).recall(),
          system.curve(Ranking.RESCORED).at(10).recall(),
          1e-9);
    }
    String text = new ComparisonReport(comparison, measured, Map.of()).text();
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
            folder.newFolder().toPath(), LuceneSystem.VECTOR_FIELD, folder.newFolder().toPath());
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
    GroundTruth truth = GroundTruth.compute(data, Comparison.TOP_K, row -> true);
    return new Comparison(data, systems, job, 1).run(truth);
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
