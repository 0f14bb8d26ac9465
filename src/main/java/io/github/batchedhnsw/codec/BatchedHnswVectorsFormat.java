// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import java.util.concurrent.ExecutorService;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.hnsw.FlatVectorScorerUtil;
import org.apache.lucene.codecs.hnsw.FlatVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99FlatVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;

/**
 * A drop-in replacement for {@link Lucene99HnswVectorsFormat} that builds the same kind of graph in
 * batches, without locks, and reproducibly. It writes the stock layout, records the stock name and
 * returns the stock reader: segments that it wrote are stock segments, and this class is not needed
 * to read them.
 *
 * <p>Parameters have the names, defaults, bounds and meaning of the stock format's; {@link
 * BuildOptions} has more. Graphs never depend on the number of workers. Besides {@code maxConn} and
 * {@code beamWidth} only a memory budget that is too small changes them.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class BatchedHnswVectorsFormat extends BatchedHnswFormat {
  /** Default number of threads that build the graph of a flushed segment. */
  public static final int DEFAULT_NUM_FLUSH_WORKER = 1;

  /** Default threshold for tiny segments, that of the stock format from Lucene 10.4 on. */
  public static final int DEFAULT_TINY_SEGMENTS_THRESHOLD = 100;

  private static final FlatVectorsFormat FLAT_FORMAT =
      new Lucene99FlatVectorsFormat(FlatVectorScorerUtil.getLucene99FlatVectorsScorer());

  /** A format with the default parameters: M 16, beam width 100, one thread. */
  public BatchedHnswVectorsFormat() {
    this(Lucene99HnswVectorsFormat.DEFAULT_MAX_CONN, Lucene99HnswVectorsFormat.DEFAULT_BEAM_WIDTH);
  }

  /**
   * A format that works on the indexing or merging thread alone.
   *
   * @param maxConn M, the most connections of a node on the upper levels and half of the most on
   *     level 0; 1 to {@value Lucene99HnswVectorsFormat#MAXIMUM_MAX_CONN}
   * @param beamWidth number of candidates tracked while looking for a node's neighbours; 1 to
   *     {@value Lucene99HnswVectorsFormat#MAXIMUM_BEAM_WIDTH}
   * @throws IllegalArgumentException if a parameter is out of bounds
   */
  public BatchedHnswVectorsFormat(int maxConn, int beamWidth) {
    this(maxConn, beamWidth, DEFAULT_TINY_SEGMENTS_THRESHOLD);
  }

  /**
   * As {@link #BatchedHnswVectorsFormat(int, int)}, with a threshold for tiny segments.
   *
   * @param tinySegmentsThreshold a segment gets a graph only if a search for this many neighbours
   *     would visit fewer nodes than there are; 0 or less for always. Ignored with Lucene 10.3,
   *     which cannot search a segment without a graph
   * @throws IllegalArgumentException if a parameter is out of bounds
   */
  public BatchedHnswVectorsFormat(int maxConn, int beamWidth, int tinySegmentsThreshold) {
    this(
        maxConn,
        beamWidth,
        Lucene99HnswVectorsFormat.DEFAULT_NUM_MERGE_WORKER,
        null,
        tinySegmentsThreshold);
  }

  /**
   * As {@link #BatchedHnswVectorsFormat(int, int)}, with several threads for a merge.
   *
   * @param numMergeWorkers most threads that build the graph of a merged segment; 1 or more
   * @param mergeExec runs them; null for the merge scheduler's executor
   * @throws IllegalArgumentException if a parameter is out of bounds, or an executor is given for a
   *     single worker
   */
  public BatchedHnswVectorsFormat(
      int maxConn, int beamWidth, int numMergeWorkers, ExecutorService mergeExec) {
    this(maxConn, beamWidth, numMergeWorkers, mergeExec, DEFAULT_TINY_SEGMENTS_THRESHOLD);
  }

  /**
   * All parameters of the stock format; see the other constructors.
   *
   * @throws IllegalArgumentException if a parameter is out of bounds, or an executor is given for a
   *     single worker
   */
  public BatchedHnswVectorsFormat(
      int maxConn,
      int beamWidth,
      int numMergeWorkers,
      ExecutorService mergeExec,
      int tinySegmentsThreshold) {
    this(
        maxConn,
        beamWidth,
        numMergeWorkers,
        mergeExec,
        tinySegmentsThreshold,
        DEFAULT_NUM_FLUSH_WORKER);
  }

  /**
   * All parameters; see the other constructors.
   *
   * @param executor runs the workers of merges and flushes; never shut down by this class
   * @param flushWorkers most threads that build the graph of a flushed segment; 1 or more, 1 if
   *     there is no executor
   * @throws IllegalArgumentException if a parameter is out of bounds, an executor is given although
   *     nothing uses more than one worker, or none is given although flushes use several
   */
  public BatchedHnswVectorsFormat(
      int maxConn,
      int beamWidth,
      int numMergeWorkers,
      ExecutorService executor,
      int tinySegmentsThreshold,
      int flushWorkers) {
    this(
        maxConn,
        beamWidth,
        BuildOptions.DEFAULT.withWorkers(numMergeWorkers, flushWorkers, executor),
        tinySegmentsThreshold);
  }

  /**
   * The parameters of the graph, and the resources for builds.
   *
   * @throws IllegalArgumentException if a parameter is out of bounds
   */
  public BatchedHnswVectorsFormat(
      int maxConn, int beamWidth, BuildOptions options, int tinySegmentsThreshold) {
    super(
        HnswFileLayout.FORMAT_NAME,
        new FormatParams(maxConn, beamWidth, options, tinySegmentsThreshold),
        FLAT_FORMAT);
  }

  /**
   * Returns a format with the parameters of a stock format.
   *
   * @throws IllegalStateException if its {@code toString()} does not have them
   */
  static BatchedHnswVectorsFormat withParametersOf(KnnVectorsFormat stock, BuildOptions options) {
    StockParameters told = StockParameters.of(stock);
    return new BatchedHnswVectorsFormat(
        told.maxConn(), told.beamWidth(), options, told.tinySegmentsThreshold());
  }

  @Override
  Object ownParameters() {
    return FLAT_FORMAT;
  }
}
