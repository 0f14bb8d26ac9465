package io.github.batchedhnsw.bench.cli;

import io.github.batchedhnsw.bench.compare.Comparison;
import io.github.batchedhnsw.bench.compare.ComparisonReport;
import io.github.batchedhnsw.bench.compare.Measured;
import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.eval.ExactNeighbours;
import io.github.batchedhnsw.bench.eval.GroundTruthCache;
import io.github.batchedhnsw.bench.report.Workspace;
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
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code compare}: systems take turns at the same work; time, recall and the verdict. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description =
        "Lets stock Lucene, Batched HNSW and jvector build the same graph in turns and judges them.")
final class CompareCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DataOptions data;
  @Mixin private GraphOptions graph;
  @Mixin private JobOptions jobOptions;

  @Option(names = "--rounds", defaultValue = "3", description = "default: ${DEFAULT-VALUE}")
  private int rounds;

  @Option(
      names = "--workers",
      split = ",",
      defaultValue = "1",
      description =
          "merge workers of Batched HNSW, one system per value (default: ${DEFAULT-VALUE})")
  private List<Integer> workers;

  @Option(
      names = "--flush-workers",
      description = "flush workers of Batched HNSW (default: as many as merge workers)")
  private Integer flushWorkers;

  @Option(
      names = "--stock-workers",
      split = ",",
      description =
          "merge workers of stock Lucene, one system per value (default: those of --workers)")
  private List<Integer> stockWorkers;

  @Option(
      names = "--graph-vectors",
      split = ",",
      defaultValue = "RAW",
      description =
          "with --quantize, what merges of Batched HNSW build graphs from, one system per value:"
              + " ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private List<GraphVectors> graphVectors;

  @Option(names = "--jvector", description = "also jvector, with the most --workers")
  private boolean jvector;

  @Option(names = "--self", description = "stock against stock only: is the instrument unbiased?")
  private boolean self;

  @Option(names = "--out", paramLabel = "DIR", description = "default: bench/target/report-compare")
  private Path out;

  @Override
  public Integer call() throws IOException {
    PrintWriter printer = spec.commandLine().getOut();
    Dataset dataset = data.load();
    List<BenchSystem> systems = systems();
    IndexJob job = jobOptions.job();
    ExactNeighbours exact =
        ExactNeighbours.get(
            new GroundTruthCache(Workspace.cache()), dataset, job::isLive, job.liveKey());
    List<Ranking> rankings =
        graph.params().encoding().isEmpty()
            ? List.of(Ranking.SEARCHED)
            : List.of(Ranking.SEARCHED, Ranking.RESCORED);
    Comparison comparison = new Comparison(dataset, systems, stockWorkers().size(), job, rounds, rankings);
    List<Measured> measured = comparison.run(exact);
    ComparisonReport report = new ComparisonReport(comparison, measured, opened(systems, measured));
    printer.print(report.text());
    Path page = report.write(out == null ? Workspace.report("compare") : out);
    printer.println("page: " + page.toAbsolutePath().normalize());
    printer.flush();
    return 0;
  }

  private List<Integer> stockWorkers() {
    return stockWorkers == null ? workers : stockWorkers;
  }

  private List<BenchSystem> systems() {
    GraphParams params = graph.params();
    List<BenchSystem> systems = new ArrayList<>();
    stockWorkers().forEach(count -> systems.add(Systems.stock(params, count)));
    if (self) {
      stockWorkers()
          .forEach(
          count -> systems.add(Systems.stock("again: stock x" + count, params, count)));
      return systems;
    }
    for (int count : workers) {
      int flush = flushWorkers == null ? count : flushWorkers;
      graphVectors.forEach(from -> systems.add(Systems.batched(params, count, flush, from)));
    }
    if (jvector) {
      systems.add(new JVectorSystem(params, java.util.Collections.max(workers)));
    }
    return systems;
  }

  private static Map<String, StockReader.Answer> opened(
      List<BenchSystem> systems, List<Measured> measured) throws IOException {
    Map<String, StockReader.Answer> answers = new LinkedHashMap<>();
    for (int i = 0; i < systems.size(); i++) {
      if (systems.get(i) instanceof LuceneSystem) {
        answers.put(
            systems.get(i).name(),
            StockReader.open(
                measured.get(i).directory(),
                LuceneSystem.VECTOR_FIELD,
                Workspace.emptyIndex("stock-reader-classes")));
      }
    }
    return answers;
  }
}
