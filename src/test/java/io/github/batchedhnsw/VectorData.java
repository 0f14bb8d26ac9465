// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Generated vectors for tests. */
public final class VectorData {
  private VectorData() {}

  /** Components are uniform in [-1, 1). */
  public static float[][] uniform(Random random, int size, int dimension) {
    float[][] vectors = new float[size][dimension];
    for (float[] vector : vectors) {
      for (int i = 0; i < dimension; i++) {
        vector[i] = 2 * random.nextFloat() - 1;
      }
    }
    return vectors;
  }

  /** Of length 1. */
  public static float[][] normalized(Random random, int size, int dimension) {
    float[][] vectors = uniform(random, size, dimension);
    for (float[] vector : vectors) {
      double squares = 0;
      for (float x : vector) {
        squares += x * x;
      }
      if (squares == 0) {
        vector[0] = 1;
        squares = 1;
      }
      for (int i = 0; i < dimension; i++) {
        vector[i] /= (float) Math.sqrt(squares);
      }
    }
    return vectors;
  }

  /** Tight clusters, one after the other. */
  public static float[][] sortedByCluster(Random random, int size, int dimension, int clusters) {
    float[][] centers = uniform(random, clusters, dimension);
    float[][] vectors = new float[size][dimension];
    for (int i = 0; i < size; i++) {
      float[] center = centers[(int) ((long) i * clusters / size)];
      for (int d = 0; d < dimension; d++) {
        vectors[i][d] = center[d] + 0.1f * (float) random.nextGaussian();
      }
    }
    return vectors;
  }

  /** Near a random subspace through the origin: {@code noise} is small against the components. */
  public static float[][] lowRank(Random random, int size, int dimension, int rank, float noise) {
    float[][] basis = uniform(random, rank, dimension);
    float[][] vectors = new float[size][dimension];
    for (float[] vector : vectors) {
      for (float[] direction : basis) {
        float factor = (float) random.nextGaussian();
        for (int d = 0; d < dimension; d++) {
          vector[d] += factor * direction[d];
        }
      }
      for (int d = 0; d < dimension; d++) {
        vector[d] += noise * (float) random.nextGaussian();
      }
    }
    return vectors;
  }

  /** The given vectors, of which {@code percent} per cent are replaced by copies of others. */
  public static float[][] withDuplicates(Random random, float[][] vectors, int percent) {
    float[][] result = vectors.clone();
    for (int i = 0; i < result.length; i++) {
      if (random.nextInt(100) < percent) {
        result[i] = vectors[random.nextInt(vectors.length)].clone();
      }
    }
    return result;
  }

  /** Lengths from a thousandth to a thousand, as different as inner products allow. */
  public static float[][] varyingNorms(Random random, int size, int dimension) {
    float[][] vectors = normalized(random, size, dimension);
    for (float[] vector : vectors) {
      float length = (float) Math.pow(10, 6 * random.nextDouble() - 3);
      for (int d = 0; d < dimension; d++) {
        vector[d] *= length;
      }
    }
    return vectors;
  }

  /** The same values as floats. */
  public static float[][] floats(byte[][] vectors) {
    float[][] result = new float[vectors.length][];
    for (int i = 0; i < vectors.length; i++) {
      result[i] = new float[vectors[i].length];
      for (int d = 0; d < result[i].length; d++) {
        result[i][d] = vectors[i][d];
      }
    }
    return result;
  }

  /** Over the whole range of a byte, never zero: cosine has no room for that. */
  public static byte[][] bytes(Random random, int size, int dimension) {
    byte[][] vectors = new byte[size][dimension];
    byte[] zero = new byte[dimension];
    for (byte[] vector : vectors) {
      do {
        random.nextBytes(vector);
      } while (Arrays.equals(vector, zero));
    }
    return vectors;
  }

  /** Bytes from -range to range: many equal distances. */
  public static byte[][] smallBytes(Random random, int size, int dimension, int range) {
    byte[][] vectors = new byte[size][dimension];
    for (byte[] vector : vectors) {
      for (int i = 0; i < dimension; i++) {
        vector[i] = (byte) (random.nextInt(2 * range + 1) - range);
      }
    }
    return vectors;
  }

  /** As many references to one vector. */
  public static float[][] identical(Random random, int size, int dimension) {
    float[][] vectors = new float[size][];
    Arrays.fill(vectors, normalized(random, 1, dimension)[0]);
    return vectors;
  }

  /** A list of arrays. */
  public static <T> List<T> list(T[] vectors) {
    return new ArrayList<>(Arrays.asList(vectors));
  }
}
