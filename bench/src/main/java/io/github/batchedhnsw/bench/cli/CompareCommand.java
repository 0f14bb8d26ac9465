// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.cli;

import io.github.batchedhnsw.bench.cold.ColdReport;
import io.github.batchedhnsw.bench.cold.ColdStart;
import io.github.batchedhnsw.bench.compare.Comparison;
import io.github.batchedhnsw.bench.compare.ComparisonReport;
import io.github.batchedhnsw.bench.compare.Measured;
import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.eval.ExactNeighbours;
import io.github.batchedhnsw.bench.eval.GroundTruthCache;
import io.github.batchedhnsw.bench.report.Workspace;
import io.github.batchedhnsw.bench.stock.StockReader;
import io.github.batchedhnsw.bench.systems.BenchSystem;
import io.github.batchedhnsw.bench.systems.LuceneSystem;
import io.github.batchedhnsw.bench.systems.Ranking;
import io.github.batchedhnsw.bench.systems.RowDocument;
import io.github.batchedhnsw.bench.systems.SystemSpec;
import io.github.batchedhnsw.codec.GraphVectors;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code compare}: systems take turns at the same work, and time and recall are judged. */
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
  @Mixin private ReportOptions reports;

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
          "merge workers of stock Lucene, one system per value (default: those of --workers); the"
              + " reference of every other system is the one with as many, or else the first")
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

  @Option(
      names = "--preset",
      defaultValue = "none",
      description =
          "defaults of graph and job: ${COMPLETION-CANDIDATES}; luceneutil: M 64, beam 250, 8 bits,"
              + " RAM buffer of 128 MiB, tiered merges (default: ${DEFAULT-VALUE})")
  private Preset preset;

  @Option(
      names = "--cold",
      paramLabel = "N",
      description =
          "instead, N fresh JVMs per system, in turns, one build each: time and CPU of the whole"
              + " processes")
  private Integer coldRounds;

  @Override
  public Integer call() throws IOException {
    if (coldRounds != null && coldRounds < 1) {
      throw new IllegalArgumentException("cold must be >= 1 process; cold=" + coldRounds);
    }
    PrintWriter printer = spec.commandLine().getOut();
    Dataset dataset = data.load();
    List<SystemSpec> specs = specs();
    Comparison comparison =
        new Comparison(
            dataset,
            specs.stream().map(SystemSpec::system).toList(),
            stockWorkers().size(),
            jobOptions.job(preset),
            coldRounds == null ? rounds : coldRounds,
            graph.params(preset).encoding().isEmpty()
                ? List.of(Ranking.SEARCHED)
                : List.of(Ranking.SEARCHED, Ranking.RESCORED));
    Path page = coldRounds == null ? warm(comparison, printer) : cold(comparison, specs, printer);
    reports.print("page", page);
    return 0;
  }

  private Path warm(Comparison comparison, PrintWriter printer) throws IOException {
    ExactNeighbours exact =
        ExactNeighbours.get(
            new GroundTruthCache(Workspace.cache()),
            comparison.data(),
            comparison.job()::isLive,
            comparison.job().liveKey());
    List<Measured> measured = comparison.run(exact);
    ComparisonReport report =
        new ComparisonReport(comparison, measured, opened(comparison.systems(), measured));
    printer.print(report.text());
    return report.write(reports.directory());
  }

  private Path cold(Comparison comparison, List<SystemSpec> specs, PrintWriter printer)
      throws IOException {
    ColdReport report = new ColdReport(comparison, new ColdStart(comparison, specs).run());
    printer.print(report.text());
    return report.write(reports.directory("cold"));
  }

  private List<Integer> stockWorkers() {
    return stockWorkers == null ? workers : stockWorkers;
  }

  /** The references, which are stock Lucene, and then the others. */
  private List<SystemSpec> specs() {
    List<SystemSpec> specs = new ArrayList<>();
    stockWorkers().forEach(count -> specs.add(spec(SystemSpec.Kind.STOCK, count)));
    if (self) {
      stockWorkers().forEach(count -> specs.add(spec(SystemSpec.Kind.STOCK_AGAIN, count)));
      return specs;
    }
    for (int count : workers) {
      int flush = flushWorkers == null ? count : flushWorkers;
      graphVectors.forEach(
          from ->
              specs.add(
                  new SystemSpec(
                      SystemSpec.Kind.BATCHED, graph.params(preset), count, flush, from)));
    }
    if (jvector) {
      specs.add(spec(SystemSpec.Kind.JVECTOR, Collections.max(workers)));
    }
    return specs;
  }

  private SystemSpec spec(SystemSpec.Kind kind, int count) {
    return new SystemSpec(kind, graph.params(preset), count, count, GraphVectors.RAW);
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
                RowDocument.VECTOR_FIELD,
                Workspace.emptyIndex("stock-reader-classes")));
      }
    }
    return answers;
  }
}
