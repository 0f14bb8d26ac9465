// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

import io.github.batchedhnsw.vectors.CodeKernels;
import java.util.Arrays;

/**
 * Sign codes of the centroids of some clusters, relative to the centroid of a cell: if there are
 * many clusters, the codes determine for which ones the distance from a row is computed. Not
 * thread-safe.
 */
final class CentroidCodes {
  private static final int BLOCK = CodeKernels.BLOCK_COLUMNS;

  private final CodeKernels kernels = CodeKernels.best();
  private final SignCodes signs;
  private final boolean innerProduct;
  private final float[] rotatedFrame;
  private final float[] zero;
  private final int[] rowCodes;
  private final float[] base = new float[CodeKernels.ROWS];
  private final float[] scale = new float[CodeKernels.ROWS];
  private final float[] bounds = new float[CodeKernels.ROWS];
  private final int[][] members = new int[CodeKernels.ROWS][];
  private final float[][] estimates = new float[CodeKernels.ROWS][];
  private final int[] counts = new int[CodeKernels.ROWS];
  private float[] scratch = new float[0];
  private int[] codes = new int[0];
  private float[] lengths = new float[0];
  private float[] biases = new float[0];
  private int width;

  CentroidCodes(SignCodes signs, boolean innerProduct) {
    this.signs = signs;
    this.innerProduct = innerProduct;
    this.rotatedFrame = new float[signs.dimension];
    this.zero = new float[signs.dimension];
    this.rowCodes = new int[CodeKernels.ROWS * signs.words];
  }

  /** Sets the clusters whose centroids are used, and the cell's centroid. */
  void load(int[] clusters, float[] frame) {
    width = (clusters.length + BLOCK - 1) / BLOCK * BLOCK;
    if (lengths.length < width) {
      codes = new int[width * signs.words];
      lengths = new float[width];
      biases = new float[width];
      scratch = new float[CodeKernels.ROWS * width];
    }
    System.arraycopy(frame, 0, rotatedFrame, 0, signs.dimension);
    signs.rotation.apply(rotatedFrame, 0);
    for (int i = 0; i < clusters.length; i++) {
      float[] centroid = signs.rotatedCentroids[clusters[i]];
      int first = i / BLOCK * signs.words * BLOCK + i % BLOCK;
      kernels.signs(centroid, 0, rotatedFrame, 0, signs.dimension, codes, first, BLOCK);
      double square = 0;
      for (int k = 0; k < signs.dimension; k++) {
        double difference = (double) centroid[k] - rotatedFrame[k];
        square += difference * difference;
      }
      lengths[i] = (float) Math.sqrt(square);
      biases[i] = innerProduct ? 0 : (float) square;
    }
    Arrays.fill(lengths, clusters.length, width, 0);
    Arrays.fill(biases, clusters.length, width, Float.POSITIVE_INFINITY);
  }

  /**
   * Estimates the scores of rows with the centroids, up to an additive constant for each row.
   *
   * @param rotated the rows, one after the other
   * @param firstRow the first of the rows that are scored
   * @param squares of the rows in the cell's frame; of the rows themselves where scores are inner
   *     products
   * @param count number of rows that are scored, at most {@link CodeKernels#ROWS}
   * @param reached receives the centroids' numbers and estimates, for row {@code firstRow + i} as
   *     row {@code i}, without those that are no numbers
   */
  void estimate(float[] rotated, int firstRow, float[] squares, int count, Reached reached) {
    float[] origin = innerProduct ? zero : rotatedFrame;
    for (int i = 0; i < CodeKernels.ROWS; i++) {
      int row = Math.min(i, count - 1); // the last row also takes the places of missing ones
      int first = (firstRow + row) * signs.dimension;
      kernels.signs(rotated, first, origin, 0, signs.dimension, rowCodes, i * signs.words, 1);
      scale[i] = (innerProduct ? 1 : 2) * (float) Math.sqrt(squares[firstRow + row]);
      reached.clear(row);
      reached.reserve(row, width);
      bounds[i] = reached.bounds[row];
      members[i] = reached.members[row];
      estimates[i] = reached.estimates[row];
      counts[i] = 0;
    }
    kernels.atLeast(
        rowCodes,
        signs.words,
        codes,
        width / BLOCK,
        lengths,
        biases,
        base,
        scale,
        (float) (Math.PI / signs.dimension),
        bounds,
        0,
        members,
        estimates,
        counts,
        scratch);
    System.arraycopy(counts, 0, reached.counts, 0, count);
  }
}
