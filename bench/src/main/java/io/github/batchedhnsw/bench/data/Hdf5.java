// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import io.jhdf.HdfFile;
import io.jhdf.exceptions.HdfException;
import java.io.IOException;
import java.nio.file.Path;

/** Reads the {@code train} and {@code test} datasets of an ann-benchmarks file. */
final class Hdf5 {
  private Hdf5() {}

  static VectorFiles.Loaded read(Path file, int limit) throws IOException {
    try (HdfFile hdf = new HdfFile(file)) {
      FloatVectors train = table(file, hdf, "train", limit);
      FloatVectors test = table(file, hdf, "test", Integer.MAX_VALUE);
      if (train.dimension() != test.dimension()) {
        throw new IOException(
            "%s: dataset test: expected %d columns as in train, found %d"
                .formatted(file, train.dimension(), test.dimension()));
      }
      return new VectorFiles.Loaded(train, false, test);
    } catch (HdfException e) {
      throw new IOException(
          file + ": expected an HDF5 file with the datasets train and test: " + e.getMessage(), e);
    }
  }

  private static FloatVectors table(Path file, HdfFile hdf, String name, int limit)
      throws IOException {
    var dataset = hdf.getDatasetByPath(name);
    int[] shape = dataset.getDimensions();
    if (shape.length != 2) {
      throw new IOException(
          "%s: dataset %s: expected 2 dimensions, found %d".formatted(file, name, shape.length));
    }
    int rows = Math.min(limit, shape[0]);
    Object data = dataset.getData(new long[] {0, 0}, new int[] {rows, shape[1]});
    return switch (data) {
      case float[][] floats -> new FloatVectors(floats);
      case double[][] doubles -> {
        float[][] floats = new float[rows][shape[1]];
        for (int row = 0; row < rows; row++) {
          for (int i = 0; i < shape[1]; i++) {
            floats[row][i] = (float) doubles[row][i];
          }
        }
        yield new FloatVectors(floats);
      }
      default ->
          throw new IOException(
              "%s: dataset %s: expected floats or doubles, found %s"
                  .formatted(file, name, dataset.getJavaType()));
    };
  }
}
