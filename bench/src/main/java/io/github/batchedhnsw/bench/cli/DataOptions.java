package io.github.batchedhnsw.bench.cli;

import io.github.batchedhnsw.bench.data.DataRequest;
import io.github.batchedhnsw.bench.data.Dataset;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import picocli.CommandLine.Option;

/** Options that choose the vectors; the same for every command. */
final class DataOptions {
  @Option(
      names = "--data",
      paramLabel = "NAME|FILE",
      defaultValue = "demo",
      description =
          "demo, gen768, gen128, hard128, uniform64, mnist, mnist-windows, or a file: .fvecs .bvecs"
              + " .ivecs .fbin .u8bin .ibin .vec .hdf5 .gz (IDX) .npy (default: ${DEFAULT-VALUE})")
  private String data;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "vectors to index (default: all, or the preset's)")
  private Integer count;

  @Option(
      names = "--dim",
      paramLabel = "D",
      description = "dimension: of a .vec file, or of generated vectors")
  private Integer dimension;

  @Option(
      names = "--queries",
      paramLabel = "N",
      defaultValue = "1000",
      description = "held-out queries (default: ${DEFAULT-VALUE})")
  private int queries;

  @Option(names = "--query-file", paramLabel = "FILE", description = "queries from a file instead")
  private Path queryFile;

  @Option(
      names = "--mnist-file",
      paramLabel = "FILE",
      description = "IDX .gz of images for mnist and mnist-windows (default: $BENCH_MNIST)")
  private Path mnistFile;

  @Option(
      names = "--metric",
      description = "${COMPLETION-CANDIDATES} (default: the preset's, EUCLIDEAN for files)")
  private VectorSimilarityFunction metric;

  @Option(
      names = "--encoding",
      defaultValue = "FLOAT32",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private VectorEncoding encoding;

  @Option(
      names = "--seed",
      defaultValue = "42",
      description = "of the generator (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(names = "--latent", description = "generator: latent dimension")
  private Integer latent;

  @Option(names = "--clusters", description = "generator: clusters")
  private Integer clusters;

  @Option(names = "--spread", description = "generator: deviation of a cluster; centres have 1")
  private Double spread;

  @Option(names = "--noise", description = "generator: ambient noise relative to a component")
  private Double noise;

  @Option(
      names = "--duplicates",
      defaultValue = "0",
      description = "generator: percent of exact copies")
  private double duplicatesPercent;

  @Option(names = "--sorted", description = "generator: vectors come cluster after cluster")
  private boolean sorted;

  /** The request that these options make; {@code count} null means the default. */
  DataRequest request() {
    if (mnistFile == null && System.getenv("BENCH_MNIST") != null) {
      mnistFile = Path.of(System.getenv("BENCH_MNIST"));
    }
    return new DataRequest(
        data,
        count,
        dimension,
        queries,
        queryFile,
        mnistFile,
        metric,
        encoding,
        seed,
        latent,
        clusters,
        spread,
        noise,
        duplicatesPercent,
        sorted);
  }

  Dataset load() throws IOException {
    return request().load();
  }
}
