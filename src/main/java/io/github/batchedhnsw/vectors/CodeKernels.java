// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.vectors;

/**
 * Arithmetic over sign codes: one bit a component, packed into ints. The columns of a code panel
 * are interleaved in blocks of {@value #BLOCK_COLUMNS}: word {@code w} of column {@code c} is at
 * {@code (c / BLOCK_COLUMNS * words + w) * BLOCK_COLUMNS + c % BLOCK_COLUMNS}.
 *
 * <p>Distances are integers and everything else is computed column by column in the same order, so
 * both implementations compute the same bits on every machine. All methods are stateless and safe
 * for use by several threads.
 */
public sealed interface CodeKernels permits ScalarCodeKernels, PanamaCodeKernels {

  /** Number of columns that are interleaved. */
  int BLOCK_COLUMNS = 16;

  /** Number of rows that {@link #atLeast} compares at once. */
  int ROWS = 4;

  /** Words in which a byte can count how many bits of its place are set. */
  int BYTE_WORDS = 255 / Byte.SIZE;

  /** Length of the working memory of {@link #atLeast} for a panel. */
  static int scratchLength(int words, int columns) {
    return (words + BYTE_WORDS - 1) / BYTE_WORDS * ROWS * columns;
  }

  /** The implementation that fits {@link DistanceKernels#best()}. */
  static CodeKernels best() {
    return Choice.BEST;
  }

  /**
   * Estimates the scores of {@link #ROWS} rows with the columns of a panel from the Hamming
   * distances {@code h} of their codes, {@code base[r] + scale[r] * length[c] * cos(pi h / bits) -
   * bias[c]}, and collects those that reach the row's bound. The cosine is its Taylor polynomial of
   * degree five around the right angle, which is monotone and exact to 0.005.
   *
   * @param rows codes of the rows, {@code words} ints each, one after the other
   * @param columns a code panel
   * @param blocks number of blocks of the panel
   * @param lengths lengths of the columns
   * @param biases biases of the columns
   * @param bounds of the rows; nothing reaches NaN
   * @param first number of the first column
   * @param members the numbers of the columns that reach row {@code r}'s bound are appended to
   *     {@code members[r]}, ascending; with room for all columns and {@link #BLOCK_COLUMNS} more,
   *     which may be overwritten
   * @param estimates their estimates are appended to {@code estimates[r]}, with the same room
   * @param counts how many there are in the rows' lists, before and after
   * @param scratch of at least {@link #scratchLength}
   */
  void atLeast(
      int[] rows,
      int words,
      int[] columns,
      int blocks,
      float[] lengths,
      float[] biases,
      float[] base,
      float[] scale,
      float radiansPerBit,
      float[] bounds,
      int first,
      int[][] members,
      float[][] estimates,
      int[] counts,
      int[] scratch);

  /**
   * The Walsh-Hadamard transform of {@code length} values in place, without normalisation.
   *
   * @param length a power of two
   */
  void hadamard(float[] values, int offset, int length);

  /**
   * Codes the difference of two vectors: bit {@code i % 32} of word {@code i / 32} says whether
   * {@code a[i] - b[i]} is negative.
   *
   * @param code receives {@code (count + 31) / 32} words, {@code stride} apart
   */
  void signs(
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      int count,
      int[] code,
      int offset,
      int stride);

  /** The choice, made once. */
  final class Choice {
    private static final CodeKernels BEST =
        DistanceKernels.best() instanceof PanamaKernels
            ? new PanamaCodeKernels()
            : new ScalarCodeKernels();

    private Choice() {}
  }
}
