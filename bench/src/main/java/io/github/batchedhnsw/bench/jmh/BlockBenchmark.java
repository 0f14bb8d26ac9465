// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.jmh;

import dev.ludovic.netlib.blas.JavaBLAS;
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
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * All products of {@value #ROWS} rows with each other, as in a leaf of the bulk build. One
 * operation is one product, which takes 2 x dimension floating point operations, so GFLOP/s = 2 x
 * dimension / nanoseconds.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class BlockBenchmark {
  static final int ROWS = 256;
  private static final int PRODUCTS = ROWS * ROWS;

  /** Components per vector. */
  @Param({"128", "384", "768", "1024", "1536"})
  public int dimension;

  private final DistanceKernels scalar = new ScalarKernels();
  private final DistanceKernels panama = new PanamaKernels();
  private final JavaBLAS blas = JavaBLAS.getInstance();
  private final float[] out = new float[PRODUCTS];
  private float[][] rows;
  private float[] rowMajor;
  private float[] scalarPanel;
  private float[] panamaPanel;

  /** Fills the rows from a fixed seed and lays them out for every contender. */
  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(1);
    rows = new float[ROWS][dimension];
    rowMajor = new float[ROWS * dimension];
    for (int row = 0; row < ROWS; row++) {
      for (int i = 0; i < dimension; i++) {
        rows[row][i] = (float) (2 * random.nextDouble() - 1);
        rowMajor[row * dimension + i] = rows[row][i];
      }
    }
    scalarPanel = panel(scalar);
    panamaPanel = panel(panama);
  }

  /** Lucene's dot product, row by row. */
  @Benchmark
  @OperationsPerInvocation(PRODUCTS)
  public float[] lucene() {
    for (int left = 0; left < ROWS; left++) {
      for (int right = 0; right < ROWS; right++) {
        out[left * ROWS + right] = VectorUtil.dotProduct(rows[left], rows[right]);
      }
    }
    return out;
  }

  /** netlib's sgemm in Java, which uses the vector module where it is present. */
  @Benchmark
  @OperationsPerInvocation(PRODUCTS)
  public float[] netlibSgemm() {
    blas.sgemm(
        "T", "N", ROWS, ROWS, dimension, 1, rowMajor, dimension, rowMajor, dimension, 0, out, ROWS);
    return out;
  }

  /** Our kernel on the vector module. */
  @Benchmark
  @OperationsPerInvocation(PRODUCTS)
  public float[] panama() {
    return products(panama, panamaPanel);
  }

  /** Our kernel in plain Java. */
  @Benchmark
  @OperationsPerInvocation(PRODUCTS)
  public float[] scalar() {
    return products(scalar, scalarPanel);
  }

  private float[] products(DistanceKernels kernels, float[] panel) {
    int blocks = ROWS / DistanceKernels.BLOCK_ROWS;
    for (int row = 0; row < ROWS; row += DistanceKernels.STRIP_ROWS) {
      kernels.products(
          rowMajor, row * dimension, panel, 0, blocks, dimension, out, row * ROWS, ROWS);
    }
    return out;
  }

  private float[] panel(DistanceKernels kernels) {
    float[] panel = new float[ROWS * dimension];
    for (int row = 0; row < ROWS; row++) {
      for (int i = 0; i < dimension; i++) {
        panel[offset(kernels, row) + i * DistanceKernels.BLOCK_ROWS] = rows[row][i];
      }
    }
    return panel;
  }

  private int offset(DistanceKernels kernels, int row) {
    int blockRows = DistanceKernels.BLOCK_ROWS;
    return row / blockRows * blockRows * dimension + row % blockRows;
  }
}
