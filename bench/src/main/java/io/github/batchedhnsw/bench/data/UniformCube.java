// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.util.SplittableRandom;

/**
 * Uniform random vectors in [-1, 1]^dimension: no structure to exploit, the worst case.
 *
 * @param dimension components per vector
 * @param seed of all randomness
 */
public record UniformCube(int dimension, long seed) implements Generator {

  @Override
  public float[] baseRow(int row, int count) {
    return row(1, row);
  }

  @Override
  public float[] queryRow(int row) {
    return row(2, row);
  }

  @Override
  public RowOrder order() {
    return RowOrder.SHUFFLED;
  }

  @Override
  public String description() {
    return "uniform in [-1,1]^%d, seed %d".formatted(dimension, seed);
  }

  private float[] row(long stream, int row) {
    SplittableRandom random = SplitMix.stream(seed, stream, row);
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = (float) (2 * random.nextDouble() - 1);
    }
    return vector;
  }
}
