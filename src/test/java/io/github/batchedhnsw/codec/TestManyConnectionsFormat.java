// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import org.apache.lucene.codecs.Codec;
import org.apache.lucene.tests.util.TestUtil;

/** So many connections that graphs are built by insertion and not in bulk. */
public class TestManyConnectionsFormat extends FormatTestCase {

  @Override
  protected Codec getCodec() {
    return TestUtil.alwaysKnnVectorsFormat(
        new BatchedHnswVectorsFormat(random().nextInt(300, 513), random().nextInt(10, 101), 0));
  }
}
