// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import static io.github.batchedhnsw.codec.BatchedHnswVectorsFormat.DEFAULT_NUM_FLUSH_WORKER;
import static org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat.DEFAULT_BEAM_WIDTH;
import static org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat.DEFAULT_MAX_CONN;
import static org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat.DEFAULT_NUM_MERGE_WORKER;
import static org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat.HNSW_GRAPH_THRESHOLD;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.hnsw.FlatVectorsReader;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104ScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;
import org.apache.lucene.util.quantization.QuantizedVectorsReader;

/**
 * A drop-in replacement for {@link Lucene104HnswScalarQuantizedVectorsFormat}, in the way that
 * {@link BatchedHnswVectorsFormat} is one for the format of float vectors: stock layout, stock
 * name, stock reader. Lucene's own flat format quantizes, at flushes and merges, so that quantized
 * vectors and scores are stock's. Byte vectors are not quantized, as with stock.
 *
 * <p>Graphs are built from the vectors as they were added, which the segment also stores; see
 * {@link GraphVectors} for the other choice.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class BatchedHnswScalarQuantizedVectorsFormat extends BatchedHnswFormat {
  private final ScalarEncoding encoding;
  private final GraphVectors graphVectors;

  /** A format with the default parameters: 8 bits, M 16, beam width 100, one thread. */
  public BatchedHnswScalarQuantizedVectorsFormat() {
    this(DEFAULT_MAX_CONN, DEFAULT_BEAM_WIDTH);
  }

  /**
   * A format that quantizes to 8 bits and works on the indexing or merging thread alone.
   *
   * @param maxConn M, the most connections of a node on the upper levels and half of the most on
   *     level 0; 1 to {@value Lucene99HnswVectorsFormat#MAXIMUM_MAX_CONN}
   * @param beamWidth number of candidates tracked while looking for a node's neighbours; 1 to
   *     {@value Lucene99HnswVectorsFormat#MAXIMUM_BEAM_WIDTH}
   * @throws IllegalArgumentException if a parameter is out of bounds
   */
  public BatchedHnswScalarQuantizedVectorsFormat(int maxConn, int beamWidth) {
    this(ScalarEncoding.UNSIGNED_BYTE, maxConn, beamWidth);
  }

  /**
   * As {@link #BatchedHnswScalarQuantizedVectorsFormat(int, int)}, with an encoding.
   *
   * @param encoding bits per component, of indexed vectors and of queries
   * @throws IllegalArgumentException if a parameter is out of bounds
   */
  public BatchedHnswScalarQuantizedVectorsFormat(
      ScalarEncoding encoding, int maxConn, int beamWidth) {
    this(encoding, maxConn, beamWidth, DEFAULT_NUM_MERGE_WORKER, null);
  }

  /**
   * As {@link #BatchedHnswScalarQuantizedVectorsFormat(ScalarEncoding, int, int)}, with several
   * threads for a merge.
   *
   * @param numMergeWorkers most threads that build the graph of a merged segment; 1 or more
   * @param mergeExec runs them; null for the merge scheduler's executor
   * @throws IllegalArgumentException if a parameter is out of bounds, or an executor is given for a
   *     single worker
   */
  public BatchedHnswScalarQuantizedVectorsFormat(
      ScalarEncoding encoding,
      int maxConn,
      int beamWidth,
      int numMergeWorkers,
      ExecutorService mergeExec) {
    this(encoding, maxConn, beamWidth, numMergeWorkers, mergeExec, HNSW_GRAPH_THRESHOLD);
  }

  /**
   * All parameters of the stock format; see the other constructors.
   *
   * @param tinySegmentsThreshold a segment gets a graph only if a search for this many neighbours
   *     would visit fewer nodes than there are; 0 or less for always
   * @throws IllegalArgumentException if a parameter is out of bounds, or an executor is given for a
   *     single worker
   */
  public BatchedHnswScalarQuantizedVectorsFormat(
      ScalarEncoding encoding,
      int maxConn,
      int beamWidth,
      int numMergeWorkers,
      ExecutorService mergeExec,
      int tinySegmentsThreshold) {
    this(
        encoding,
        maxConn,
        beamWidth,
        BuildOptions.DEFAULT.withWorkers(numMergeWorkers, DEFAULT_NUM_FLUSH_WORKER, mergeExec),
        tinySegmentsThreshold,
        GraphVectors.RAW);
  }

  /**
   * The parameters of the graph, and the resources for builds.
   *
   * @param graphVectors which vectors a merge builds graphs from
   * @throws IllegalArgumentException if a parameter is out of bounds
   */
  public BatchedHnswScalarQuantizedVectorsFormat(
      ScalarEncoding encoding,
      int maxConn,
      int beamWidth,
      BuildOptions options,
      int tinySegmentsThreshold,
      GraphVectors graphVectors) {
    super(
        Lucene104HnswScalarQuantizedVectorsFormat.NAME,
        new FormatParams(maxConn, beamWidth, options, tinySegmentsThreshold),
        new Lucene104ScalarQuantizedVectorsFormat(Objects.requireNonNull(encoding, "encoding")));
    this.encoding = encoding;
    this.graphVectors = Objects.requireNonNull(graphVectors, "graphVectors");
  }

  /**
   * Returns a format with the parameters of a stock format.
   *
   * @throws IllegalStateException if its {@code toString()} does not have them
   */
  static BatchedHnswScalarQuantizedVectorsFormat withParametersOf(
      KnnVectorsFormat stock, BuildOptions options) {
    StockParameters told = StockParameters.of(stock);
    return new BatchedHnswScalarQuantizedVectorsFormat(
        StockParameters.constant(stock, "encoding", ScalarEncoding.class),
        told.maxConn(),
        told.beamWidth(),
        options,
        told.tinySegmentsThreshold(),
        GraphVectors.RAW);
  }

  @Override
  FloatVectorValues openMerged(FlatVectorsReader reader, String field) throws IOException {
    return switch (graphVectors) {
      case RAW -> super.openMerged(reader, field);
      case QUANTIZED -> DequantizedVectorValues.open((QuantizedVectorsReader) reader, field);
    };
  }

  @Override
  Object ownParameters() {
    return List.of(encoding, graphVectors);
  }

  @Override
  String parameters() {
    return super.parameters() + ", graphVectors=" + graphVectors;
  }
}
