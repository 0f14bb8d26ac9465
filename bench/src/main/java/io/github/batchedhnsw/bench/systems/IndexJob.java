package io.github.batchedhnsw.bench.systems;

/**
 * How the vectors get into an index; the same for every system that is compared.
 *
 * @param segments equal flushed segments, or 0: the RAM buffer decides
 * @param ramBufferMib IndexWriter's RAM buffer
 * @param indexingThreads threads that add documents; more than 1 only with {@code segments} 0
 * @param tieredMerges whether the tiered policy merges while indexing, otherwise nothing merges
 *     before the forced merge
 * @param deletesPercent documents deleted, by a seeded draw, before the forced merge
 * @param forceMerge whether to end with a forced merge to one segment
 */
public record IndexJob(
    int segments,
    double ramBufferMib,
    int indexingThreads,
    boolean tieredMerges,
    double deletesPercent,
    boolean forceMerge) {

  /** Lucene's limit for one indexing thread's buffer. */
  public static final int MAX_RAM_BUFFER_MIB = 2047;

  /** Checks what goes together. */
  public IndexJob {
    if (segments < 0) {
      throw new IllegalArgumentException("segments must be >= 0; segments=" + segments);
    }
    if (segments > 0 && (indexingThreads > 1 || tieredMerges)) {
      throw new IllegalArgumentException(
          "a fixed number of segments needs 1 indexing thread and no merges while indexing;"
              + " segments=%d, indexingThreads=%d".formatted(segments, indexingThreads));
    }
    if (indexingThreads < 1) {
      throw new IllegalArgumentException(
          "indexingThreads must be >= 1; indexingThreads=" + indexingThreads);
    }
    if (!(deletesPercent >= 0 && deletesPercent < 100)) {
      throw new IllegalArgumentException(
          "deletes must be in [0, 100) percent; deletes=" + deletesPercent);
    }
  }

  /** {@code segments} equal flushes by one thread, then, if more than one, a forced merge. */
  public static IndexJob flushed(int segments) {
    return new IndexJob(segments, MAX_RAM_BUFFER_MIB, 1, false, 0, segments > 1);
  }

  /** In words. */
  public String description() {
    return (segments == 1
            ? "one flushed segment"
            : segments > 1
                ? segments + " flushed segments"
                : "RAM buffer " + ramBufferMib + " MiB, " + indexingThreads + " indexing threads")
        + (tieredMerges ? ", tiered merges" : ", no merges while indexing")
        + (deletesPercent > 0 ? ", " + deletesPercent + " % deleted" : "")
        + (forceMerge ? ", force-merged to one" : "");
  }
}
