// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import java.util.Arrays;
import java.util.Random;

/**
 * A program that calls every kernel of the vector module so often that compilers compile it, and
 * prints which kernels builds would use.
 */
final class KernelCalls {
  private static final int CALLS = 400;
  private static final int DIMENSION = 40; // with a rest for lanes of every width
  private static final int ROWS = 16;
  private static final int COUNT = 64;

  private KernelCalls() {}

  public static void main(String[] arguments) {
    DistanceKernels kernels = new PanamaKernels();
    CodeKernels codes = new PanamaCodeKernels();
    for (int i = 0; i < CALLS; i++) {
      pairs(kernels, new Random(i));
      blocks(kernels, new Random(i));
      scores(kernels, new Random(i));
      codes(codes, new Random(i));
    }
    System.out.println(DistanceKernels.best().name());
  }

  private static float[] floats(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  private static void pairs(DistanceKernels kernels, Random random) {
    float[][] v = new float[8][];
    Arrays.setAll(v, i -> floats(random, DIMENSION));
    float[] out = new float[DistanceKernels.TILE_ROOM];
    kernels.dot(v[0], v[1]);
    kernels.dot4(v[0], v[1], v[2], v[3], v[4], out);
    kernels.squareDistance4(v[0], v[1], v[2], v[3], v[4], out);
    kernels.dot4x4(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], out);
    kernels.squareDistance4x4(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], out);
    kernels.difference(v[0], 0, v[1], out, 0);
    byte[] bytes = new byte[DIMENSION];
    random.nextBytes(bytes);
    kernels.dot(bytes, bytes);
    kernels.squareDistance(bytes, new byte[DIMENSION]);
  }

  private static void blocks(DistanceKernels kernels, Random random) {
    float[] rows = floats(random, ROWS * DIMENSION);
    float[] packed = new float[2 * ROWS * DIMENSION];
    kernels.interleave(rows, DIMENSION, DIMENSION, packed, 0);
    kernels.interleave(rows, DIMENSION, DIMENSION, packed, ROWS * DIMENSION);
    kernels.products(rows, 0, packed, 0, 1, DIMENSION, new float[ROWS * ROWS], 0, ROWS);
    kernels.products(rows, 0, packed, 0, 2, DIMENSION, new float[2 * ROWS * ROWS], 0, 2 * ROWS);
  }

  private static void scores(DistanceKernels kernels, Random random) {
    float[] values = floats(random, COUNT);
    float[] found = new float[COUNT + ROWS];
    int[] numbers = new int[COUNT + ROWS];
    kernels.scores(values, 0, COUNT, floats(random, COUNT), 2, 1, found, 0);
    kernels.atLeast(values, 0, COUNT, 0, 0, numbers, found, 0);
    kernels.greatest(values, 0, COUNT, 10);
    long[] sorted = random.longs(COUNT).toArray();
    kernels.sortDescending(sorted, COUNT, new long[COUNT]);
    kernels.dropReached(found, COUNT, values, new int[COUNT], 0, new int[COUNT]);
  }

  private static void codes(CodeKernels kernels, Random random) {
    int words = CodeKernels.BYTE_WORDS + 1;
    int columns = 2 * CodeKernels.BLOCK_COLUMNS;
    int rows = CodeKernels.ROWS;
    kernels.atLeast(
        random.ints(rows * words).toArray(),
        words,
        random.ints(columns * words).toArray(),
        2,
        floats(random, columns),
        floats(random, columns),
        floats(random, rows),
        floats(random, rows),
        0.001f,
        floats(random, rows),
        0,
        new int[rows][columns + CodeKernels.BLOCK_COLUMNS],
        new float[rows][columns + CodeKernels.BLOCK_COLUMNS],
        new int[rows],
        new int[CodeKernels.scratchLength(words, columns)]);
    kernels.hadamard(floats(random, COUNT), 0, COUNT);
    float[] a = floats(random, COUNT);
    kernels.signs(a, 0, floats(random, COUNT), 0, COUNT, new int[COUNT], 0, 1);
  }
}
