// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.cli;

import static io.github.batchedhnsw.bench.report.Figures.format;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.process.VectorSource;
import io.github.batchedhnsw.bench.report.Environment;
import io.github.batchedhnsw.bench.report.Figures;
import io.github.batchedhnsw.bench.report.Table;
import io.github.batchedhnsw.bench.report.Workspace;
import io.github.batchedhnsw.bench.slowreads.ReadCounts;
import io.github.batchedhnsw.bench.slowreads.SlowMerge;
import io.github.batchedhnsw.bench.systems.Contender;
import io.github.batchedhnsw.bench.systems.LuceneSystem;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code slow-reads}: merges with less memory than the vectors take. */
@Command(
    name = "slow-reads",
    mixinStandardHelpOptions = true,
    description =
        "Merges through a modelled page cache that is smaller than the vectors, and counts what"
            + " stock Lucene and Batched HNSW read from the device.")
final class SlowReadsCommand implements Callable<Integer> {
  private static final double MIB = 1 << 20;

  @Spec private CommandSpec spec;
  @Mixin private DataOptions data;
  @Mixin private GraphOptions graph;
  @Mixin private ReportOptions reports;

  @Option(
      names = "--segments",
      defaultValue = "10",
      description = "that are merged (default: ${DEFAULT-VALUE})")
  private int segments;

  @Option(
      names = "--cache-mib",
      paramLabel = "MIB",
      description = "size of the page cache (default: a quarter of the vectors)")
  private Double cacheMib;

  @Option(
      names = "--read-latency-us",
      paramLabel = "US",
      defaultValue = "0",
      description =
          "what a random read of a page that is not cached takes at least; 0 only counts (default:"
              + " ${DEFAULT-VALUE})")
  private double readLatencyMicros;

  @Override
  public Integer call() throws IOException {
    PrintWriter printer = spec.commandLine().getOut();
    Dataset dataset = data.load();
    long vectorBytes =
        (long) dataset.base().count()
            * dataset.base().dimension()
            * dataset.base().encoding().byteSize;
    long cacheBytes = cacheMib == null ? vectorBytes / 4 : (long) (cacheMib * MIB);
    Path files = Workspace.emptyIndex("slow-reads-vectors");
    SlowMerge merge =
        new SlowMerge(VectorSource.write(dataset, files), segments, cacheBytes, readLatencyMicros);
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("data", dataset.name() + ": " + dataset.description());
    facts.put(
        "job",
        format(
            "merge of %d segments, %.1f MiB of vectors through a page cache of %.1f MiB, a random"
                + " read takes at least %s us",
            segments, vectorBytes / MIB, cacheBytes / MIB, readLatencyMicros));
    facts.putAll(Environment.describe());
    printer.print(Figures.lines(facts));
    printer.println();
    printer.flush();
    Table table = table(merge, dataset.base().count());
    Workspace.delete(files);
    printer.print(table.text());
    Path directory = reports.directory();
    Files.createDirectories(directory);
    Path file = Files.writeString(directory.resolve("slow-reads.csv"), table.csv());
    reports.print("table", file);
    return 0;
  }

  private Table table(SlowMerge merge, int vectors) throws IOException {
    Table table =
        new Table(
            List.of(
                "system",
                "page accesses",
                "reads",
                "read(MiB)",
                "sequential",
                "random reads",
                "random/vector",
                "seconds",
                "cpu(s)"));
    for (Contender contender : Contender.values()) {
      LuceneSystem system = contender.system(graph.params());
      Path index = Workspace.emptyIndex("slow-reads-" + contender.label());
      SlowMerge.Result result = merge.run(system, index);
      Workspace.delete(index);
      ReadCounts counts = result.counts();
      table.add(
          List.of(
              result.system(),
              Long.toString(counts.accesses()),
              Long.toString(counts.reads()),
              format("%.1f", counts.bytes() / MIB),
              format("%.1f %%", 100 * counts.sequentialShare()),
              Long.toString(counts.randomReads()),
              format("%.2f", (double) counts.randomReads() / vectors),
              format("%.2f", result.seconds()),
              format("%.2f", result.cpuSeconds())));
    }
    return table;
  }
}
