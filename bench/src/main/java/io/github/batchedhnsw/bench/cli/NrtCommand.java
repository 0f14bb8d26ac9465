// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.cli;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.nrt.NrtChild;
import io.github.batchedhnsw.bench.nrt.NrtJob;
import io.github.batchedhnsw.bench.nrt.NrtReport;
import io.github.batchedhnsw.bench.nrt.NrtResult;
import io.github.batchedhnsw.bench.nrt.NrtRun;
import io.github.batchedhnsw.bench.process.GraphSetting;
import io.github.batchedhnsw.bench.process.VectorSource;
import io.github.batchedhnsw.bench.report.Environment;
import io.github.batchedhnsw.bench.report.Workspace;
import io.github.batchedhnsw.bench.systems.Contender;
import io.github.batchedhnsw.bench.systems.GraphParams;
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

/** {@code nrt}: steady indexing with reopens and searches beside it. */
@Command(
    name = "nrt",
    mixinStandardHelpOptions = true,
    description =
        "Indexes at a steady rate while readers are reopened and searched, and reports the latency"
            + " of all three for stock Lucene and Batched HNSW in turns.")
final class NrtCommand implements Callable<Integer> {
  private static final List<Contender> CONTENDERS = List.of(Contender.STOCK, Contender.BATCHED);
  private static final double DEFAULT_SECONDS = 40;

  @Spec private CommandSpec spec;
  @Mixin private DataOptions data;
  @Mixin private GraphOptions graph;
  @Mixin private ReportOptions reports;

  @Option(
      names = "--rate",
      paramLabel = "VECTORS",
      defaultValue = "1000",
      description = "vectors that arrive per second (default: ${DEFAULT-VALUE})")
  private double rate;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "how long vectors arrive (default: 40, or as long as there are vectors)")
  private Double seconds;

  @Option(
      names = "--reopen-ms",
      paramLabel = "MS",
      defaultValue = "1000",
      description = "between reopens (default: ${DEFAULT-VALUE})")
  private double reopenMillis;

  @Option(
      names = "--searches-per-second",
      paramLabel = "N",
      defaultValue = "20",
      description = "searches that arrive per second, 0 for none (default: ${DEFAULT-VALUE})")
  private double searchesPerSecond;

  @Option(
      names = "--search-threads",
      defaultValue = "1",
      description = "threads that share them (default: ${DEFAULT-VALUE})")
  private int searchThreads;

  @Option(
      names = "--width",
      defaultValue = "50",
      description = "what a search collects for its 10 results (default: ${DEFAULT-VALUE})")
  private int width;

  @Option(
      names = "--ram-buffer",
      paramLabel = "MIB",
      split = ",",
      defaultValue = "16,64,512",
      description = "IndexWriter's RAM buffer, one run per value (default: ${DEFAULT-VALUE})")
  private List<Double> ramBuffersMib;

  @Option(names = "--rounds", defaultValue = "1", description = "default: ${DEFAULT-VALUE}")
  private int rounds;

  @Option(
      names = "--warm-up",
      paramLabel = "S",
      defaultValue = "10",
      description =
          "seconds of the same load before the first run, for each system, unmeasured; not with"
              + " --cold (default: ${DEFAULT-VALUE})")
  private double warmUpSeconds;

  @Option(
      names = "--cold",
      description = "every run in a JVM of its own that has run nothing before")
  private boolean cold;

  @Override
  public Integer call() throws IOException {
    PrintWriter printer = spec.commandLine().getOut();
    Dataset dataset = data.load();
    NrtJob job = job(dataset.base().count());
    List<NrtResult> results = run(dataset, job);
    NrtReport report = new NrtReport(facts(dataset, job), results);
    printer.print(report.text());
    Path page = report.write(reports.directory());
    reports.print("page", page);
    return 0;
  }

  private NrtJob job(int available) {
    double wanted = rate * (seconds == null ? DEFAULT_SECONDS : seconds);
    if (seconds != null && wanted > available) {
      throw new IllegalArgumentException(
          ("rate times seconds must be <= %,d, the vectors there are (--count may give more);"
                  + " rate=%s, seconds=%s")
              .formatted(available, rate, seconds));
    }
    int documents = (int) Math.min(wanted, available);
    return new NrtJob(documents, rate, reopenMillis, searchesPerSecond, searchThreads, width);
  }

  /** Which system comes first alternates from round to round and from buffer to buffer. */
  private List<NrtResult> run(Dataset dataset, NrtJob job) throws IOException {
    // Wrong arguments are refused before anything takes time.
    List<NrtRun> runs =
        ramBuffersMib.stream().map(buffer -> new NrtRun(dataset, job, buffer)).toList();
    GraphParams params = graph.params();
    Path scratch = Workspace.emptyIndex("nrt-scratch");
    VectorSource source = cold ? VectorSource.write(dataset, scratch) : null;
    if (!cold) {
      warmUp(runs.getFirst(), params);
    }
    List<NrtResult> results = new ArrayList<>();
    int turn = 0;
    for (int round = 1; round <= rounds; round++) {
      for (NrtRun run : runs) {
        List<Contender> order = turn++ % 2 == 0 ? CONTENDERS : CONTENDERS.reversed();
        for (Contender contender : order) {
          Path index = Workspace.emptyIndex("nrt-" + contender.label());
          if (cold) {
            NrtChild.Task task =
                new NrtChild.Task(
                    contender,
                    GraphSetting.of(params),
                    source,
                    job,
                    run.ramBufferMib(),
                    round,
                    index.toString());
            results.add(NrtChild.run(task, scratch));
          } else {
            System.gc();
            results.add(run.run(contender.system(params), index, round));
          }
        }
      }
    }
    Workspace.delete(scratch);
    return results;
  }

  private void warmUp(NrtRun run, GraphParams params) throws IOException {
    int documents = (int) Math.min(run.job().documents(), run.job().rate() * warmUpSeconds);
    if (documents < 1) {
      return;
    }
    NrtRun few = new NrtRun(run.data(), run.job().first(documents), run.ramBufferMib());
    for (Contender contender : CONTENDERS) {
      few.run(contender.system(params), Workspace.emptyIndex("warm-up"), 0);
    }
    Workspace.delete(Workspace.index("warm-up"));
  }

  private Map<String, String> facts(Dataset dataset, NrtJob job) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("data", dataset.name() + ": " + dataset.description());
    facts.put("job", job.description());
    facts.put(
        "JVM state",
        cold
            ? "cold: every run in a JVM of its own"
            : "one JVM, warm-up %s s".formatted(warmUpSeconds));
    for (Contender contender : CONTENDERS) {
      facts.put(contender.label(), contender.system(graph.params()).description());
    }
    facts.putAll(Environment.describe());
    return facts;
  }
}
