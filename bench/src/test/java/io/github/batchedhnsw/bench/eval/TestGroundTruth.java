// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.eval;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.github.batchedhnsw.bench.data.ByteVectors;
import io.github.batchedhnsw.bench.data.Dataset;
import io.github.batchedhnsw.bench.data.Encodings;
import io.github.batchedhnsw.bench.data.FloatVectors;
import io.github.batchedhnsw.bench.data.UniformCube;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class TestGroundTruth {
  private static final int VECTORS = 1_000;
  private static final int K = 10;

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void agreesWithBruteForceForEveryMetricAndEncoding() {
    for (VectorEncoding encoding : VectorEncoding.values()) {
      for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
        Dataset data = data(encoding, similarity);
        GroundTruth truth = GroundTruth.compute(data, K, row -> true);
        for (int query = 0; query < data.queries().count(); query++) {
          double[] nearness = nearness(data, query);
          Integer[] byNearness = sorted(nearness);
          String where = encoding + " " + similarity + " query " + query;
          for (int i = 0; i < K; i++) {
            // Float rounding may swap near ties: what counts is that nothing nearer is missing.
            double expected = nearness[byNearness[i]];
            double found = nearness[truth.rows()[query][i]];
            assertEquals(where, expected, found, 1e-5 * Math.max(1, Math.abs(expected)));
          }
          checkRecall(data, truth, query, byNearness, where);
        }
      }
    }
  }

  private static void checkRecall(
      Dataset data, GroundTruth truth, int query, Integer[] byNearness, String where) {
    assertEquals(where, 1, truth.recall(data, query, truth.rows()[query]), 0);
    int[] half = truth.rows()[query].clone();
    for (int i = 0; i < K / 2; i++) {
      half[i] = byNearness[VECTORS - 1 - i];
    }
    assertEquals(where, 0.5, truth.recall(data, query, half), 0);
    assertEquals(where, 0, truth.recall(data, query, new int[0]), 0);
  }

  @Test
  public void deletedRowsAreNotFound() {
    Dataset data = data(VectorEncoding.FLOAT32, VectorSimilarityFunction.EUCLIDEAN);
    GroundTruth truth = GroundTruth.compute(data, K, row -> row % 2 == 0);
    for (int[] rows : truth.rows()) {
      assertTrue(Arrays.stream(rows).allMatch(row -> row % 2 == 0));
    }
  }

  @Test
  public void anExactCopyCountsAsFound() {
    float[][] rows = new float[40][4];
    for (int row = 0; row < 20; row++) {
      Arrays.fill(rows[row], row);
      Arrays.fill(rows[row + 20], row);
    }
    Dataset data =
        new Dataset(
            "copies",
            "",
            new FloatVectors(rows),
            new FloatVectors(new float[][] {{-1, -1, -1, -1}}),
            VectorSimilarityFunction.EUCLIDEAN);
    GroundTruth truth = GroundTruth.compute(data, 5, row -> true);
    assertArrayEquals(new int[] {0, 20, 1, 21, 2}, truth.rows()[0]);
    assertEquals(1, truth.recall(data, 0, new int[] {0, 20, 1, 21, 22}), 0);
  }

  @Test
  public void cacheGivesBackWhatWasComputed() throws IOException {
    Path directory = folder.getRoot().toPath();
    Dataset data = data(VectorEncoding.BYTE, VectorSimilarityFunction.EUCLIDEAN);
    GroundTruthCache cache = new GroundTruthCache(directory);
    GroundTruth computed = cache.get(data, K, row -> true, "all");
    GroundTruth cached = cache.get(data, K, row -> false, "all");
    assertTrue(Arrays.deepEquals(computed.rows(), cached.rows()));
    assertTrue(Arrays.deepEquals(computed.scores(), cached.scores()));
    assertEquals(0, cache.get(data, K, row -> false, "none").rows()[0].length);
  }

  private static Dataset data(VectorEncoding encoding, VectorSimilarityFunction similarity) {
    UniformCube cube = new UniformCube(12, 7);
    return Encodings.prepare(
        "cube",
        cube.description(),
        cube.base(VECTORS),
        cube.queries(20),
        false,
        encoding,
        similarity);
  }

  /** Nearness of every row, in double precision and by the textbook, not by Lucene. */
  private static double[] nearness(Dataset data, int query) {
    double[] q =
        components(
            data.queries() instanceof FloatVectors f
                ? f.rows()[query]
                : ((ByteVectors) data.queries()).rows()[query]);
    double[] nearness = new double[VECTORS];
    for (int row = 0; row < VECTORS; row++) {
      double[] v =
          components(
              data.base() instanceof FloatVectors f
                  ? f.rows()[row]
                  : ((ByteVectors) data.base()).rows()[row]);
      double dot = 0;
      double distance = 0;
      double vNorm = 0;
      double qNorm = 0;
      for (int i = 0; i < v.length; i++) {
        dot += v[i] * q[i];
        distance += (v[i] - q[i]) * (v[i] - q[i]);
        vNorm += v[i] * v[i];
        qNorm += q[i] * q[i];
      }
      nearness[row] =
          switch (data.similarity()) {
            case EUCLIDEAN -> -distance;
            case COSINE -> dot / Math.sqrt(vNorm * qNorm);
            case DOT_PRODUCT, MAXIMUM_INNER_PRODUCT -> dot;
          };
    }
    return nearness;
  }

  private static double[] components(Object row) {
    return row instanceof float[] floats
        ? IntStream.range(0, floats.length).mapToDouble(i -> floats[i]).toArray()
        : IntStream.range(0, ((byte[]) row).length).mapToDouble(i -> ((byte[]) row)[i]).toArray();
  }

  private static Integer[] sorted(double[] nearness) {
    Integer[] rows = IntStream.range(0, nearness.length).boxed().toArray(Integer[]::new);
    Arrays.sort(rows, Comparator.comparingDouble((Integer row) -> -nearness[row]));
    return rows;
  }
}
