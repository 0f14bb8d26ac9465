// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.index.VectorSimilarityFunction;

/**
 * Vectors and queries out of a file.
 *
 * @param request how many of them
 */
record FileRows(SourceRequest request) {

  /**
   * Reads them.
   *
   * @param name a file, or {@code mnist} or {@code mnist-windows} for the request's images
   */
  Rows read(String name) throws IOException {
    return switch (name) {
      case "mnist" -> heldOut(images().pixels(), true);
      case "mnist-windows" -> heldOut(windows(images()), true);
      default -> file(Path.of(name));
    };
  }

  private VectorFiles.Images images() throws IOException {
    if (request.mnistFile() == null) {
      throw new IOException(
          request.name()
              + " needs the images: --mnist-file FILE or the environment variable BENCH_MNIST");
    }
    return VectorFiles.idx(request.mnistFile(), Integer.MAX_VALUE);
  }

  private FloatVectors windows(VectorFiles.Images images) {
    int all = images.pixels().count() * ImageWindows.perImage();
    Integer count = request.count();
    return ImageWindows.cut(images, count == null ? all : Math.min(all, count + request.queries()));
  }

  private Rows file(Path file) throws IOException {
    Integer count = request.count();
    Integer dimension = request.dimension();
    int limit = count == null ? Integer.MAX_VALUE : Math.addExact(count, request.queries());
    VectorFiles.Loaded loaded = VectorFiles.read(file, dimension == null ? 0 : dimension, limit);
    FloatVectors vectors = loaded.vectors();
    if (dimension != null && vectors.dimension() != dimension) {
      throw new IOException(
          "%s: expected %d dimensions (--dim), found %d"
              .formatted(file, dimension, vectors.dimension()));
    }
    FloatVectors queries =
        request.queryFile() == null
            ? loaded.queries()
            : VectorFiles.read(request.queryFile(), vectors.dimension(), request.queries())
                .vectors();
    return queries == null
        ? heldOut(vectors, loaded.unsignedBytes())
        : rows(
            limited(vectors, count), limited(queries, request.queries()), loaded.unsignedBytes());
  }

  /** Every n-th vector becomes a query and is not indexed. */
  private Rows heldOut(FloatVectors all, boolean unsignedBytes) throws IOException {
    int queries = request.queries();
    int vectors = request.count() == null ? all.count() - queries : request.count();
    int total = vectors + queries;
    if (vectors < 1 || total > all.count()) {
      throw new IOException(
          "%s holds %d vectors; expected %d to index and %d queries"
              .formatted(request.name(), all.count(), vectors, queries));
    }
    float[][] base = new float[vectors][];
    float[][] held = new float[queries][];
    int heldCount = 0;
    for (int row = 0; row < total; row++) {
      boolean query = (long) (row + 1) * queries / total > heldCount;
      if (query) {
        held[heldCount++] = all.rows()[row];
      } else {
        base[row - heldCount] = all.rows()[row];
      }
    }
    return rows(new FloatVectors(base), new FloatVectors(held), unsignedBytes);
  }

  private Rows rows(FloatVectors base, FloatVectors queries, boolean unsignedBytes) {
    return new Rows(
        "%s, %d vectors".formatted(request.name(), base.count()),
        base,
        queries,
        RowOrder.SHUFFLED,
        unsignedBytes,
        VectorSimilarityFunction.EUCLIDEAN);
  }

  private static FloatVectors limited(FloatVectors vectors, Integer limit) {
    return limit == null || limit >= vectors.count() ? vectors : vectors.slice(0, limit);
  }
}
