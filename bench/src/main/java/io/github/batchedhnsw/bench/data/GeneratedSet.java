// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import static java.util.Objects.requireNonNullElse;

import java.util.Map;
import java.util.Optional;
import org.apache.lucene.index.VectorSimilarityFunction;

/**
 * A generated set.
 *
 * @param generator of its vectors and queries
 * @param count vectors to index, unless a request says otherwise
 * @param metric the similarity that suits them
 */
record GeneratedSet(Generator generator, int count, VectorSimilarityFunction metric) {

  private record Manifold(
      int count,
      int dimension,
      int latent,
      double spread,
      double noise,
      VectorSimilarityFunction metric) {}

  private static final int MANIFOLD_CLUSTERS = 300;

  private static final Map<String, Manifold> MANIFOLDS =
      Map.of(
          "demo",
          new Manifold(25_000, 256, 24, 0.8, 0.05, VectorSimilarityFunction.DOT_PRODUCT),
          "gen768",
          new Manifold(100_000, 768, 24, 0.8, 0.05, VectorSimilarityFunction.DOT_PRODUCT),
          "gen128",
          new Manifold(100_000, 128, 24, 0.8, 0.05, VectorSimilarityFunction.EUCLIDEAN),
          "hard128",
          new Manifold(100_000, 128, 40, 0.95, 0.06, VectorSimilarityFunction.EUCLIDEAN));

  /**
   * The set with a name, if there is one.
   *
   * @param dimension null for the preset's
   * @param params what differs from the preset
   * @param order the order that is wanted; only manifolds can be generated in either
   * @param seed of all randomness
   */
  static Optional<GeneratedSet> named(
      String name, Integer dimension, GeneratorParams params, RowOrder order, long seed) {
    if (MANIFOLDS.containsKey(name)) {
      return Optional.of(manifold(MANIFOLDS.get(name), dimension, params, order, seed));
    }
    return switch (name) {
      case "uniform64" ->
          Optional.of(
              new GeneratedSet(
                  new UniformCube(requireNonNullElse(dimension, 64), seed),
                  100_000,
                  VectorSimilarityFunction.EUCLIDEAN));
      case "microclusters" -> Optional.of(microclusters(dimension, params, seed));
      default -> Optional.empty();
    };
  }

  private static GeneratedSet manifold(
      Manifold preset, Integer dimension, GeneratorParams params, RowOrder order, long seed) {
    return new GeneratedSet(
        new ClusteredManifold(
            new ClusteredManifold.Params(
                requireNonNullElse(dimension, preset.dimension()),
                requireNonNullElse(params.latent(), preset.latent()),
                requireNonNullElse(params.clusters(), MANIFOLD_CLUSTERS),
                requireNonNullElse(params.spread(), preset.spread()),
                requireNonNullElse(params.noise(), preset.noise()),
                params.duplicatesPercent(),
                order,
                seed)),
        preset.count(),
        preset.metric());
  }

  private static GeneratedSet microclusters(Integer dimension, GeneratorParams params, long seed) {
    int clusters = requireNonNullElse(params.clusters(), 250);
    Generator points =
        new Microclusters(
            requireNonNullElse(dimension, 16),
            requireNonNullElse(params.latent(), 16),
            clusters,
            requireNonNullElse(params.noise(), 0.02),
            seed);
    int count = Math.multiplyExact(clusters, requireNonNullElse(params.points(), 10));
    return new GeneratedSet(points, count, VectorSimilarityFunction.EUCLIDEAN);
  }

  /**
   * Generates the set.
   *
   * @param wanted vectors to index, null for {@link #count}
   */
  Rows rows(Integer wanted, int queries) {
    return new Rows(
        generator.description(),
        generator.base(requireNonNullElse(wanted, count)),
        generator.queries(queries),
        generator.order(),
        false,
        metric);
  }
}
