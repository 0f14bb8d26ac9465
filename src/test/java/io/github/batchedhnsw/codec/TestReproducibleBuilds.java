// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.codec.TestReproducibleBytes.Input;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.NamedThreadFactory;

/** As {@link TestReproducibleBytes}: by insertion, from many leaves, and on any executor. */
public class TestReproducibleBuilds extends LuceneTestCase {
  private ExecutorService executor;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    executor = Executors.newFixedThreadPool(8, new NamedThreadFactory("builders"));
  }

  @Override
  public void tearDown() throws Exception {
    TestUtil.shutdownExecutorService(executor);
    super.tearDown();
  }

  private static KnnVectorsFormat format(
      int maxConn, int beamWidth, BuildOptions options, int workers, ExecutorService executor) {
    return new BatchedHnswVectorsFormat(
        maxConn,
        beamWidth,
        workers == 1 ? options : options.withWorkers(workers, workers, executor),
        0);
  }

  /** A budget that nothing fits into makes every build one by insertion. */
  public void testInsertion() throws IOException {
    BuildOptions options = BuildOptions.DEFAULT.withMemoryBudget(1);
    for (TestReproducibleBytes.Job job : TestReproducibleBytes.Job.values()) {
      TestReproducibleBytes.check(
          TestReproducibleBytes.randomInput(),
          (maxConn, beamWidth, workers) -> format(maxConn, beamWidth, options, workers, executor),
          job);
    }
  }

  /** Too many for one leaf; some of them are duplicates. */
  public void testSeveralLeaves() throws IOException {
    int size = 2600;
    Input input =
        new Input(
            VectorData.withDuplicates(random(), VectorData.uniform(random(), size, 12), 10),
            VectorData.bytes(random(), size, 4),
            VectorSimilarityFunction.EUCLIDEAN,
            null);
    TestReproducibleBytes.check(
        input,
        (maxConn, beamWidth, workers) ->
            format(maxConn, beamWidth, BuildOptions.DEFAULT, workers, executor),
        TestReproducibleBytes.Job.REBUILD);
  }

  public void testExecutors() throws IOException {
    Input input = TestReproducibleBytes.randomInput();
    Map<String, String> expected =
        TestReproducibleBytes.write(
            input, format(8, 40, BuildOptions.DEFAULT, 1, null), TestReproducibleBytes.Job.REBUILD);
    try (ForkJoinPool forkJoin = new ForkJoinPool(3)) {
      for (ExecutorService each :
          List.of(
              executor,
              forkJoin,
              executor(Runnable::run),
              executor(task -> {}),
              executor(
                  task -> {
                    throw new RejectedExecutionException("busy");
                  }))) {
        assertEquals(
            expected,
            TestReproducibleBytes.write(
                input,
                format(8, 40, BuildOptions.DEFAULT, 3, each),
                TestReproducibleBytes.Job.REBUILD));
      }
    }
  }

  private static ExecutorService executor(Consumer<Runnable> execute) {
    return new AbstractExecutorService() {
      @Override
      public void execute(Runnable task) {
        execute.accept(task);
      }

      @Override
      public void shutdown() {
        throw new AssertionError("not ours to shut down");
      }

      @Override
      public List<Runnable> shutdownNow() {
        throw new AssertionError("not ours to shut down");
      }

      @Override
      public boolean isShutdown() {
        return false;
      }

      @Override
      public boolean isTerminated() {
        return false;
      }

      @Override
      public boolean awaitTermination(long timeout, TimeUnit unit) {
        return false;
      }
    };
  }
}
