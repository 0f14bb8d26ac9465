// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import org.apache.lucene.codecs.Codec;
import org.apache.lucene.tests.util.TestUtil;

/** A memory budget that nothing fits into: every graph is built by insertion. */
public class TestInsertionFormat extends FormatTestCase {

  @Override
  protected Codec getCodec() {
    BuildOptions options = BuildOptions.DEFAULT.withMemoryBudget(1);
    return TestUtil.alwaysKnnVectorsFormat(
        new BatchedHnswVectorsFormat(
            random().nextInt(2, 65), random().nextInt(10, 101), options, 0));
  }
}
