package io.github.batchedhnsw.bench.cli;

import io.github.batchedhnsw.bench.systems.GraphParams;
import java.util.Optional;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;
import picocli.CommandLine.Option;

/** The graph's parameters. */
final class GraphOptions {
  @Option(
      names = "--max-conn",
      defaultValue = "16",
      description = "M, neighbours per node (default: ${DEFAULT-VALUE})")
  private int maxConn;

  @Option(
      names = "--beam-width",
      defaultValue = "100",
      description = "candidates kept while building (default: ${DEFAULT-VALUE})")
  private int beamWidth;

  @Option(
      names = "--quantize",
      paramLabel = "BITS",
      description = "scalar quantization to 1, 2, 4, 7 or 8 bits (default: none)")
  private Integer quantizeBits;

  /**
   * The parameters that were given.
   *
   * @throws IllegalArgumentException if there is no such number of bits
   */
  GraphParams params() {
    return new GraphParams(
        maxConn, beamWidth, Optional.ofNullable(quantizeBits).map(ScalarEncoding::fromNumBits));
  }
}
