// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import org.apache.lucene.codecs.Codec;
import org.apache.lucene.tests.util.TestUtil;

/** Graphs with so few connections that every list overflows. */
public class TestTinyGraphsFormat extends FormatTestCase {

  @Override
  protected Codec getCodec() {
    return TestUtil.alwaysKnnVectorsFormat(
        new BatchedHnswVectorsFormat(random().nextInt(2, 7), random().nextInt(10, 21), 0));
  }
}
