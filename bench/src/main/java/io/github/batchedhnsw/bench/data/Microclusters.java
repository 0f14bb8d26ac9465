// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.util.SplittableRandom;

/**
 * Many tiny, tight, far-apart clusters: the nearest neighbours of a point are its cluster, and a
 * graph of nearest neighbours alone falls apart into as many pieces as there are clusters. Centres
 * are drawn from N(0,1) in the latent space and taken to the ambient space by one random linear
 * map; points are centres plus isotropic noise. Base vectors come cluster after cluster, all
 * clusters being of one size, up to rounding.
 */
public final class Microclusters implements Generator {
  private enum Stream {
    MAP,
    CENTRE,
    BASE,
    QUERY
  }

  private final int clusters;
  private final double noise;
  private final long seed;
  private final float[][] map;
  private final int latent;

  /**
   * Draws the map.
   *
   * @param dimension ambient components
   * @param latent dimension in which centres are drawn
   * @param clusters how many
   * @param noise standard deviation of a point from its centre, per component; centres have 1
   * @param seed of all randomness
   */
  public Microclusters(int dimension, int latent, int clusters, double noise, long seed) {
    Require.that(dimension >= 1, "dimension", dimension, ">= 1");
    Require.that(latent >= 1, "latent", latent, ">= 1");
    Require.that(clusters >= 1, "clusters", clusters, ">= 1");
    Require.that(noise >= 0, "noise", noise, ">= 0");
    this.latent = latent;
    this.clusters = clusters;
    this.noise = noise;
    this.seed = seed;
    map = new float[dimension][];
    for (int i = 0; i < dimension; i++) {
      map[i] = gaussians(SplitMix.stream(seed, Stream.MAP.ordinal(), i), 1 / Math.sqrt(latent));
    }
  }

  @Override
  public float[] baseRow(int row, int count) {
    int cluster = (int) ((long) row * clusters / count);
    return point(cluster, SplitMix.stream(seed, Stream.BASE.ordinal(), row));
  }

  @Override
  public float[] queryRow(int row) {
    SplittableRandom random = SplitMix.stream(seed, Stream.QUERY.ordinal(), row);
    return point(random.nextInt(clusters), random);
  }

  @Override
  public RowOrder order() {
    return RowOrder.SORTED;
  }

  @Override
  public String description() {
    return "microclusters, %d d, latent %d, %d clusters, noise %s, seed %d"
        .formatted(map.length, latent, clusters, noise, seed);
  }

  private float[] point(int cluster, SplittableRandom random) {
    float[] z = gaussians(SplitMix.stream(seed, Stream.CENTRE.ordinal(), cluster), 1);
    float[] x = new float[map.length];
    for (int i = 0; i < x.length; i++) {
      float sum = 0;
      for (int j = 0; j < z.length; j++) {
        sum += map[i][j] * z[j];
      }
      x[i] = sum + (float) (noise * random.nextGaussian());
    }
    return x;
  }

  private float[] gaussians(SplittableRandom random, double deviation) {
    float[] values = new float[latent];
    for (int i = 0; i < latent; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return values;
  }
}
