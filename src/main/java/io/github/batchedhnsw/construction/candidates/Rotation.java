// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

import io.github.batchedhnsw.graph.SplitMix;
import io.github.batchedhnsw.vectors.CodeKernels;

/**
 * A random orthogonal map: Walsh-Hadamard transforms of overlapping powers of two, with random
 * signs between them. After it, the signs of all components are equally informative, whatever the
 * axes of the data are. Stateless, thread-safe.
 */
final class Rotation {
  private static final int ROUNDS = 3;

  private final CodeKernels kernels = CodeKernels.best();
  private final int dimension;
  private final int length;
  private final float[][] signs;

  Rotation(int dimension, long seed) {
    this.dimension = dimension;
    this.length = Integer.highestOneBit(dimension);
    this.signs = new float[ROUNDS][dimension];
    float factor = (float) (1 / Math.sqrt(length));
    for (int round = 0; round < ROUNDS; round++) {
      int from = from(round);
      for (int i = 0; i < dimension; i++) {
        float sign = SplitMix.hash(seed + round, i) < 0 ? -1 : 1;
        // The transform of the next part multiplies norms by the square root of its length.
        signs[round][i] = i >= from && i < from + length ? sign * factor : sign;
      }
    }
  }

  private int from(int round) {
    return round % 2 == 0 ? 0 : dimension - length;
  }

  /** Rotates a vector in place. */
  void apply(float[] values, int offset) {
    for (int round = 0; round < ROUNDS; round++) {
      float[] factors = signs[round];
      for (int i = 0; i < dimension; i++) {
        values[offset + i] *= factors[i];
      }
      kernels.hadamard(values, offset + from(round), length);
    }
  }
}
