// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.partition.Clusters;
import io.github.batchedhnsw.vectors.CodeKernels;
import io.github.batchedhnsw.vectors.Metric;
import io.github.batchedhnsw.vectors.RowReader;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.IOException;
import java.util.Arrays;

/**
 * The sign codes of all vectors, cluster by cluster: for each member the signs of the rotated
 * difference from its cluster's centroid, and the length of that difference.
 */
final class SignCodes {
  private final CodeKernels kernels = CodeKernels.best();
  final Rotation rotation;
  final int dimension;
  final int words;
  final int[][] codes;
  final float[][] lengths;
  final float[][] biases;
  final float[][] rotatedCentroids;

  SignCodes(
      VectorSet vectors, int[] ordinals, Clusters clusters, ParallelRanges parallel, long seed)
      throws IOException {
    this.dimension = vectors.dimension();
    this.words = (dimension + Integer.SIZE - 1) / Integer.SIZE;
    this.rotation = new Rotation(dimension, seed);
    int count = clusters.count();
    this.codes = new int[count][];
    this.lengths = new float[count][];
    this.biases = new float[count][];
    this.rotatedCentroids = new float[count][];
    boolean euclidean = vectors.metric() != Metric.INNER_PRODUCT;
    RowReader[] readers = new RowReader[parallel.workers()];
    float[][] rows = new float[parallel.workers()][dimension];
    for (int i = 0; i < readers.length; i++) {
      readers[i] = vectors.rows();
    }
    parallel.forEach(
        count,
        1,
        (worker, from, to) -> {
          for (int cluster = from; cluster < to; cluster++) {
            encode(cluster, clusters, ordinals, readers[worker], rows[worker], euclidean);
          }
        });
  }

  static long estimateBytes(int size, int dimension, int clusterSize) {
    // Clusters are padded to blocks, by half a block on average.
    double padding = 1 + CodeKernels.BLOCK_COLUMNS / (double) clusterSize;
    long column = (dimension + Integer.SIZE - 1) / Integer.SIZE * Integer.BYTES + 2 * Float.BYTES;
    long centroid = (long) dimension * Float.BYTES / clusterSize + 8;
    return (long) (size * (padding * column + centroid));
  }

  private void encode(
      int cluster, Clusters clusters, int[] ordinals, RowReader reader, float[] row, boolean square)
      throws IOException {
    int start = clusters.starts()[cluster];
    int size = clusters.size(cluster);
    int block = CodeKernels.BLOCK_COLUMNS;
    int padded = (size + block - 1) / block * block;
    float[] centroid = clusters.centroids()[cluster].clone();
    float[] zero = new float[dimension];
    int[] code = new int[padded * words];
    float[] length = new float[padded];
    float[] bias = new float[padded];
    Arrays.fill(bias, size, padded, Float.POSITIVE_INFINITY);
    for (int i = 0; i < size; i++) {
      reader.read(ordinals[clusters.members()[start + i]], row, 0);
      float sum = 0;
      for (int k = 0; k < dimension; k++) {
        row[k] -= centroid[k];
        sum += row[k] * row[k];
      }
      rotation.apply(row, 0);
      kernels.signs(row, 0, zero, 0, dimension, code, i / block * words * block + i % block, block);
      length[i] = (float) Math.sqrt(sum);
      bias[i] = square ? sum : 0;
    }
    rotation.apply(centroid, 0);
    codes[cluster] = code;
    lengths[cluster] = length;
    biases[cluster] = bias;
    rotatedCentroids[cluster] = centroid;
  }
}
