// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench;

import org.junit.rules.TemporaryFolder;

/** A temporary folder that is the home of the benchmark during a test. */
public final class BenchHome extends TemporaryFolder {
  private static final String PROPERTY = "bench.home";

  @Override
  protected void before() throws Throwable {
    super.before();
    System.setProperty(PROPERTY, getRoot().toString());
  }

  @Override
  protected void after() {
    System.clearProperty(PROPERTY);
    super.after();
  }
}
