// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.heap;

import static io.github.batchedhnsw.bench.report.Figures.format;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.report.Environment;
import io.github.batchedhnsw.bench.report.Figures;
import io.github.batchedhnsw.bench.report.Table;
import io.github.batchedhnsw.bench.systems.Contender;
import io.github.batchedhnsw.bench.systems.GraphParams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Smallest heaps as text and CSV.
 *
 * @param data what was indexed
 * @param params of the graph
 * @param segments that were merged
 * @param needed by job
 */
public record HeapReport(
    Dataset data,
    GraphParams params,
    int segments,
    Map<HeapChild.Job, List<HeapComparison.Needed>> needed) {
  private static final int MIB = 1 << 20;

  /** Everything to print, for a terminal. */
  public String text() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("data", data.name() + ": " + data.description());
    facts.put(
        "job",
        "flush of one segment, merge of %d; heap of a child JVM, serial collector"
            .formatted(segments));
    for (Contender contender : Contender.values()) {
      facts.put(contender.label(), contender.system(params).description());
    }
    facts.putAll(Environment.describe());
    StringBuilder text = new StringBuilder(Figures.lines(facts));
    text.append('\n').append(table().text());
    text.append(
        format(
            "The vectors themselves take %d bytes each. graph B/vector: above flat, the same job"
                + " without a graph.%n",
            vectorBytes()));
    return text.toString();
  }

  /**
   * Writes {@code heap.csv}.
   *
   * @return the file
   * @throws IOException when it cannot be written
   */
  public Path write(Path directory) throws IOException {
    Files.createDirectories(directory);
    return Files.writeString(directory.resolve("heap.csv"), table().csv());
  }

  private int vectorBytes() {
    return data.base().dimension() * data.base().encoding().byteSize;
  }

  Table table() {
    Table table =
        new Table(
            List.of(
                "system",
                "job",
                "vectors",
                "fails(MiB)",
                "passes(MiB)",
                "heap B/vector",
                "graph B/vector",
                "+-",
                "ample cpu(s)",
                "trials"));
    needed.forEach(
        (job, systems) -> {
          SmallestHeap flat = systems.getFirst().heap();
          for (HeapComparison.Needed system : systems) {
            SmallestHeap heap = system.heap();
            boolean isFlat = system.contender() == Contender.FLAT;
            table.add(
                List.of(
                    system.contender().label(),
                    job.name().toLowerCase(Locale.ROOT),
                    Integer.toString(data.base().count()),
                    Integer.toString(heap.failsMib()),
                    Integer.toString(heap.passesMib()),
                    perVector(heap.mib()),
                    isFlat ? "" : perVector(heap.mib() - flat.mib()),
                    isFlat
                        ? perVector(heap.uncertaintyMib())
                        : perVector(heap.uncertaintyMib() + flat.uncertaintyMib()),
                    format("%.1f", system.ampleCpuSeconds()),
                    Integer.toString(heap.trials())));
          }
        });
    return table;
  }

  private String perVector(double mib) {
    return format("%.0f", mib * MIB / data.base().count());
  }
}
