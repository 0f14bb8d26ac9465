// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;

/**
 * Which vectors to work on. Null components mean "as the preset says".
 *
 * @param source a preset's name or a file
 * @param count vectors to index
 * @param dimension of a {@code .vec} file or of generated vectors
 * @param queries how many queries
 * @param queriesFrom which queries of a real set
 * @param queryFile where queries come from; otherwise generated, brought by the file, or held out
 * @param mnistFile IDX images for the presets {@code mnist} and {@code mnist-windows}
 * @param metric the similarity
 * @param encoding of vectors and queries
 * @param order of the vectors to index; null leaves a file as it is and shuffles all else
 * @param seed of all randomness
 * @param generator what differs from a generator's preset
 * @param transformations what is made of the set, beside what its name says
 */
public record DataRequest(
    String source,
    Integer count,
    Integer dimension,
    int queries,
    QuerySource queriesFrom,
    Path queryFile,
    Path mnistFile,
    VectorSimilarityFunction metric,
    VectorEncoding encoding,
    RowOrder order,
    long seed,
    GeneratorParams generator,
    Transformations transformations) {

  private record Manifold(
      int count,
      int dimension,
      int latent,
      int clusters,
      double spread,
      double noise,
      VectorSimilarityFunction metric) {}

  private static final Map<String, Manifold> MANIFOLDS =
      Map.of(
          "demo",
          new Manifold(25_000, 256, 24, 300, 0.8, 0.05, VectorSimilarityFunction.DOT_PRODUCT),
          "gen768",
          new Manifold(100_000, 768, 24, 300, 0.8, 0.05, VectorSimilarityFunction.DOT_PRODUCT),
          "gen128",
          new Manifold(100_000, 128, 24, 300, 0.8, 0.05, VectorSimilarityFunction.EUCLIDEAN),
          "hard128",
          new Manifold(100_000, 128, 40, 300, 0.95, 0.06, VectorSimilarityFunction.EUCLIDEAN));

  /** A preset as it is, in floats, with 1,000 queries and the seed 42. */
  public static DataRequest of(String source) {
    return new DataRequest(
        source,
        null,
        null,
        1_000,
        QuerySource.HELD_OUT,
        null,
        null,
        null,
        VectorEncoding.FLOAT32,
        null,
        42,
        GeneratorParams.PRESET,
        Transformations.NONE);
  }

  /** The same with another number of vectors and queries. */
  public DataRequest sized(int vectors, int heldOut) {
    return new DataRequest(
        source,
        vectors,
        dimension,
        heldOut,
        queriesFrom,
        queryFile,
        mnistFile,
        metric,
        encoding,
        order,
        seed,
        generator,
        transformations);
  }

  /** The same in another dimension, with other parameters of the generator. */
  public DataRequest generated(Integer components, GeneratorParams params) {
    return new DataRequest(
        source,
        count,
        components,
        queries,
        queriesFrom,
        queryFile,
        mnistFile,
        metric,
        encoding,
        order,
        seed,
        params,
        transformations);
  }

  /** The same with another seed. */
  public DataRequest seeded(long with) {
    return new DataRequest(
        source,
        count,
        dimension,
        queries,
        queriesFrom,
        queryFile,
        mnistFile,
        metric,
        encoding,
        order,
        with,
        generator,
        transformations);
  }

  /** The same in another encoding. */
  public DataRequest encoded(VectorEncoding as) {
    return new DataRequest(
        source,
        count,
        dimension,
        queries,
        queriesFrom,
        queryFile,
        mnistFile,
        metric,
        as,
        order,
        seed,
        generator,
        transformations);
  }

  /** The same in another order. */
  public DataRequest ordered(RowOrder as) {
    return new DataRequest(
        source,
        count,
        dimension,
        queries,
        queriesFrom,
        queryFile,
        mnistFile,
        metric,
        encoding,
        as,
        seed,
        generator,
        transformations);
  }

  /** The same with other queries. */
  public DataRequest queriedFrom(QuerySource from) {
    return new DataRequest(
        source,
        count,
        dimension,
        queries,
        from,
        queryFile,
        mnistFile,
        metric,
        encoding,
        order,
        seed,
        generator,
        transformations);
  }

  /** The same, transformed. */
  public DataRequest transformed(Transformations by) {
    return new DataRequest(
        source,
        count,
        dimension,
        queries,
        queriesFrom,
        queryFile,
        mnistFile,
        metric,
        encoding,
        order,
        seed,
        generator,
        by);
  }

  /**
   * Generates or reads the vectors.
   *
   * @throws IOException when a file cannot be read or does not hold enough, or a real set was never
   *     made
   */
  public Dataset load() throws IOException {
    Preset preset = Preset.of(source);
    Rows rows =
        transformations.or(preset.transformations()).apply(inOrder(rows(preset.source())), seed);
    return Encodings.prepare(
        Path.of(source).getFileName().toString(),
        rows.description(),
        rows.base(),
        rows.queries(),
        rows.unsignedBytes(),
        encoding,
        orElse(metric, rows.metric()));
  }

  private Rows rows(String name) throws IOException {
    Optional<RealSource> real = RealSource.named(name);
    if (real.isPresent()) {
      return real(real.get());
    }
    Rows rows = MANIFOLDS.containsKey(name) ? manifold(MANIFOLDS.get(name)) : other(name);
    if (queriesFrom != QuerySource.HELD_OUT) {
      throw new IOException(
          "--queries-from %s needs a set that brings such queries: wordnet-...; --data=%s"
              .formatted(queriesFrom, source));
    }
    return rows;
  }

  private Rows other(String name) throws IOException {
    return switch (name) {
      case "uniform64" ->
          generated(
              new UniformCube(orElse(dimension, 64), seed),
              100_000,
              VectorSimilarityFunction.EUCLIDEAN);
      case "microclusters" -> microclusters();
      case "mnist" -> heldOut(new VectorFiles.Loaded(images().pixels(), true, null));
      case "mnist-windows" -> {
        VectorFiles.Images images = images();
        int all = images.pixels().count() * ImageWindows.perImage();
        int wanted = count == null ? all : Math.min(all, count + queries);
        yield heldOut(new VectorFiles.Loaded(ImageWindows.cut(images, wanted), true, null));
      }
      default -> file(Path.of(name));
    };
  }

  /** A set whose vectors come in the wanted order; only a file may keep its own. */
  private Rows inOrder(Rows rows) {
    if (order == null || order == rows.order()) {
      return rows;
    }
    return switch (order) {
      case SORTED -> rows.ordered(ClusterOrder.sort(rows.base(), seed), RowOrder.SORTED);
      case SHUFFLED -> {
        int[] drawn = RowOrder.permutation(rows.base().count(), seed);
        yield rows.ordered(RowOrder.select(rows.base(), drawn), RowOrder.SHUFFLED);
      }
    };
  }

  private Rows real(RealSource real) throws IOException {
    RowOrder wanted = order == null ? RowOrder.SHUFFLED : order;
    RealVectors.Split split = real.read().split(source, count, queries, queriesFrom, wanted, seed);
    return new Rows(
        "%s, %d vectors, %s, queries %s, seed %d"
            .formatted(
                real.description(),
                split.base().count(),
                wanted == RowOrder.SORTED ? "in natural order" : "shuffled",
                queriesFrom,
                seed),
        split.base(),
        split.queries(),
        wanted,
        false,
        real.metric());
  }

  private Rows manifold(Manifold preset) {
    ClusteredManifold.Params params =
        new ClusteredManifold.Params(
            orElse(dimension, preset.dimension()),
            orElse(generator.latent(), preset.latent()),
            orElse(generator.clusters(), preset.clusters()),
            orElse(generator.spread(), preset.spread()),
            orElse(generator.noise(), preset.noise()),
            generator.duplicatesPercent(),
            order == null ? RowOrder.SHUFFLED : order,
            seed);
    return generated(new ClusteredManifold(params), preset.count(), preset.metric());
  }

  private Rows microclusters() {
    int clusters = orElse(generator.clusters(), 250);
    int latent = orElse(generator.latent(), 16);
    Generator points =
        new Microclusters(
            orElse(dimension, 16), latent, clusters, orElse(generator.noise(), 0.02), seed);
    int all = Math.multiplyExact(clusters, orElse(generator.points(), 10));
    Rows rows = generated(points, all, VectorSimilarityFunction.EUCLIDEAN);
    int[] drawn = RowOrder.permutation(rows.base().count(), seed);
    return order == RowOrder.SORTED
        ? rows
        : rows.ordered(RowOrder.select(rows.base(), drawn), RowOrder.SHUFFLED);
  }

  private Rows generated(Generator vectors, int defaultCount, VectorSimilarityFunction suited) {
    return new Rows(
        vectors.description(),
        vectors.base(orElse(count, defaultCount)),
        vectors.queries(queries),
        vectors.order(),
        false,
        suited);
  }

  private VectorFiles.Images images() throws IOException {
    if (mnistFile == null) {
      throw new IOException(
          source + " needs the images: --mnist-file FILE or the environment variable BENCH_MNIST");
    }
    return VectorFiles.idx(mnistFile, Integer.MAX_VALUE);
  }

  private Rows file(Path file) throws IOException {
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
      return rows(loaded, limited(loaded.vectors(), count), given);
    }
    if (loaded.queries() != null) {
      return rows(loaded, limited(loaded.vectors(), count), limited(loaded.queries(), queries));
    }
    return heldOut(loaded);
  }

  /** Every n-th vector becomes a query and is not indexed. */
  private Rows heldOut(VectorFiles.Loaded loaded) throws IOException {
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
    return rows(loaded, new FloatVectors(base), new FloatVectors(held));
  }

  private Rows rows(VectorFiles.Loaded loaded, FloatVectors base, FloatVectors held) {
    return new Rows(
        "%s, %d vectors".formatted(source, base.count()),
        base,
        held,
        RowOrder.SHUFFLED,
        loaded.unsignedBytes(),
        VectorSimilarityFunction.EUCLIDEAN);
  }

  private static FloatVectors limited(FloatVectors vectors, Integer limit) {
    return limit == null || limit >= vectors.count() ? vectors : vectors.slice(0, limit);
  }

  private static <T> T orElse(T value, T preset) {
    return value == null ? preset : value;
  }
}
