// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.cli;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.decay.Decay;
import io.github.batchedhnsw.bench.report.Environment;
import io.github.batchedhnsw.bench.systems.GraphParams;
import io.github.batchedhnsw.bench.systems.LuceneSystem;
import io.github.batchedhnsw.bench.systems.Systems;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code decay}: what successive merges with deletes and updates do to a graph. */
@Command(
    name = "decay",
    mixinStandardHelpOptions = true,
    description =
        "Replaces some of the vectors and merges, again and again, and compares the graph with a"
            + " fresh one of the same vectors.")
final class DecayCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DataOptions data;
  @Mixin private GraphOptions graph;

  @Option(names = "--rounds", defaultValue = "20", description = "default: ${DEFAULT-VALUE}")
  private int rounds;

  @Option(
      names = "--replaced",
      paramLabel = "PERCENT",
      defaultValue = "5",
      description =
          "of the vectors, deleted before each merge while as many are added (default:"
              + " ${DEFAULT-VALUE})")
  private double replacedPercent;

  @Override
  public Integer call() throws IOException {
    PrintWriter printer = spec.commandLine().getOut();
    Dataset dataset = data.load();
    GraphParams params = graph.params();
    Decay decay = new Decay(dataset, rounds, replacedPercent);
    printer.println(dataset.name() + ": " + dataset.description() + "; " + decay.description());
    Environment.describe().forEach((name, value) -> printer.println(name + ": " + value));
    for (LuceneSystem system : List.of(Systems.stock(params, 1), Systems.batched(params, 1, 1))) {
      printer.print(decay.run(system).text());
      printer.flush();
    }
    return 0;
  }
}
