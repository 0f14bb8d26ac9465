// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

/** Means and deviations of a table, added up in one order so that they are the same everywhere. */
final class Moments {
  private Moments() {}

  /** The mean of each component. */
  static double[] means(FloatVectors vectors) {
    double[] means = new double[vectors.dimension()];
    for (float[] row : vectors.rows()) {
      for (int i = 0; i < means.length; i++) {
        means[i] += row[i];
      }
    }
    for (int i = 0; i < means.length; i++) {
      means[i] /= vectors.count();
    }
    return means;
  }

  /** The root of the mean squared norm. */
  static double rootMeanSquareNorm(FloatVectors vectors) {
    double squares = 0;
    for (float[] row : vectors.rows()) {
      for (float component : row) {
        squares += (double) component * component;
      }
    }
    return Math.sqrt(squares / vectors.count());
  }

  /** The standard deviation of a component, over all components. */
  static double deviation(FloatVectors vectors) {
    double ofMeans = 0;
    for (double mean : means(vectors)) {
      ofMeans += mean * mean;
    }
    double squaredNorm = rootMeanSquareNorm(vectors) * rootMeanSquareNorm(vectors);
    return Math.sqrt(Math.max(0, squaredNorm - ofMeans) / vectors.dimension());
  }
}
