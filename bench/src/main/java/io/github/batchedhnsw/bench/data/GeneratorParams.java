// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

/**
 * What a request changes in a generator's preset. Null components mean "as the preset says".
 *
 * @param latent latent dimension
 * @param clusters how many
 * @param spread deviation of a cluster in the latent space
 * @param noise ambient noise: of a manifold relative to a component, of microclusters absolute
 * @param points per microcluster, when the request does not say how many vectors there are
 * @param duplicatesPercent exact copies in a manifold
 */
public record GeneratorParams(
    Integer latent,
    Integer clusters,
    Double spread,
    Double noise,
    Integer points,
    double duplicatesPercent) {

  /** Nothing is changed. */
  public static final GeneratorParams PRESET = new GeneratorParams(null, null, null, null, null, 0);
}
