// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.heap;

import io.github.batchedhnsw.bench.data.RowFile;
import io.github.batchedhnsw.bench.process.ChildJvm;
import io.github.batchedhnsw.bench.process.GraphSetting;
import io.github.batchedhnsw.bench.process.Handover;
import io.github.batchedhnsw.bench.process.VectorSource;
import io.github.batchedhnsw.bench.systems.Contender;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/**
 * One job in a JVM of its own with a heap of a chosen size.
 *
 * <p>The serial collector compacts, so that live objects fit if the sum of their sizes does. Its
 * young generation of {@value #YOUNG_MIB} MiB is the same in every child and cancels out when a
 * baseline is subtracted.
 */
public final class HeapChild {
  /** The size of the young generation, which is a part of the heap. */
  static final int YOUNG_MIB = 4;

  private static final String TASK = "task";

  /** The status with which {@code ExitOnOutOfMemoryError} ends a JVM. */
  private static final int OUT_OF_MEMORY = 3;

  private HeapChild() {}

  /** The kinds of jobs. */
  public enum Job {
    /** Adding all vectors and flushing them as one segment. */
    FLUSH,
    /** Merging existing segments to one. */
    MERGE
  }

  /**
   * What the child is to do.
   *
   * @param job flush or merge
   * @param contender the system
   * @param graph its parameters
   * @param vectors in files
   * @param index for a flush a directory that it may overwrite, for a merge an index that it leaves
   *     as it is
   */
  public record Task(
      Job job, Contender contender, GraphSetting graph, VectorSource vectors, String index)
      implements Serializable {}

  /**
   * Starts the child and waits for it.
   *
   * @param scratch an existing directory for what the two JVMs tell each other
   * @param cpuLimit after which a child that mostly collects garbage counts as out of memory
   * @return the child's CPU time, or empty where the heap was not enough
   * @throws IOException when the child fails for another reason
   */
  static Optional<Duration> run(Task task, int heapMib, Path scratch, Duration cpuLimit)
      throws IOException {
    Handover.write(scratch.resolve(TASK), task);
    ChildJvm.Ended ended =
        ChildJvm.run(
            HeapChild.class,
            List.of(
                "-XX:+UseSerialGC",
                "-Xmn" + YOUNG_MIB + "m",
                "-Xmx" + heapMib + "m",
                "-XX:+ExitOnOutOfMemoryError"),
            List.of(scratch.resolve(TASK).toString()),
            cpuLimit);
    if (!ended.stopped() && ended.status() != 0 && ended.status() != OUT_OF_MEMORY) {
      throw new IOException(
          "%s of %s with a heap of %d MiB ended with status %d: %s"
              .formatted(
                  task.job(), task.contender().label(), heapMib, ended.status(), ended.output()));
    }
    return ended.stopped() || ended.status() != 0 ? Optional.empty() : Optional.of(ended.cpu());
  }

  /**
   * The child.
   *
   * @param args the file with the task
   * @throws IOException when the job fails
   */
  public static void main(String[] args) throws IOException {
    Logger.getLogger("").setLevel(Level.WARNING);
    Task task = Handover.read(Path.of(args[0]), Task.class);
    Codec codec = task.contender().system(task.graph().params()).codec();
    try (Directory directory = FSDirectory.open(Path.of(task.index()))) {
      switch (task.job()) {
        case FLUSH -> {
          try (RowFile vectors = task.vectors().open()) {
            SegmentJob.flush(vectors, task.vectors().similarity(), 1, codec, directory);
          }
        }
        case MERGE -> SegmentJob.mergeAndRollBack(codec, directory);
      }
    }
  }
}
