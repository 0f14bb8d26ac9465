package io.github.batchedhnsw.bench.systems;

import io.github.batchedhnsw.codec.BatchedHnswVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.util.Version;

/** The systems that can be compared; the only class that names the format under test. */
public final class Systems {
  private static final int TINY_SEGMENTS_THRESHOLD = Lucene99HnswVectorsFormat.HNSW_GRAPH_THRESHOLD;

  private Systems() {}

  /** Stock Lucene. Its flush always uses one thread; workers only serve merges. */
  public static LuceneSystem stock(GraphParams params, int mergeWorkers) {
    return stock(mergeWorkers == 1 ? "stock" : "stock x" + mergeWorkers, params, mergeWorkers);
  }

  /** Stock Lucene under another name, to measure it against itself. */
  public static LuceneSystem stock(String name, GraphParams params, int mergeWorkers) {
    return new LuceneSystem(
        name,
        "Lucene %s Lucene99HnswVectorsFormat, M %d, beam %d, %d merge workers"
            .formatted(Version.LATEST, params.maxConn(), params.beamWidth(), mergeWorkers),
        mergeWorkers,
        pool ->
            new Lucene99HnswVectorsFormat(
                params.maxConn(), params.beamWidth(), mergeWorkers, pool, TINY_SEGMENTS_THRESHOLD));
  }

  /** The format under test. */
  public static LuceneSystem batched(GraphParams params, int mergeWorkers, int flushWorkers) {
    int workers = Math.max(mergeWorkers, flushWorkers);
    return new LuceneSystem(
        workers == 1 ? "batched" : "batched x" + workers,
        "Batched HNSW %s on Lucene %s, M %d, beam %d, %d merge workers, %d flush workers"
            .formatted(
                productVersion(),
                Version.LATEST,
                params.maxConn(),
                params.beamWidth(),
                mergeWorkers,
                flushWorkers),
        workers,
        pool ->
            new BatchedHnswVectorsFormat(
                params.maxConn(),
                params.beamWidth(),
                mergeWorkers,
                pool,
                TINY_SEGMENTS_THRESHOLD,
                flushWorkers));
  }

  private static String productVersion() {
    String version = BatchedHnswVectorsFormat.class.getPackage().getImplementationVersion();
    return version == null ? "(unpackaged)" : version;
  }
}
