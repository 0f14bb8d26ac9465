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
  private final int[] offsets = new int[CodeKernels.ROWS];
  private final float[] maxima = new float[BLOCK];
  private final int[] noOffsets = new int[CodeKernels.ROWS];
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

  /** Number of estimates for a row, padding included. */
  int width() {
    return width;
  }

  /** Sets the clusters whose centroids are used, and the cell's centroid. */
  void load(int[] clusters, float[] frame) {
    width = (clusters.length + BLOCK - 1) / BLOCK * BLOCK;
    if (lengths.length < width) {
      codes = new int[width * signs.words];
      lengths = new float[width];
      biases = new float[width];
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
   * @param squares of the rows in the cell's frame; of the rows themselves where scores are inner
   *     products
   * @param out receives {@link #width} estimates for each row, one after the other
   */
  void estimate(float[] rotated, float[] squares, int count, float[] out) {
    float[] origin = innerProduct ? zero : rotatedFrame;
    for (int from = 0; from < count; from += CodeKernels.ROWS) {
      int rows = Math.min(CodeKernels.ROWS, count - from);
      for (int i = 0; i < rows; i++) {
        int first = (from + i) * signs.dimension;
        kernels.signs(rotated, first, origin, 0, signs.dimension, rowCodes, i * signs.words, 1);
        scale[i] = (innerProduct ? 1 : 2) * (float) Math.sqrt(squares[from + i]);
        offsets[i] = (from + i) * width;
      }
      kernels.estimates(
          rowCodes,
          rows,
          signs.words,
          codes,
          width / BLOCK,
          lengths,
          biases,
          base,
          scale,
          (float) (Math.PI / signs.dimension),
          out,
          offsets,
          maxima,
          noOffsets);
    }
  }
}
