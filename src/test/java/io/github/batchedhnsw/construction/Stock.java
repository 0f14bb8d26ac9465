// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.codecs.hnsw.DefaultFlatVectorScorer;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.apache.lucene.util.hnsw.HnswGraphBuilder;
import org.apache.lucene.util.hnsw.HnswGraphSearcher;
import org.apache.lucene.util.hnsw.RandomVectorScorer;

/** Stock Lucene's graphs, and what searches find in ours and theirs. */
final class Stock {
  private static final int NEAREST = 10;
  private static final int[] WIDTHS = {10, 40, 100};

  /** Tolerated loss of mean recall, where nothing else is said. */
  static final double TOLERANCE = 0.02;

  /** Tolerated increase of the share of queries that find next to nothing. */
  private static final double FAILED_TOLERANCE = 0.01;

  private final VectorSimilarityFunction similarity;
  private final KnnVectorValues values;
  private final List<RandomVectorScorer> queries = new ArrayList<>();
  private final List<float[]> scores = new ArrayList<>();

  /**
   * What searches find.
   *
   * @param mean recall
   * @param failed share of the queries whose recall is at most 0.2
   */
  record Recall(double mean, double failed) {}

  private Stock(List<?> vectors, List<?> queryVectors, VectorSimilarityFunction similarity)
      throws IOException {
    this.similarity = similarity;
    this.values = values(vectors);
    for (Object query : queryVectors) {
      RandomVectorScorer scorer =
          query instanceof byte[] bytes
              ? DefaultFlatVectorScorer.INSTANCE.getRandomVectorScorer(similarity, values, bytes)
              : DefaultFlatVectorScorer.INSTANCE.getRandomVectorScorer(
                  similarity, values, (float[]) query);
      float[] all = new float[values.size()];
      for (int i = 0; i < all.length; i++) {
        all[i] = scorer.score(i);
      }
      queries.add(scorer);
      scores.add(all);
    }
  }

  @SuppressWarnings("unchecked")
  private static KnnVectorValues values(List<?> vectors) {
    return vectors.get(0) instanceof byte[] bytes
        ? ByteVectorValues.fromBytes((List<byte[]>) vectors, bytes.length)
        : FloatVectorValues.fromFloats((List<float[]>) vectors, ((float[]) vectors.get(0)).length);
  }

  private HnswGraph build(BuildParams params) throws IOException {
    return HnswGraphBuilder.create(
            DefaultFlatVectorScorer.INSTANCE.getRandomVectorScorerSupplier(similarity, values),
            params.maxConn(),
            params.beamWidth(),
            params.seed())
        .build(values.size());
  }

  /** Whatever scores as well as the tenth nearest counts as found. */
  private Recall recall(HnswGraph graph, int width) throws IOException {
    int wanted = Math.min(NEAREST, values.size());
    double sum = 0;
    int failed = 0;
    for (int q = 0; q < queries.size(); q++) {
      KnnCollector collector = new TopKnnCollector(width, Integer.MAX_VALUE);
      HnswGraphSearcher.search(queries.get(q), collector, graph, null);
      float[] sorted = scores.get(q).clone();
      Arrays.sort(sorted);
      float bound = sorted[sorted.length - wanted];
      ScoreDoc[] found = collector.topDocs().scoreDocs;
      int hits = 0;
      for (int i = 0; i < Math.min(wanted, found.length); i++) {
        hits += scores.get(q)[found[i].doc] >= bound ? 1 : 0;
      }
      sum += hits / (double) wanted;
      failed += 5 * hits <= wanted ? 1 : 0;
    }
    return new Recall(sum / queries.size(), failed / (double) queries.size());
  }

  /**
   * Builds graphs as the codec does and as stock does, and searches both.
   *
   * @return where ours are worse than tolerated; empty if they are not
   */
  static List<String> differences(
      String name,
      List<?> vectors,
      List<?> queries,
      VectorSimilarityFunction similarity,
      BuildParams params)
      throws IOException {
    return differences(name, vectors, queries, similarity, params, TOLERANCE);
  }

  /** The same with another tolerated loss of mean recall. */
  static List<String> differences(
      String name,
      List<?> vectors,
      List<?> queries,
      VectorSimilarityFunction similarity,
      BuildParams params,
      double tolerance)
      throws IOException {
    Object first = vectors.get(0);
    int dimension = first instanceof byte[] bytes ? bytes.length : ((float[]) first).length;
    HnswGraph ours =
        GraphBuilders.choose(params, vectors.size(), dimension, BuildLog.silent())
            .build(VectorSets.ofHeap(vectors, null, dimension, similarity), ParallelRanges.serial())
            .graph()
            .view();
    Stock stock = new Stock(vectors, queries, similarity);
    HnswGraph theirs = stock.build(params);
    List<String> differences = new ArrayList<>();
    for (int width : WIDTHS) {
      Recall actual = stock.recall(ours, width);
      Recall expected = stock.recall(theirs, width);
      if (actual.mean < expected.mean - tolerance
          || actual.failed > expected.failed + FAILED_TOLERANCE * tolerance / TOLERANCE) {
        differences.add(
            name + ", " + similarity + ", width " + width + ": " + actual + "; stock " + expected);
      }
    }
    return differences;
  }
}
