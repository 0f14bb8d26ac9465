// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.systems;

import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.data.FloatVectors;
import io.github.batchedhnsw.bench.data.RowFilter;
import io.github.batchedhnsw.bench.report.Progress;
import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.ImmutableGraphIndex;
import io.github.jbellis.jvector.graph.ListRandomAccessVectorValues;
import io.github.jbellis.jvector.graph.RandomAccessVectorValues;
import io.github.jbellis.jvector.graph.SearchResult;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.util.Bits;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.github.jbellis.jvector.vector.types.VectorTypeSupport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;

/**
 * jvector's on-heap graph builder with the equivalent degree, which is 2M on level 0 and M above,
 * with the same beam, and otherwise with its own documented defaults. It is searched through
 * jvector's own searcher. It writes no index files, so its seconds leave out what Lucene spends on
 * writing them. It takes float vectors only.
 *
 * @param params M and beam
 * @param workers threads of the build
 */
public record JVectorSystem(GraphParams params, int workers) implements BenchSystem {
  private static final float NEIGHBOR_OVERFLOW = 1.2f;
  private static final float ALPHA = 1.2f;
  private static final VectorTypeSupport TYPES =
      VectorizationProvider.getInstance().getVectorTypeSupport();

  @Override
  public String name() {
    return workers == 1 ? "jvector" : "jvector x" + workers;
  }

  @Override
  public String description() {
    return "jvector 4.0.2 GraphIndexBuilder, degrees %d/%d, beam %d, overflow 1.2, alpha 1.2, hierarchy, refined, %d workers, on heap, %s"
        .formatted(
            2 * params.maxConn(),
            params.maxConn(),
            params.beamWidth(),
            workers,
            VectorizationProvider.getInstance().getClass().getSimpleName());
  }

  // The replacement of this constructor, the Builder, has no setting for the hierarchy and the
  // refinement.
  @SuppressWarnings("deprecation")
  @Override
  public Built build(Dataset data, IndexJob job, Path directory, double expectedSeconds)
      throws IOException {
    RandomAccessVectorValues base = values(data.base());
    VectorSimilarityFunction similarity = similarity(data);
    HeapPeak.reset();
    double startCpuSeconds = ProcessCpu.seconds();
    ForkJoinPool pool = new ForkJoinPool(workers);
    try (Progress progress = Progress.opaque(name() + ": build", expectedSeconds)) {
      long start = System.nanoTime();
      ImmutableGraphIndex graph;
      try (GraphIndexBuilder builder =
          new GraphIndexBuilder(
              BuildScoreProvider.randomAccessScoreProvider(base, similarity),
              base.dimension(),
              List.of(2 * params.maxConn(), params.maxConn()),
              params.beamWidth(),
              NEIGHBOR_OVERFLOW,
              ALPHA,
              true,
              true,
              pool,
              pool)) {
        graph = builder.build(base);
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      BuildTimes times =
          new BuildTimes(
              seconds,
              0,
              0,
              seconds,
              ProcessCpu.seconds() - startCpuSeconds,
              1,
              HeapPeak.mib(),
              0,
              0);
      return new Built(times, new Index(graph, base, values(data.queries()), similarity));
    } finally {
      pool.shutdownNow();
    }
  }

  private static RandomAccessVectorValues values(io.github.batchedhnsw.bench.data.Vectors vectors) {
    if (!(vectors instanceof FloatVectors floats)) {
      throw new IllegalArgumentException(
          "jvector builds from float vectors only; use --encoding float32");
    }
    List<VectorFloat<?>> list = new ArrayList<>(floats.count());
    for (float[] row : floats.rows()) {
      list.add(TYPES.createFloatVector(row));
    }
    return new ListRandomAccessVectorValues(list, floats.dimension());
  }

  private static VectorSimilarityFunction similarity(Dataset data) {
    return switch (data.similarity()) {
      case EUCLIDEAN -> VectorSimilarityFunction.EUCLIDEAN;
      case DOT_PRODUCT -> VectorSimilarityFunction.DOT_PRODUCT;
      case COSINE -> VectorSimilarityFunction.COSINE;
      case MAXIMUM_INNER_PRODUCT ->
          throw new IllegalArgumentException("jvector has no MAXIMUM_INNER_PRODUCT");
    };
  }

  private static final class Index implements BuiltIndex {
    private final ImmutableGraphIndex graph;
    private final GraphSearcher searcher;
    private final RandomAccessVectorValues base;
    private final RandomAccessVectorValues queries;
    private final VectorSimilarityFunction similarity;

    Index(
        ImmutableGraphIndex graph,
        RandomAccessVectorValues base,
        RandomAccessVectorValues queries,
        VectorSimilarityFunction similarity) {
      this.graph = graph;
      this.searcher = new GraphSearcher(graph);
      this.base = base;
      this.queries = queries;
      this.similarity = similarity;
    }

    @Override
    public Found search(int query, int width) {
      return search(query, width, Bits.ALL);
    }

    @Override
    public Found searchFiltered(int query, int k, RowFilter filter) {
      return search(query, k, filter::accepts);
    }

    private Found search(int query, int width, Bits accepted) {
      SearchResult result =
          searcher.search(
              DefaultSearchScoreProvider.exact(queries.getVector(query), similarity, base),
              width,
              accepted);
      SearchResult.NodeScore[] best = result.getNodes();
      int[] rows = new int[best.length];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = best[i].node;
      }
      return new Found(rows, result.getVisitedCount());
    }

    @Override
    public void close() throws IOException {
      searcher.close();
      graph.close();
    }
  }
}
