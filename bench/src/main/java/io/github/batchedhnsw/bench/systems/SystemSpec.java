// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.systems;

import io.github.batchedhnsw.codec.GraphVectors;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;

/**
 * A system as plain values, which can be handed to another process.
 *
 * @param kind which system
 * @param params M, beam and quantization
 * @param mergeWorkers threads that work on the graph of a merge
 * @param flushWorkers threads that work on the graph of a flush; stock has one whatever this says
 * @param graphVectors what merges of Batched HNSW build from
 */
public record SystemSpec(
    Kind kind, GraphParams params, int mergeWorkers, int flushWorkers, GraphVectors graphVectors) {
  /** Number of {@link #arguments}. */
  public static final int ARGUMENTS = 7;

  /** The systems there are. */
  public enum Kind {
    /** Stock Lucene. */
    STOCK,
    /** Stock Lucene under another name, to measure it against itself. */
    STOCK_AGAIN,
    /** The format under test. */
    BATCHED,
    /** jvector's builder. */
    JVECTOR
  }

  /** Makes the system. */
  public BenchSystem system() {
    return switch (kind) {
      case STOCK -> Systems.stock(params, mergeWorkers);
      case STOCK_AGAIN -> Systems.stock("again: stock x" + mergeWorkers, params, mergeWorkers);
      case BATCHED -> Systems.batched(params, mergeWorkers, flushWorkers, graphVectors);
      case JVECTOR -> new JVectorSystem(params, mergeWorkers);
    };
  }

  /** As arguments of a command line; {@link #parse} is the inverse. */
  public List<String> arguments() {
    return List.of(
        kind.name(),
        Integer.toString(params.maxConn()),
        Integer.toString(params.beamWidth()),
        params.encoding().map(ScalarEncoding::name).orElse("-"),
        Integer.toString(mergeWorkers),
        Integer.toString(flushWorkers),
        graphVectors.name());
  }

  /** The system that {@link #arguments} came from. */
  public static SystemSpec parse(List<String> arguments) {
    String encoding = arguments.get(3);
    return new SystemSpec(
        Kind.valueOf(arguments.get(0)),
        new GraphParams(
            Integer.parseInt(arguments.get(1)),
            Integer.parseInt(arguments.get(2)),
            encoding.equals("-")
                ? Optional.empty()
                : Optional.of(ScalarEncoding.valueOf(encoding))),
        Integer.parseInt(arguments.get(4)),
        Integer.parseInt(arguments.get(5)),
        GraphVectors.valueOf(arguments.get(6)));
  }
}
