// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import org.apache.lucene.codecs.Codec;
import org.apache.lucene.tests.util.TestUtil;

/** What a user gets: small segments are written without graph. */
public class TestDefaultParametersFormat extends FormatTestCase {

  @Override
  protected Codec getCodec() {
    return TestUtil.alwaysKnnVectorsFormat(new BatchedHnswVectorsFormat());
  }
}
