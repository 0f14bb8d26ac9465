// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.cli;

import io.github.batchedhnsw.bench.systems.IndexJob;
import java.util.List;
import picocli.CommandLine.Option;

/** How the vectors get into the index. */
final class JobOptions {
  /** The value of option {@code --segments} that leaves flushing to the RAM buffer. */
  static final String BY_RAM_BUFFER = "0";

  @Option(
      names = "--segments",
      paramLabel = "SEGMENTS",
      description =
          "equal flushed segments, or their weights as 90+10x1 (one of 90 %%, ten of 1 %%); 0: the"
              + " RAM buffer decides; more than 1 are force-merged (default: 1)")
  private String segments;

  @Option(
      names = "--ram-buffer",
      paramLabel = "MIB",
      description = "IndexWriter's RAM buffer, matters with --segments 0 (default: 2047)")
  private Double ramBufferMib;

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

  @Option(
      names = "--churn",
      paramLabel = "PERCENT",
      defaultValue = "0",
      description =
          "documents deleted (half of them) or updated (the others) at random while later ones are"
              + " added (default: ${DEFAULT-VALUE})")
  private double churnPercent;

  @Option(names = "--no-force-merge", description = "keep the segments as they are")
  private boolean noForceMerge;

  IndexJob job() {
    return job(Preset.NONE);
  }

  /**
   * The job that was asked for.
   *
   * @param preset for what no option says; its tiered merges go with its own segments only
   */
  IndexJob job(Preset preset) {
    List<Integer> parts = IndexJob.parse(segments == null ? preset.segments() : segments);
    boolean presetMerges = segments == null && parts.isEmpty();
    boolean nothingToMerge = parts.size() == 1 && deletesPercent == 0 && churnPercent == 0;
    return new IndexJob(
        parts,
        ramBufferMib == null ? preset.ramBufferMib() : ramBufferMib,
        indexingThreads,
        tieredMerges || presetMerges,
        deletesPercent,
        churnPercent,
        !noForceMerge && !nothingToMerge);
  }
}
