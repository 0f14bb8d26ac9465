// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.process;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.data.RowFile;
import io.github.batchedhnsw.bench.data.Vectors;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;

/**
 * A data set in files, for other JVMs.
 *
 * @param name of the data set
 * @param directory of the files
 * @param encoding of vectors and queries
 * @param dimension components of each
 * @param similarity the metric
 */
public record VectorSource(
    String name,
    String directory,
    VectorEncoding encoding,
    int dimension,
    VectorSimilarityFunction similarity)
    implements Serializable {

  /**
   * Writes a data set.
   *
   * @param directory an existing one
   * @throws IOException when it cannot be written
   */
  public static VectorSource write(Dataset data, Path directory) throws IOException {
    RowFile.write(data.base(), directory.resolve("base"));
    RowFile.write(data.queries(), directory.resolve("queries"));
    return new VectorSource(
        data.name(),
        directory.toString(),
        data.base().encoding(),
        data.base().dimension(),
        data.similarity());
  }

  /**
   * The vectors to index, left in their file.
   *
   * @throws IOException when they cannot be read
   */
  public RowFile open() throws IOException {
    return open("base");
  }

  /**
   * The data set, on the heap.
   *
   * @throws IOException when it cannot be read
   */
  public Dataset load() throws IOException {
    return new Dataset(name, "from " + directory, load("base"), load("queries"), similarity);
  }

  private RowFile open(String file) throws IOException {
    return new RowFile(Path.of(directory, file), encoding, dimension);
  }

  private Vectors load(String file) throws IOException {
    try (RowFile rows = open(file)) {
      return rows.load();
    }
  }
}
