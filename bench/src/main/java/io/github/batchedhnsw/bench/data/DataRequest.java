package io.github.batchedhnsw.bench.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;

/**
 * Which vectors to work on. Null components mean "as the preset says".
 *
 * @param source a preset's name or a file
 * @param count vectors to index
 * @param dimension of a {@code .vec} file or of generated vectors
 * @param queries how many queries
 * @param queryFile where queries come from; otherwise generated, brought by the file, or held out
 * @param mnistFile IDX images for the presets {@code mnist} and {@code mnist-windows}
 * @param metric the similarity
 * @param encoding of vectors and queries
 * @param seed of the generator
 * @param latent latent dimension of the generator
 * @param clusters clusters of the generator
 * @param spread cluster deviation of the generator
 * @param noise ambient noise of the generator
 * @param duplicatesPercent exact copies made by the generator
 * @param sorted whether the generator sorts by cluster
 */
public record DataRequest(
    String source,
    Integer count,
    Integer dimension,
    int queries,
    Path queryFile,
    Path mnistFile,
    VectorSimilarityFunction metric,
    VectorEncoding encoding,
    long seed,
    Integer latent,
    Integer clusters,
    Double spread,
    Double noise,
    double duplicatesPercent,
    boolean sorted) {

  private record Preset(
      int count,
      int dimension,
      int latent,
      int clusters,
      double spread,
      double noise,
      VectorSimilarityFunction metric) {}

  private static final Map<String, Preset> MANIFOLDS =
      Map.of(
          "demo", new Preset(25_000, 256, 24, 300, 0.8, 0.05, VectorSimilarityFunction.DOT_PRODUCT),
          "gen768",
              new Preset(100_000, 768, 24, 300, 0.8, 0.05, VectorSimilarityFunction.DOT_PRODUCT),
          "gen128",
              new Preset(100_000, 128, 24, 300, 0.8, 0.05, VectorSimilarityFunction.EUCLIDEAN),
          "hard128",
              new Preset(100_000, 128, 40, 300, 0.95, 0.06, VectorSimilarityFunction.EUCLIDEAN));

  /**
   * Generates or reads the vectors.
   *
   * @throws IOException when a file cannot be read or does not hold enough
   */
  public Dataset load() throws IOException {
    if (MANIFOLDS.containsKey(source)) {
      return manifold(MANIFOLDS.get(source));
    }
    return switch (source) {
      case "uniform64" ->
          generated(
              new UniformCube(orElse(dimension, 64), seed),
              100_000,
              VectorSimilarityFunction.EUCLIDEAN);
      case "mnist" -> heldOut(new VectorFiles.Loaded(images().pixels(), true, null));
      case "mnist-windows" -> {
        VectorFiles.Images images = images();
        int all = images.pixels().count() * ImageWindows.perImage();
        int wanted = count == null ? all : Math.min(all, count + queries);
        yield heldOut(new VectorFiles.Loaded(ImageWindows.cut(images, wanted), true, null));
      }
      default -> file(Path.of(source));
    };
  }

  private Dataset manifold(Preset preset) {
    ClusteredManifold.Params params =
        new ClusteredManifold.Params(
            orElse(dimension, preset.dimension()),
            orElse(latent, preset.latent()),
            orElse(clusters, preset.clusters()),
            orElse(spread, preset.spread()),
            orElse(noise, preset.noise()),
            duplicatesPercent,
            sorted ? ClusteredManifold.Order.SORTED : ClusteredManifold.Order.SHUFFLED,
            seed);
    return generated(new ClusteredManifold(params), preset.count(), preset.metric());
  }

  private Dataset generated(
      Generator generator, int defaultCount, VectorSimilarityFunction defaultMetric) {
    int vectors = orElse(count, defaultCount);
    return Encodings.prepare(
        source,
        generator.description(),
        generator.base(vectors),
        generator.queries(queries),
        false,
        encoding,
        orElse(metric, defaultMetric));
  }

  private VectorFiles.Images images() throws IOException {
    if (mnistFile == null) {
      throw new IOException(
          source + " needs the images: --mnist-file FILE or the environment variable BENCH_MNIST");
    }
    return VectorFiles.idx(mnistFile, Integer.MAX_VALUE);
  }

  private Dataset file(Path file) throws IOException {
    int limit = count == null ? Integer.MAX_VALUE : Math.addExact(count, queries);
    VectorFiles.Loaded loaded = VectorFiles.read(file, orElse(dimension, 0), limit);
    if (dimension != null && loaded.vectors().dimension() != dimension) {
      throw new IOException(
          "%s: expected %d dimensions (--dim), found %d"
              .formatted(file, dimension, loaded.vectors().dimension()));
    }
    if (queryFile != null) {
      FloatVectors given =
          VectorFiles.read(queryFile, loaded.vectors().dimension(), queries).vectors();
      return prepared(loaded, limited(loaded.vectors(), count), given);
    }
    if (loaded.queries() != null) {
      return prepared(loaded, limited(loaded.vectors(), count), limited(loaded.queries(), queries));
    }
    return heldOut(loaded);
  }

  /** Every n-th vector becomes a query and is not indexed. */
  private Dataset heldOut(VectorFiles.Loaded loaded) throws IOException {
    FloatVectors all = loaded.vectors();
    int vectors = count == null ? all.count() - queries : count;
    int total = vectors + queries;
    if (vectors < 1 || total > all.count()) {
      throw new IOException(
          "%s holds %d vectors; expected %d to index and %d queries"
              .formatted(source, all.count(), vectors, queries));
    }
    float[][] base = new float[vectors][];
    float[][] held = new float[queries][];
    int heldCount = 0;
    for (int row = 0; row < total; row++) {
      boolean query = (long) (row + 1) * queries / total > heldCount;
      if (query) {
        held[heldCount++] = all.rows()[row];
      } else {
        base[row - heldCount] = all.rows()[row];
      }
    }
    return prepared(loaded, new FloatVectors(base), new FloatVectors(held));
  }

  private Dataset prepared(VectorFiles.Loaded loaded, FloatVectors base, FloatVectors held) {
    return Encodings.prepare(
        Path.of(source).getFileName().toString(),
        "%s, %d vectors".formatted(source, base.count()),
        base,
        held,
        loaded.unsignedBytes(),
        encoding,
        orElse(metric, VectorSimilarityFunction.EUCLIDEAN));
  }

  private static FloatVectors limited(FloatVectors vectors, Integer limit) {
    return limit == null || limit >= vectors.count() ? vectors : vectors.slice(0, limit);
  }

  private static <T> T orElse(T value, T preset) {
    return value == null ? preset : value;
  }
}
