// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.process;

import io.github.batchedhnsw.bench.systems.GraphParams;
import java.io.Serializable;
import java.util.Optional;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;

/**
 * Graph parameters in a form that can be handed to another JVM.
 *
 * @param maxConn Lucene's M
 * @param beamWidth candidates kept while building
 * @param quantizedBits of scalar quantized vectors, null for vectors as they are
 */
public record GraphSetting(int maxConn, int beamWidth, Integer quantizedBits)
    implements Serializable {

  /** The same parameters. */
  public static GraphSetting of(GraphParams params) {
    return new GraphSetting(
        params.maxConn(),
        params.beamWidth(),
        params.encoding().map(bits -> (int) bits.getBits()).orElse(null));
  }

  /** The same parameters. */
  public GraphParams params() {
    return new GraphParams(
        maxConn, beamWidth, Optional.ofNullable(quantizedBits).map(ScalarEncoding::fromNumBits));
  }
}
