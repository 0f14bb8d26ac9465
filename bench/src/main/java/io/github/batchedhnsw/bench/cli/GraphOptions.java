// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.cli;

import io.github.batchedhnsw.bench.systems.GraphParams;
import java.util.Optional;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;
import picocli.CommandLine.Option;

/** The graph's parameters. */
final class GraphOptions {
  @Option(names = "--max-conn", description = "M, neighbours per node (default: 16)")
  private Integer maxConn;

  @Option(names = "--beam-width", description = "candidates kept while building (default: 100)")
  private Integer beamWidth;

  @Option(
      names = "--quantize",
      paramLabel = "BITS",
      description = "scalar quantization to 1, 2, 4, 7 or 8 bits; 32: none (default: 32)")
  private Integer quantizeBits;

  /**
   * The parameters that were given.
   *
   * @throws IllegalArgumentException if there is no such number of bits
   */
  GraphParams params() {
    return params(Preset.NONE);
  }

  /**
   * The parameters that were given.
   *
   * @param preset for those that were not
   * @throws IllegalArgumentException if there is no such number of bits
   */
  GraphParams params(Preset preset) {
    Optional<ScalarEncoding> encoding =
        quantizeBits == null
            ? preset.params().encoding()
            : Optional.of(quantizeBits)
                .filter(bits -> bits != Float.SIZE)
                .map(ScalarEncoding::fromNumBits);
    return new GraphParams(
        maxConn == null ? preset.params().maxConn() : maxConn,
        beamWidth == null ? preset.params().beamWidth() : beamWidth,
        encoding);
  }
}
