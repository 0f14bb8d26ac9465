// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.cold;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.github.batchedhnsw.bench.BenchHome;
import io.github.batchedhnsw.bench.compare.Comparison;
import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.data.UniformCube;
import io.github.batchedhnsw.bench.report.Workspace;
import io.github.batchedhnsw.bench.scaling.GraphBytes;
import io.github.batchedhnsw.bench.systems.GraphParams;
import io.github.batchedhnsw.bench.systems.IndexJob;
import io.github.batchedhnsw.bench.systems.Ranking;
import io.github.batchedhnsw.bench.systems.SystemSpec;
import io.github.batchedhnsw.codec.GraphVectors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;
import org.junit.Rule;
import org.junit.Test;

public class TestColdStart {
  private static final GraphParams PARAMS = new GraphParams(16, 100);

  @Rule public final BenchHome folder = new BenchHome();

  @Test
  public void everyProcessBuildsWhatThisOneWouldBuild() throws IOException {
    UniformCube cube = new UniformCube(12, 7);
    Dataset data =
        new Dataset(
            "cube", "", cube.base(1_500), cube.queries(1), VectorSimilarityFunction.EUCLIDEAN);
    List<SystemSpec> specs =
        List.of(
            new SystemSpec(SystemSpec.Kind.STOCK, PARAMS, 1, 1, GraphVectors.RAW),
            new SystemSpec(SystemSpec.Kind.BATCHED, PARAMS, 1, 1, GraphVectors.RAW));
    IndexJob job = IndexJob.flushed(2);
    Comparison comparison =
        new Comparison(
            data,
            specs.stream().map(SystemSpec::system).toList(),
            1,
            job,
            1,
            List.of(Ranking.SEARCHED));
    List<ColdStart.Measured> measured = new ColdStart(comparison, specs).run();
    for (int i = 0; i < specs.size(); i++) {
      ColdStart.Run run = measured.get(i).runs().getFirst();
      assertTrue(run.toString(), run.buildSeconds() > 0 && run.cpuSeconds() > 0);
      assertTrue(run.toString(), run.wallSeconds() > run.buildSeconds());
      Path here = folder.newFolder().toPath();
      specs.get(i).system().build(data, job, here, Double.NaN).index().close();
      assertEquals(
          GraphBytes.sha256(here),
          GraphBytes.sha256(Workspace.index("cold-" + measured.get(i).system())));
    }
    assertTrue(
        new ColdReport(comparison, measured).text(),
        new ColdReport(comparison, measured).text().contains("wall speed-up"));
  }

  @Test
  public void aTaskSurvivesTheCommandLine() {
    for (IndexJob job :
        List.of(
            IndexJob.flushed(1),
            new IndexJob(IndexJob.parse("90+10x1"), 16.5, 1, false, 2.5, 10, true),
            new IndexJob(List.of(), 32, 3, true, 0, 0, false))) {
      ColdBuild.Task task =
          new ColdBuild.Task(
              new SystemSpec(
                  SystemSpec.Kind.BATCHED,
                  new GraphParams(64, 250, Optional.of(ScalarEncoding.UNSIGNED_BYTE)),
                  3,
                  2,
                  GraphVectors.QUANTIZED),
              job,
              VectorSimilarityFunction.COSINE,
              VectorEncoding.BYTE,
              12,
              Path.of("vectors"),
              Path.of("an index"));
      assertEquals(task, ColdBuild.Task.parse(task.arguments()));
    }
    assertThrows(IOException.class, () -> ColdBuild.Answer.parse("OutOfMemoryError"));
  }
}
