// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.heap;

import io.github.batchedhnsw.bench.data.RowFile;
import io.github.batchedhnsw.bench.process.GraphSetting;
import io.github.batchedhnsw.bench.process.VectorSource;
import io.github.batchedhnsw.bench.report.Progress;
import io.github.batchedhnsw.bench.report.Workspace;
import io.github.batchedhnsw.bench.systems.Contender;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/**
 * How much heap a build needs, for each system: the smallest heap that passes, found by bisection
 * over child JVMs. A format without a graph comes first. What it needs belongs to Lucene, the JVM
 * and the buffered vectors, and is subtracted from what the others need.
 *
 * @param vectors in files
 * @param graph parameters
 * @param segments that a merge merges
 * @param precision of the bisection, a fraction of what a graph needs
 */
public record HeapComparison(
    VectorSource vectors, GraphSetting graph, int segments, double precision) {
  private static final int MIB = 1 << 20;

  /** The first try has more heap than any graph is known to need. */
  private static final int AMPLE_BYTES_PER_VECTOR = 2048;

  private static final int AMPLE_MIB = 64;

  /**
   * A child that takes so many times the CPU time of one with ample heap mostly collects garbage.
   */
  private static final int SLOWDOWN = 3;

  /** The limit of the first child, which shows how much CPU time the job takes with ample heap. */
  private static final Duration UNLIMITED = Duration.ofDays(1);

  /** Checks the bounds. */
  public HeapComparison {
    if (segments < 2) {
      throw new IllegalArgumentException("segments must be >= 2; segments=" + segments);
    }
    if (!(precision > 0 && precision < 1)) {
      throw new IllegalArgumentException(
          "precision must be in (0, 100) percent; precision=" + 100 * precision);
    }
  }

  /**
   * What one system needs for one job.
   *
   * @param contender the system
   * @param heap of the whole JVM
   * @param ampleCpuSeconds CPU time of a child with more heap than it needs, start of the JVM
   *     included
   */
  public record Needed(Contender contender, SmallestHeap heap, double ampleCpuSeconds) {}

  /**
   * Looks for the smallest heaps of one job.
   *
   * @return without a graph first
   * @throws IOException when an index cannot be written, or a child fails for another reason than
   *     memory
   */
  public List<Needed> run(HeapChild.Job job) throws IOException {
    long vectorBytes;
    int count;
    try (RowFile rows = vectors.open()) {
      count = rows.count();
      vectorBytes = (long) count * vectors.dimension() * vectors.encoding().byteSize;
    }
    Path scratch = Workspace.emptyIndex("heap-scratch");
    List<Needed> needed = new ArrayList<>();
    for (Contender contender : Contender.values()) {
      Path index = Workspace.emptyIndex("heap-" + contender.label());
      if (job == HeapChild.Job.MERGE) {
        writeSegments(contender, index);
      }
      HeapChild.Task task = new HeapChild.Task(job, contender, graph, vectors, index.toString());
      // A flush holds its vectors; a merge leaves them in files.
      long atLeast = job == HeapChild.Job.FLUSH ? vectorBytes : 0;
      SmallestHeap flat = needed.isEmpty() ? null : needed.getFirst().heap();
      int fails = flat == null ? (int) (atLeast / MIB) + HeapChild.YOUNG_MIB : flat.failsMib();
      long ample = atLeast + (flat == null ? 0 : (long) AMPLE_BYTES_PER_VECTOR * count);
      int guess = (int) (ample / MIB) + AMPLE_MIB;
      // The baseline is subtracted from all others and its children are quick, so it is searched
      // exactly.
      needed.add(
          flat == null
              ? search(task, scratch, fails, guess, 0, 0)
              : search(task, scratch, fails, guess, flat.mib(), precision));
      Workspace.delete(index);
    }
    Workspace.delete(scratch);
    return needed;
  }

  private static Needed search(
      HeapChild.Task task, Path scratch, int fails, int guess, double baseMib, double fraction)
      throws IOException {
    AtomicReference<Duration> ample = new AtomicReference<>();
    String step = "%s of %s: heap".formatted(task.job(), task.contender().label());
    try (Progress progress = Progress.opaque(step, Double.NaN)) {
      SmallestHeap heap =
          SmallestHeap.search(
              fails,
              guess,
              baseMib,
              fraction,
              mib -> {
                Duration limit =
                    ample.get() == null ? UNLIMITED : ample.get().multipliedBy(SLOWDOWN);
                Optional<Duration> cpu = HeapChild.run(task, mib, scratch, limit);
                cpu.ifPresent(taken -> ample.compareAndSet(null, taken));
                return cpu.isPresent();
              });
      return new Needed(task.contender(), heap, ample.get().toMillis() / 1e3);
    }
  }

  private void writeSegments(Contender contender, Path index) throws IOException {
    String step = "%s: flush %d segments".formatted(contender.label(), segments);
    try (RowFile rows = vectors.open();
        Directory directory = FSDirectory.open(index);
        Progress progress = Progress.opaque(step, Double.NaN)) {
      SegmentJob.flush(
          rows,
          vectors.similarity(),
          segments,
          contender.system(graph.params()).codec(),
          directory);
    }
  }
}
