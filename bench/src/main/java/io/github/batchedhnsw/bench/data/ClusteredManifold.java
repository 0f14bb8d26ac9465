// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.util.SplittableRandom;

/**
 * Vectors near a curved manifold, in clusters: what embeddings look like to an index.
 *
 * <p>Cluster centres and points around them are drawn in a latent space; one shared, slightly
 * nonlinear random map {@code x = A z + 0.3 tanh(B z)} takes them to the ambient space, where noise
 * is added to every component. Cluster sizes are mildly skewed.
 */
public final class ClusteredManifold implements Generator {
  private static final double CENTRE_SPREAD = 1.0;
  private static final double SIZE_SKEW = 1.5;
  private static final float CURVATURE = 0.3f;

  /**
   * All parameters.
   *
   * @param dimension ambient components
   * @param latent latent dimension, at most {@code dimension}
   * @param clusters number of clusters, at least 1
   * @param spread standard deviation of a cluster in the latent space; centres have 1
   * @param noise standard deviation of the ambient noise per component, relative to the component
   * @param duplicatesPercent share of the base vectors that are exact copies of an earlier one
   * @param order order of the base vectors
   * @param seed of all randomness
   */
  public record Params(
      int dimension,
      int latent,
      int clusters,
      double spread,
      double noise,
      double duplicatesPercent,
      RowOrder order,
      long seed) {

    /** Checks the ranges. */
    public Params {
      Require.that(dimension >= 1, "dimension", dimension, ">= 1");
      Require.that(latent >= 1 && latent <= dimension, "latent", latent, "in [1, dimension]");
      Require.that(clusters >= 1, "clusters", clusters, ">= 1");
      Require.that(spread >= 0, "spread", spread, ">= 0");
      Require.that(noise >= 0, "noise", noise, ">= 0");
      Require.that(
          duplicatesPercent >= 0 && duplicatesPercent < 100,
          "duplicates",
          duplicatesPercent,
          "in [0, 100)");
    }
  }

  private enum Stream {
    LINEAR,
    CURVED,
    CENTRE,
    BASE,
    QUERY,
    CLUSTER,
    DUPLICATE
  }

  private final Params params;
  private final float[][] linear;
  private final float[][] curved;
  private final float[][] centres;

  /** Draws the map and the cluster centres. */
  public ClusteredManifold(Params params) {
    this.params = params;
    double scale = 1 / Math.sqrt(params.latent());
    linear = gaussians(Stream.LINEAR, params.dimension(), scale);
    curved = gaussians(Stream.CURVED, params.dimension(), scale);
    centres = gaussians(Stream.CENTRE, params.clusters(), CENTRE_SPREAD);
  }

  @Override
  public float[] baseRow(int row, int count) {
    int source = row;
    for (SplittableRandom random = stream(Stream.DUPLICATE, source);
        source > 0 && random.nextDouble() * 100 < params.duplicatesPercent();
        random = stream(Stream.DUPLICATE, source)) {
      source = random.nextInt(source);
    }
    double position =
        switch (params.order()) {
          case SORTED -> (source + 0.5) / count;
          case SHUFFLED -> SplitMix.uniform(params.seed(), Stream.CLUSTER.ordinal(), source);
        };
    return point(position, stream(Stream.BASE, source));
  }

  @Override
  public float[] queryRow(int row) {
    SplittableRandom random = stream(Stream.QUERY, row);
    return point(random.nextDouble(), random);
  }

  @Override
  public RowOrder order() {
    return params.order();
  }

  @Override
  public String description() {
    return ("clustered manifold, %d d, latent %d, %d clusters of spread %s, noise %s, %s%% duplicates,"
            + " %s, seed %d")
        .formatted(
            params.dimension(),
            params.latent(),
            params.clusters(),
            params.spread(),
            params.noise(),
            params.duplicatesPercent(),
            params.order().name().toLowerCase(java.util.Locale.ROOT),
            params.seed());
  }

  /**
   * A point of the cluster at {@code position} in [0, 1) of all clusters, weighted by their size.
   */
  private float[] point(double position, SplittableRandom random) {
    float[] centre = centres[(int) (params.clusters() * StrictMath.pow(position, SIZE_SKEW))];
    float[] z = new float[params.latent()];
    for (int i = 0; i < z.length; i++) {
      z[i] = centre[i] + (float) (params.spread() * random.nextGaussian());
    }
    double componentDeviation =
        Math.sqrt(CENTRE_SPREAD * CENTRE_SPREAD + params.spread() * params.spread());
    float noise = (float) (params.noise() * componentDeviation);
    float[] x = new float[params.dimension()];
    for (int i = 0; i < x.length; i++) {
      x[i] =
          dot(linear[i], z)
              + CURVATURE * (float) StrictMath.tanh(dot(curved[i], z))
              + noise * (float) random.nextGaussian();
    }
    return x;
  }

  private float[][] gaussians(Stream stream, int rows, double deviation) {
    float[][] matrix = new float[rows][params.latent()];
    for (int row = 0; row < rows; row++) {
      SplittableRandom random = stream(stream, row);
      for (int i = 0; i < params.latent(); i++) {
        matrix[row][i] = (float) (deviation * random.nextGaussian());
      }
    }
    return matrix;
  }

  private SplittableRandom stream(Stream stream, int row) {
    return SplitMix.stream(params.seed(), stream.ordinal(), row);
  }

  private static float dot(float[] a, float[] b) {
    float sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
