// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.parallel;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.NamedThreadFactory;

/** Threads for a test, ended with it. */
public final class Workers implements AutoCloseable {
  private final ExecutorService executor;

  public Workers(int threads) {
    this.executor = Executors.newFixedThreadPool(threads, new NamedThreadFactory("workers"));
  }

  ExecutorService executor() {
    return executor;
  }

  public ParallelRanges ranges(int workers) {
    return ParallelRanges.on(workers, executor);
  }

  @Override
  public void close() {
    TestUtil.shutdownExecutorService(executor);
  }
}
