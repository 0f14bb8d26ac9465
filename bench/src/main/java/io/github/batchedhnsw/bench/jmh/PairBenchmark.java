// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.jmh;

import io.github.batchedhnsw.vectors.DistanceKernels;
import io.github.batchedhnsw.vectors.PanamaKernels;
import io.github.batchedhnsw.vectors.ScalarKernels;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.util.VectorUtil;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One vector against one and against four, in cache. The methods with {@code 4} do four products
 * per operation.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class PairBenchmark {
  private static final int ROWS = 5;

  /** Components per vector. */
  @Param({"128", "384", "768", "1024", "1536"})
  public int dimension;

  private final DistanceKernels scalar = new ScalarKernels();
  private final DistanceKernels panama = new PanamaKernels();
  private final float[] out = new float[DistanceKernels.ROW_ROOM];
  private float[][] floats;
  private byte[][] bytes;

  /** Fills the rows from a fixed seed. */
  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(1);
    floats = new float[ROWS][dimension];
    bytes = new byte[ROWS][dimension];
    for (int row = 0; row < ROWS; row++) {
      random.nextBytes(bytes[row]);
      for (int i = 0; i < dimension; i++) {
        floats[row][i] = (float) (2 * random.nextDouble() - 1);
      }
    }
  }

  /** Lucene's dot product. */
  @Benchmark
  public float dotLucene() {
    return VectorUtil.dotProduct(floats[0], floats[1]);
  }

  /** Our dot product on the vector module. */
  @Benchmark
  public float dotPanama() {
    return panama.dot(floats[0], floats[1]);
  }

  /** Our dot product in plain Java. */
  @Benchmark
  public float dotScalar() {
    return scalar.dot(floats[0], floats[1]);
  }

  /** Lucene's dot product, four times. */
  @Benchmark
  public float[] dot4Lucene() {
    for (int i = 0; i < 4; i++) {
      out[i] = VectorUtil.dotProduct(floats[0], floats[1 + i]);
    }
    return out;
  }

  /** Our dot product of four rows at once, on the vector module. */
  @Benchmark
  public float[] dot4Panama() {
    panama.dot4(floats[0], floats[1], floats[2], floats[3], floats[4], out);
    return out;
  }

  /** Our dot product of four rows at once, in plain Java. */
  @Benchmark
  public float[] dot4Scalar() {
    scalar.dot4(floats[0], floats[1], floats[2], floats[3], floats[4], out);
    return out;
  }

  /** Lucene's squared distance, four times. */
  @Benchmark
  public float[] square4Lucene() {
    for (int i = 0; i < 4; i++) {
      out[i] = VectorUtil.squareDistance(floats[0], floats[1 + i]);
    }
    return out;
  }

  /** Our squared distance of four rows at once, on the vector module. */
  @Benchmark
  public float[] square4Panama() {
    panama.squareDistance4(floats[0], floats[1], floats[2], floats[3], floats[4], out);
    return out;
  }

  /** Lucene's dot product of bytes. */
  @Benchmark
  public int byteDotLucene() {
    return VectorUtil.dotProduct(bytes[0], bytes[1]);
  }

  /** Our dot product of bytes, on the vector module. */
  @Benchmark
  public int byteDotPanama() {
    return panama.dot(bytes[0], bytes[1]);
  }
}
