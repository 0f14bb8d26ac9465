// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.codec.TestReproducibleBytes.Input;
import io.github.batchedhnsw.codec.TestReproducibleBytes.Job;
import io.github.batchedhnsw.vectors.DistanceKernels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.zip.CRC32;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;

/**
 * The same graphs on every processor with fused multiply-adds: with lanes of any width, and without
 * the vector module. The build runs this test with all of them; a change of how graphs are built
 * changes the checksums, which the failure tells.
 */
public class TestOneArithmetic extends LuceneTestCase {

  private static void check(
      String expected, int size, int dimension, VectorSimilarityFunction similarity, Job job)
      throws IOException {
    check(expected, size, dimension, similarity, job, 8);
  }

  private static void check(
      String expected,
      int size,
      int dimension,
      VectorSimilarityFunction similarity,
      Job job,
      int maxConn)
      throws IOException {
    assumeFalse("no FMA", DistanceKernels.best().name().equals("scalar-unfused"));
    Random random = new Random(42);
    float[][] floats = VectorData.normalized(random, size, dimension);
    if (similarity != VectorSimilarityFunction.DOT_PRODUCT) {
      for (float[] vector : floats) {
        float length = 1 + random.nextFloat();
        for (int i = 0; i < dimension; i++) {
          vector[i] *= length;
        }
      }
    }
    byte[][] bytes = VectorData.smallBytes(random, size, dimension, 100);
    Input input = new Input(floats, bytes, similarity, null);
    CRC32 checksum = new CRC32();
    TestReproducibleBytes.write(input, new BatchedHnswVectorsFormat(maxConn, 40, 0), job)
        .values()
        .forEach(file -> checksum.update(file.getBytes(StandardCharsets.ISO_8859_1)));
    assertEquals(DistanceKernels.best().name(), expected, Long.toHexString(checksum.getValue()));
  }

  /**
   * Vectors of more than 256 dimensions are compared by sign codes; hits count for both vectors.
   */
  public void testSignCodes() throws IOException {
    check("76946c9", 4200, 260, VectorSimilarityFunction.DOT_PRODUCT, Job.FLUSH, 16);
  }

  /** The trials choose float32. */
  public void testFloatColumns() throws IOException {
    check("b1e64e5f", 4200, 20, VectorSimilarityFunction.EUCLIDEAN, Job.FLUSH, 16);
  }

  public void testEuclidean() throws IOException {
    check("5105cd85", 700, 37, VectorSimilarityFunction.EUCLIDEAN, Job.FLUSH);
  }

  public void testCosine() throws IOException {
    check("7949b95b", 700, 100, VectorSimilarityFunction.COSINE, Job.REBUILD);
  }

  public void testInnerProduct() throws IOException {
    check("aba61fde", 700, 100, VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT, Job.FLUSH);
  }

  public void testExtension() throws IOException {
    check("77467899", 700, 67, VectorSimilarityFunction.DOT_PRODUCT, Job.EXTENSION);
  }
}
