package io.github.batchedhnsw.bench.cli;

import io.github.batchedhnsw.bench.systems.IndexJob;
import picocli.CommandLine.Option;

/** How the vectors get into the index. */
final class JobOptions {
  @Option(
      names = "--segments",
      defaultValue = "1",
      description = "equal flushed segments, 0: the RAM buffer decides (default: ${DEFAULT-VALUE})")
  private int segments;

  @Option(
      names = "--ram-buffer",
      paramLabel = "MIB",
      defaultValue = "2047",
      description =
          "IndexWriter's RAM buffer, matters with --segments 0 (default: ${DEFAULT-VALUE})")
  private double ramBufferMib;

  @Option(
      names = "--indexing-threads",
      defaultValue = "1",
      description = "with --segments 0 (default: ${DEFAULT-VALUE})")
  private int indexingThreads;

  @Option(
      names = "--tiered-merges",
      description = "merge while indexing, with the tiered policy; with --segments 0")
  private boolean tieredMerges;

  @Option(
      names = "--deletes",
      paramLabel = "PERCENT",
      defaultValue = "0",
      description = "documents deleted before the forced merge (default: ${DEFAULT-VALUE})")
  private double deletesPercent;

  @Option(names = "--no-force-merge", description = "keep the segments as they are")
  private boolean noForceMerge;

  IndexJob job() {
    return new IndexJob(
        segments, ramBufferMib, indexingThreads, tieredMerges, deletesPercent, !noForceMerge);
  }
}
