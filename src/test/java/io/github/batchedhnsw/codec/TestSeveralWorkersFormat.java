// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.NamedThreadFactory;
import org.junit.AfterClass;
import org.junit.BeforeClass;

/** Flushes and merges on an executor of the user's. */
public class TestSeveralWorkersFormat extends FormatTestCase {
  private static ExecutorService executor;

  @BeforeClass
  public static void startExecutor() {
    executor = Executors.newFixedThreadPool(3, new NamedThreadFactory("graph-builders"));
  }

  @AfterClass
  public static void stopExecutor() {
    TestUtil.shutdownExecutorService(executor);
    executor = null;
  }

  @Override
  protected Codec getCodec() {
    return TestUtil.alwaysKnnVectorsFormat(
        new BatchedHnswVectorsFormat(
            random().nextInt(4, 17),
            random().nextInt(10, 101),
            random().nextInt(2, 5),
            executor,
            0,
            random().nextInt(2, 5)));
  }
}
