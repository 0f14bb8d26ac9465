// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.systems;

import org.apache.lucene.util.InfoStream;

/**
 * Prints the messages of Lucene's component HNSW on standard error, if property {@value #PROPERTY}
 * is true.
 */
public final class HnswMessages extends InfoStream {
  static final String PROPERTY = "bench.messages";

  private HnswMessages() {}

  /** This stream, or one that prints nothing. */
  public static InfoStream stream() {
    return Boolean.getBoolean(PROPERTY) ? new HnswMessages() : InfoStream.NO_OUTPUT;
  }

  @Override
  public void message(String component, String message) {
    System.err.println(component + " " + message);
  }

  @Override
  public boolean isEnabled(String component) {
    return component.equals("HNSW");
  }

  @Override
  public void close() {}
}
