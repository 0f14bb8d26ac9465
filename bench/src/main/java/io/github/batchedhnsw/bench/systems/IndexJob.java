// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.systems;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How the vectors get into an index; the same for every system that is compared.
 *
 * @param parts weights of the flushed segments, in order; without any, the RAM buffer decides
 * @param ramBufferMib IndexWriter's RAM buffer
 * @param indexingThreads threads that add documents; more than 1 only without {@code parts}
 * @param tieredMerges whether the tiered policy merges while indexing, otherwise nothing merges
 *     before the forced merge
 * @param deletesPercent documents deleted, by a seeded draw, before the forced merge
 * @param churnPercent documents deleted or updated while others are still being added
 * @param forceMerge whether to end with a forced merge to one segment
 */
public record IndexJob(
    List<Integer> parts,
    double ramBufferMib,
    int indexingThreads,
    boolean tieredMerges,
    double deletesPercent,
    double churnPercent,
    boolean forceMerge) {

  /** Lucene's limit for one indexing thread's buffer. */
  public static final int MAX_RAM_BUFFER_MIB = 2047;

  /** Number of {@link #arguments}. */
  public static final int ARGUMENTS = 7;

  /** Checks what goes together. */
  public IndexJob {
    if (parts.stream().anyMatch(weight -> weight < 1)) {
      throw new IllegalArgumentException("segments must be >= 1 vector; segments=" + parts);
    }
    if (!parts.isEmpty() && (indexingThreads > 1 || tieredMerges)) {
      throw new IllegalArgumentException(
          "a fixed number of segments needs 1 indexing thread and no merges while indexing;"
              + " segments=%d, indexingThreads=%d".formatted(parts.size(), indexingThreads));
    }
    if (indexingThreads < 1) {
      throw new IllegalArgumentException(
          "indexingThreads must be >= 1; indexingThreads=" + indexingThreads);
    }
    if (!(deletesPercent >= 0 && deletesPercent < 100)) {
      throw new IllegalArgumentException(
          "deletes must be in [0, 100) percent; deletes=" + deletesPercent);
    }
    if (!(churnPercent >= 0 && churnPercent <= 50)) {
      throw new IllegalArgumentException("churn must be in [0, 50] percent; churn=" + churnPercent);
    }
    if (churnPercent > 0 && indexingThreads > 1) {
      throw new IllegalArgumentException(
          "churn needs 1 indexing thread; indexingThreads=" + indexingThreads);
    }
  }

  /** {@code segments} equal flushes by one thread, then, if more than one, a forced merge. */
  public static IndexJob flushed(int segments) {
    return new IndexJob(equal(segments), MAX_RAM_BUFFER_MIB, 1, false, 0, 0, segments > 1);
  }

  /** Weights of so many equal segments. */
  public static List<Integer> equal(int segments) {
    return Collections.nCopies(segments, 1);
  }

  /**
   * Weights from text: a number of equal segments, or weights joined by {@code +}, each with an
   * optional count: {@code 90+10x1} is one segment of nine tenths and ten of a hundredth.
   */
  public static List<Integer> parse(String text) {
    if (text.matches("\\d{1,6}")) {
      return equal(Integer.parseInt(text));
    }
    List<Integer> parts = new ArrayList<>();
    for (String part : text.split("\\+", -1)) {
      if (!part.matches("(\\d{1,6}x)?\\d{1,9}")) {
        throw new IllegalArgumentException(
            "segments must be a number or weights as 90+10x1; segments=" + text);
      }
      int times = part.indexOf('x');
      int count = times < 0 ? 1 : Integer.parseInt(part.substring(0, times));
      parts.addAll(Collections.nCopies(count, Integer.parseInt(part.substring(times + 1))));
    }
    return parts;
  }

  /** As arguments of a command line; {@link #parse(List)} is the inverse. */
  public List<String> arguments() {
    return List.of(
        parts.isEmpty()
            ? "0"
            : parts.stream().map(weight -> "1x" + weight).collect(Collectors.joining("+")),
        Double.toString(ramBufferMib),
        Integer.toString(indexingThreads),
        Boolean.toString(tieredMerges),
        Double.toString(deletesPercent),
        Double.toString(churnPercent),
        Boolean.toString(forceMerge));
  }

  /** The job that {@link #arguments} came from. */
  public static IndexJob parse(List<String> arguments) {
    return new IndexJob(
        parse(arguments.get(0)),
        Double.parseDouble(arguments.get(1)),
        Integer.parseInt(arguments.get(2)),
        Boolean.parseBoolean(arguments.get(3)),
        Double.parseDouble(arguments.get(4)),
        Double.parseDouble(arguments.get(5)),
        Boolean.parseBoolean(arguments.get(6)));
  }

  /** Where each segment ends among {@code count} vectors. */
  int[] ends(int count) {
    long total = parts.stream().mapToLong(Integer::longValue).sum();
    int[] ends = new int[parts.size()];
    long weight = 0;
    for (int part = 0; part < ends.length; part++) {
      weight += parts.get(part);
      ends[part] = (int) (count * weight / total);
    }
    return ends;
  }

  /** Whether a row is in the index in the end. */
  public boolean isLive(int row) {
    return Deletes.isLive(row, deletesPercent)
        && Deletes.churn(row, churnPercent) != Deletes.Churn.DELETED;
  }

  /** What {@link #isLive} depends on, for caches. */
  public String liveKey() {
    return churnPercent == 0
        ? deletesPercent == 0 ? "all" : "deletes " + deletesPercent
        : "deletes " + deletesPercent + ", churn " + churnPercent;
  }

  /** In words. */
  public String description() {
    return (parts.size() == 1
            ? "one flushed segment"
            : parts.isEmpty()
                ? "RAM buffer " + ramBufferMib + " MiB, " + indexingThreads + " indexing threads"
                : parts.size() + " flushed segments" + weights())
        + (tieredMerges ? ", tiered merges" : ", no merges while indexing")
        + (deletesPercent > 0 ? ", " + deletesPercent + " % deleted" : "")
        + (churnPercent > 0 ? ", " + churnPercent + " % deleted or updated meanwhile" : "")
        + (forceMerge ? ", force-merged to one" : "");
  }

  private String weights() {
    return parts.stream().distinct().count() == 1 ? "" : " weighing " + parts;
  }
}
