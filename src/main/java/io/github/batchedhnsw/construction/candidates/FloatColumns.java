// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.partition.Clusters;
import io.github.batchedhnsw.vectors.DistanceKernels;
import io.github.batchedhnsw.vectors.Metric;
import io.github.batchedhnsw.vectors.Panel;
import io.github.batchedhnsw.vectors.RowReader;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.IOException;
import java.util.Arrays;

/**
 * All vectors in float32, cluster by cluster: for each member the difference from its cluster's
 * centroid, which keeps products precise if vectors are far from the origin, or the vector itself
 * if scores are inner products.
 */
final class FloatColumns {
  private final DistanceKernels kernels = DistanceKernels.best();
  final int dimension;
  final boolean innerProduct;
  final Panel[] panels; // by cluster
  final float[][] origins; // by cluster

  FloatColumns(VectorSet vectors, int[] ordinals, Clusters clusters, ParallelRanges parallel)
      throws IOException {
    this.dimension = vectors.dimension();
    this.innerProduct = vectors.metric() == Metric.INNER_PRODUCT;
    this.panels = new Panel[clusters.count()];
    this.origins = clusters.centroids();
    int largest = 0;
    for (int cluster = 0; cluster < clusters.count(); cluster++) {
      largest = Math.max(largest, clusters.size(cluster));
    }
    MemberReader[] readers = new MemberReader[parallel.workers()];
    for (int i = 0; i < readers.length; i++) {
      readers[i] = new MemberReader(vectors.rows(), largest);
    }
    int[] identity = new int[largest];
    Arrays.setAll(identity, i -> i);
    parallel.forEach(
        clusters.count(),
        1,
        (worker, from, to) -> {
          for (int cluster = from; cluster < to; cluster++) {
            readers[worker].turnTo(ordinals, clusters, cluster);
            panels[cluster] = new Panel(dimension);
            panels[cluster].load(readers[worker], identity, 0, clusters.size(cluster));
            panels[cluster].trim();
          }
        });
  }

  static long estimateBytes(int size, int dimension, int clusterSize) {
    double padding = 1 + 8.0 / clusterSize; // half a block for each cluster, on average
    return (long) (size * (padding * (dimension + 1) * Float.BYTES + 1));
  }

  /** Reads members of a cluster, and keeps the halved squares of the last ones read. */
  private final class MemberReader implements RowReader {
    private final RowReader reader;
    private final float[] biases;
    private int[] ordinals;
    private Clusters clusters;
    private int start;
    private float[] origin;

    MemberReader(RowReader reader, int largest) {
      this.reader = reader;
      this.biases = new float[largest];
    }

    void turnTo(int[] ordinals, Clusters clusters, int cluster) {
      this.ordinals = ordinals;
      this.clusters = clusters;
      this.start = clusters.starts()[cluster];
      this.origin = origins[cluster];
    }

    @Override
    public void read(int member, float[] destination, int offset) throws IOException {
      reader.read(ordinals[clusters.members()[start + member]], destination, offset);
      if (innerProduct) {
        return;
      }
      biases[member] = kernels.difference(destination, offset, origin, destination, offset) / 2;
    }

    @Override
    public float bias(int member) {
      return biases[member];
    }
  }
}
