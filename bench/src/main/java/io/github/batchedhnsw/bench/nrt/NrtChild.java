// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.nrt;

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
import java.util.logging.Level;
import java.util.logging.Logger;

/** One run in a JVM of its own, which nothing has warmed up. */
public final class NrtChild {
  private static final String TASK = "task";
  private static final String RESULT = "result";

  /** More CPU time than any run takes, so that only a child that never ends is stopped. */
  private static final Duration CPU_LIMIT = Duration.ofDays(1);

  private NrtChild() {}

  /**
   * What the child is to do.
   *
   * @param contender the system
   * @param graph its parameters
   * @param vectors in files
   * @param job the load
   * @param ramBufferMib of the writer
   * @param round for the result
   * @param index an empty directory
   */
  public record Task(
      Contender contender,
      GraphSetting graph,
      VectorSource vectors,
      NrtJob job,
      double ramBufferMib,
      int round,
      String index)
      implements Serializable {}

  /**
   * Starts the child and waits for it.
   *
   * @param scratch an existing directory for what the two JVMs tell each other
   * @throws IOException when it fails
   */
  public static NrtResult run(Task task, Path scratch) throws IOException {
    Handover.write(scratch.resolve(TASK), task);
    ChildJvm.Ended ended =
        ChildJvm.run(NrtChild.class, ChildJvm.ownOptions(), List.of(scratch.toString()), CPU_LIMIT);
    if (ended.status() != 0) {
      throw new IOException(
          "%s ended with status %d: %s"
              .formatted(task.contender().label(), ended.status(), ended.output()));
    }
    return Handover.read(scratch.resolve(RESULT), NrtResult.class);
  }

  /**
   * The child.
   *
   * @param args the directory with the task, which receives the result
   * @throws IOException when the run fails
   */
  public static void main(String[] args) throws IOException {
    Logger.getLogger("").setLevel(Level.WARNING);
    Path scratch = Path.of(args[0]);
    Task task = Handover.read(scratch.resolve(TASK), Task.class);
    NrtRun run = new NrtRun(task.vectors().load(), task.job(), task.ramBufferMib());
    NrtResult result =
        run.run(
            task.contender().system(task.graph().params()), Path.of(task.index()), task.round());
    Handover.write(scratch.resolve(RESULT), result);
  }
}
