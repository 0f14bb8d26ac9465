// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import org.apache.lucene.tests.index.BaseKnnVectorsFormatTestCase;

/** Lucene's own tests of a vectors format, and what they have to know about ours. */
abstract class FormatTestCase extends BaseKnnVectorsFormatTestCase {

  /** Not asked by Lucene 10.3, which is why this is no override there. */
  protected boolean supportsFloatVectorFallback() {
    return false;
  }

  /** Unlike stock's, our merges are. */
  @Override
  protected boolean mergeIsStable() {
    return true;
  }
}
