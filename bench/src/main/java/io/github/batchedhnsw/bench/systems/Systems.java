// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.systems;

import io.github.batchedhnsw.codec.BatchedHnswFormat;
import io.github.batchedhnsw.codec.BatchedHnswScalarQuantizedVectorsFormat;
import io.github.batchedhnsw.codec.BatchedHnswVectorsFormat;
import io.github.batchedhnsw.codec.BuildOptions;
import io.github.batchedhnsw.codec.GraphVectors;
import java.util.concurrent.ExecutorService;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.util.Version;

/** The systems that can be compared; the only class that names the formats under test. */
public final class Systems {
  private static final int TINY_SEGMENTS_THRESHOLD = Lucene99HnswVectorsFormat.HNSW_GRAPH_THRESHOLD;

  /** The property that says from which size on flushed segments get a graph from our format. */
  private static final String MIN_FLUSH_GRAPH_SIZE = "bench.minFlushGraphSize";

  private Systems() {}

  /** Stock Lucene. Its flush always uses one thread; workers only serve merges. */
  public static LuceneSystem stock(GraphParams params, int mergeWorkers) {
    return stock(mergeWorkers == 1 ? "stock" : "stock x" + mergeWorkers, params, mergeWorkers);
  }

  /** Stock Lucene under another name, to measure it against itself. */
  public static LuceneSystem stock(String name, GraphParams params, int mergeWorkers) {
    return new LuceneSystem(
        name,
        "Lucene %s %s, %s, %d merge workers"
            .formatted(
                Version.LATEST,
                stockFormat(params, 1, null).getClass().getSimpleName(),
                params.description(),
                mergeWorkers),
        mergeWorkers,
        (pool, listener) -> stockFormat(params, mergeWorkers, pool));
  }

  /** Stock Lucene without any graph: what the vectors themselves cost. */
  public static LuceneSystem flat(GraphParams params) {
    return new LuceneSystem(
        "flat",
        "Lucene %s %s, %s, no graph"
            .formatted(
                Version.LATEST,
                stockFormat(params, 1, null, Integer.MAX_VALUE).getClass().getSimpleName(),
                params.description()),
        1,
        (pool, listener) -> stockFormat(params, 1, null, Integer.MAX_VALUE));
  }

  private static KnnVectorsFormat stockFormat(
      GraphParams params, int mergeWorkers, ExecutorService pool) {
    return stockFormat(params, mergeWorkers, pool, TINY_SEGMENTS_THRESHOLD);
  }

  private static KnnVectorsFormat stockFormat(
      GraphParams params, int mergeWorkers, ExecutorService pool, int tinySegmentsThreshold) {
    int maxConn = params.maxConn();
    int beamWidth = params.beamWidth();
    return params.encoding().isEmpty()
        ? new Lucene99HnswVectorsFormat(
            maxConn, beamWidth, mergeWorkers, pool, tinySegmentsThreshold)
        : new Lucene104HnswScalarQuantizedVectorsFormat(
            params.encoding().get(), maxConn, beamWidth, mergeWorkers, pool, tinySegmentsThreshold);
  }

  /** The format under test. */
  public static LuceneSystem batched(GraphParams params, int mergeWorkers, int flushWorkers) {
    return batched(params, mergeWorkers, flushWorkers, GraphVectors.RAW);
  }

  /**
   * The format under test.
   *
   * @param graphVectors what merges build graphs from; without quantization there is only one
   *     choice
   */
  public static LuceneSystem batched(
      GraphParams params, int mergeWorkers, int flushWorkers, GraphVectors graphVectors) {
    int workers = Math.max(mergeWorkers, flushWorkers);
    return new LuceneSystem(
        "batched"
            + (workers == 1 ? "" : " x" + workers)
            + (graphVectors == GraphVectors.RAW ? "" : " from quantized"),
        "Batched HNSW %s on Lucene %s, %s, %d merge workers, %d flush workers%s"
            .formatted(
                productVersion(),
                Version.LATEST,
                params.description(),
                mergeWorkers,
                flushWorkers,
                graphVectors == GraphVectors.RAW ? "" : ", merges build from quantized vectors"),
        workers,
        (pool, listener) ->
            batchedFormat(
                params,
                BuildOptions.DEFAULT
                    .withWorkers(mergeWorkers, flushWorkers, pool)
                    .withMinFlushGraphSize(Integer.getInteger(MIN_FLUSH_GRAPH_SIZE, 0))
                    .withListener(listener),
                graphVectors));
  }

  private static BatchedHnswFormat batchedFormat(
      GraphParams params, BuildOptions options, GraphVectors graphVectors) {
    int maxConn = params.maxConn();
    int beamWidth = params.beamWidth();
    return params.encoding().isEmpty()
        ? new BatchedHnswVectorsFormat(maxConn, beamWidth, options, TINY_SEGMENTS_THRESHOLD)
        : new BatchedHnswScalarQuantizedVectorsFormat(
            params.encoding().get(),
            maxConn,
            beamWidth,
            options,
            TINY_SEGMENTS_THRESHOLD,
            graphVectors);
  }

  private static String productVersion() {
    String version = BatchedHnswVectorsFormat.class.getPackage().getImplementationVersion();
    return version == null ? "(unpackaged)" : version;
  }
}
