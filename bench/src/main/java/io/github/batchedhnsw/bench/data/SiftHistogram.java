// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

/**
 * Whole numbers in 0..255 as in SIFT descriptors: skewed, with many zeros, nearly of length 512. In
 * units of their root mean square, components below -0.5 become 0, and of the others the square of
 * what is above -0.5 is taken. Then, as Lowe (2004, section 6.1) does with his histograms, the
 * vector is brought to unit length, components are cut at 0.2 and the length is restored.
 */
public record SiftHistogram() implements Transformation {
  private static final double ZERO_BELOW = -0.5;
  private static final double CUT = 0.2;
  private static final double LENGTH = 512;
  private static final int LARGEST = 255;

  @Override
  public Rows apply(Rows rows, long seed) {
    double deviation = Moments.rootMeanSquareNorm(rows.base()) / Math.sqrt(rows.base().dimension());
    return rows.eachRow("as histograms of 0..255", row -> histogram(row, deviation))
        .asUnsignedBytes();
  }

  private static float[] histogram(float[] row, double deviation) {
    double[] values = new double[row.length];
    for (int i = 0; i < row.length; i++) {
      double above = Math.max(0, row[i] / deviation - ZERO_BELOW);
      values[i] = above * above;
    }
    double cut = CUT * length(values);
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.min(cut, values[i]);
    }
    double length = length(values);
    float[] result = new float[row.length];
    for (int i = 0; i < row.length && length > 0; i++) {
      result[i] = Math.min(LARGEST, Math.round(LENGTH / length * values[i]));
    }
    return result;
  }

  private static double length(double[] values) {
    double squares = 0;
    for (double value : values) {
      squares += value * value;
    }
    return Math.sqrt(squares);
  }
}
