// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

import java.util.Arrays;
import java.util.logging.Logger;
import org.apache.lucene.util.Constants;

/**
 * The arithmetic of vector comparison, and nothing else. There are two implementations, {@link
 * ScalarKernels} (plain Java, the oracle of the tests) and {@link PanamaKernels} (the JDK's vector
 * module); {@link #best()} is chosen once per JVM.
 *
 * <p>Two implementations sum in different orders, so their results differ in the last bits. One
 * implementation on one machine always gives the same bits for the same input.
 *
 * <p>All methods are stateless and safe for use by several threads. Array lengths are the
 * dimension; callers guarantee that they agree.
 */
public sealed interface DistanceKernels permits ScalarKernels, PanamaKernels {

  /**
   * The fastest implementation that this JVM can run: Panama where the module {@code
   * jdk.incubator.vector} is present and the processor has fast fused multiply-add, else scalar.
   */
  static DistanceKernels best() {
    return Choice.BEST;
  }

  /** A short name for logs and reports, such as {@code "panama-512"}. */
  String name();

  /** Dot product of two vectors. */
  float dot(float[] a, float[] b);

  /**
   * Dot products of one vector with four: {@code out[i] = query . row_i}. Reading four rows at a
   * time hides most of the latency of fetching them from memory.
   */
  void dot4(float[] query, float[] row0, float[] row1, float[] row2, float[] row3, float[] out);

  /** Squared euclidean distances of one vector to four, see {@link #dot4}. */
  void squareDistance4(
      float[] query, float[] row0, float[] row1, float[] row2, float[] row3, float[] out);

  /**
   * Subtracts a vector from one that lies in a longer array.
   *
   * @param a holds the vector from {@code aOffset} on
   * @param b the vector that is subtracted
   * @param out receives the difference from {@code outOffset} on; may be {@code a}
   * @return the sum of the difference's squares
   */
  float difference(float[] a, int aOffset, float[] b, float[] out, int outOffset);

  /** Dot product of two vectors of signed bytes. Exact. */
  int dot(byte[] a, byte[] b);

  /** Squared euclidean distance of two vectors of signed bytes. Exact. */
  int squareDistance(byte[] a, byte[] b);

  /** Rows that {@link #products} multiplies at once with all rows of a panel. */
  int STRIP_ROWS = 8;

  /**
   * Number of rows that a {@link Panel} interleaves. Row {@code r} of a panel is lane {@code r %
   * blockRows()} of block {@code r / blockRows()}.
   */
  int blockRows();

  /**
   * Interleaves {@link #blockRows()} rows: component {@code k} of row {@code l} goes from {@code
   * rows[l * rowStride + k]} to {@code packed[offset + k * blockRows() + l]}.
   *
   * @param rowStride at least {@code dimension}
   */
  void interleave(float[] rows, int rowStride, int dimension, float[] packed, int offset);

  /**
   * Dot products of {@link #STRIP_ROWS} rows with all rows of some blocks. Panels hold component
   * {@code k} of lane {@code l} of block {@code b} at {@code (b * dimension + k) * blockRows() +
   * l}. Every product is summed over the components in ascending order, so its bits depend on the
   * two rows alone.
   *
   * @param left the strip's rows, {@code dimension} components each, one after the other; there are
   *     always {@link #STRIP_ROWS}
   * @param leftOffset where the strip's first row begins
   * @param right panel of the other rows
   * @param fromBlock first block of {@code right}
   * @param toBlock end (exclusive) of the blocks of {@code right}
   * @param out receives the product of the strip's row {@code r} with row {@code c} of {@code
   *     right}, counted from {@code fromBlock}, at {@code r * outStride + c}
   */
  void products(
      float[] left,
      int leftOffset,
      float[] right,
      int fromBlock,
      int toBlock,
      int dimension,
      float[] out,
      int outOffset,
      int outStride);

  /**
   * Stripes by which {@link #scores} keeps maxima: {@code s} is the indices with {@code i % 16 ==
   * s}.
   */
  int SCORE_STRIPES = 16;

  /**
   * Turns products into scores: {@code out[outOffset + i] = scale * (products[offset + i] -
   * bias[i]) - shift} for all {@code i < count}.
   *
   * @param count a multiple of {@link #blockRows()}
   * @param maxima receives the greatest of each of {@link #SCORE_STRIPES} stripes, from {@code
   *     maximaOffset} on; negative infinity where there is none
   */
  void scores(
      float[] products,
      int offset,
      int count,
      float[] bias,
      float scale,
      float shift,
      float[] out,
      int outOffset,
      float[] maxima,
      int maximaOffset);

  /**
   * Keeps the greatest value of every stripe: {@code maxima[s]} is that of the indices {@code i}
   * with {@code i % stripes == s}.
   *
   * @param count a multiple of {@link #blockRows()}
   * @param stripes a multiple of {@link #blockRows()}
   */
  void stripeMaxima(float[] values, int offset, int count, float[] maxima, int stripes);

  /**
   * Whether any of {@code count} values is at least {@code bound}.
   *
   * @param count a multiple of {@link #blockRows()}
   */
  boolean anyAtLeast(float[] values, int offset, int count, float bound);

  /**
   * Collects the values {@code values[offset + i] >= bound}, {@code i < count}, ascending by index.
   *
   * @param count a multiple of {@link #blockRows()}
   * @param indices receives {@code i}; with room for {@link #blockRows()} more than are found, like
   *     {@code found}; what follows those may be overwritten
   * @param found receives the values
   * @return how many there are
   */
  int atLeast(float[] values, int offset, int count, float bound, int[] indices, float[] found);

  /**
   * The {@code rank}-th greatest of {@code count} values, 1 for the greatest; negative infinity
   * where fewer of them are numbers.
   *
   * @param count a multiple of {@link #blockRows()}, at least {@code rank}
   */
  float greatest(float[] values, int offset, int count, int rank);

  /**
   * Sorts different values, the greatest first.
   *
   * @param sorted receives the first {@code count} values; another array
   */
  default void sortDescending(long[] values, int count, long[] sorted) {
    System.arraycopy(values, 0, sorted, 0, count);
    Arrays.sort(sorted, 0, count);
    for (int i = 0, j = count - 1; i < j; i++, j--) {
      long swapped = sorted[i];
      sorted[i] = sorted[j];
      sorted[j] = swapped;
    }
  }

  /** The one-time choice. */
  final class Choice {
    private static final String MODULE = "jdk.incubator.vector";
    private static final DistanceKernels BEST = choose();

    private Choice() {}

    private static DistanceKernels choose() {
      boolean hasModule = ModuleLayer.boot().findModule(MODULE).isPresent();
      if (hasModule && Constants.HAS_FAST_VECTOR_FMA) {
        return new PanamaKernels();
      }
      Logger.getLogger(DistanceKernels.class.getName())
          .warning(
              hasModule
                  ? "Graphs are built with scalar arithmetic: this CPU has no fast vector FMA."
                  : "Graphs are built with scalar arithmetic, which is slower: start Java with"
                      + " --add-modules "
                      + MODULE);
      return new ScalarKernels();
    }
  }
}
