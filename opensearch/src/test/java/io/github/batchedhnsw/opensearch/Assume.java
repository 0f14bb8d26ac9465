// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import static org.junit.Assume.assumeTrue;

/** Which plug-in brings the vector fields. */
final class Assume {
  private Assume() {}

  static void knn() {
    assumeTrue("needs k-NN", NodeProcess.VECTORS.equals("opensearch-knn"));
  }

  static void standIn() {
    assumeTrue("needs the stand-in", NodeProcess.VECTORS.equals("stand-in"));
  }
}
