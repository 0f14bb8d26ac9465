// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.systems;

import java.util.Optional;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;

/**
 * The parameters that every system is given alike.
 *
 * @param maxConn Lucene's M: neighbours per node above level 0, twice as many on it
 * @param beamWidth candidates kept while building
 * @param encoding of scalar quantized vectors; empty for vectors that are stored and searched as
 *     they are
 */
public record GraphParams(int maxConn, int beamWidth, Optional<ScalarEncoding> encoding) {

  /** Parameters without quantization. */
  public GraphParams(int maxConn, int beamWidth) {
    this(maxConn, beamWidth, Optional.empty());
  }

  /** In words. */
  String description() {
    return "M %d, beam %d".formatted(maxConn, beamWidth)
        + encoding.map(e -> ", " + e + " (" + e.getBits() + " bits)").orElse("");
  }
}
