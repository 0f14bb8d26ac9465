// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import org.apache.lucene.codecs.Codec;
import org.apache.lucene.tests.util.TestUtil;

/** Any parameters, the smallest and odd ones included. */
public class TestRandomParametersFormat extends FormatTestCase {

  @Override
  protected Codec getCodec() {
    int maxConn = random().nextBoolean() ? random().nextInt(1, 33) : random().nextInt(33, 513);
    int beamWidth = random().nextBoolean() ? random().nextInt(1, 101) : random().nextInt(100, 401);
    return TestUtil.alwaysKnnVectorsFormat(new BatchedHnswVectorsFormat(maxConn, beamWidth, 0));
  }
}
