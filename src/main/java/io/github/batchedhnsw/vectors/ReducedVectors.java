package io.github.batchedhnsw.vectors;

import java.io.IOException;
import java.util.Arrays;

/**
 * Approximations of the vectors of a set: their coordinates in a subspace that holds most of their
 * length, as bfloat16 (the upper half of a float32). Products of two of them approximate the
 * products of the originals; biases are those of the originals.
 *
 * <p>Filled row by row, each by one thread; immutable and safe to share afterwards.
 */
public final class ReducedVectors implements RowSource {
  private static final int PAGE_ROWS = 1 << 12;

  private final DistanceKernels kernels = DistanceKernels.best();
  private final int size;
  private final int dimension;
  private final Metric metric;
  private final short[][] pages;
  private final float[] biases;

  /**
   * Room for {@code size} vectors of {@code dimension} components.
   *
   * @param metric of the original vectors
   */
  public ReducedVectors(int size, int dimension, Metric metric) {
    this.size = size;
    this.dimension = dimension;
    this.metric = metric;
    this.pages = new short[(size + PAGE_ROWS - 1) / PAGE_ROWS][];
    for (int page = 0; page < pages.length; page++) {
      pages[page] = new short[Math.min(PAGE_ROWS, size - page * PAGE_ROWS) * dimension];
    }
    this.biases = metric == Metric.SQUARE ? new float[size] : null;
  }

  /**
   * Sets one vector.
   *
   * @param components {@code dimension} of them, from {@code offset} on
   * @param bias of the original; what rounding does to the length is made up for
   */
  public void set(int ordinal, float[] components, int offset, float bias) {
    short[] page = pages[ordinal / PAGE_ROWS];
    int start = ordinal % PAGE_ROWS * dimension;
    float lengthened = 0;
    for (int k = 0; k < dimension; k++) {
      float component = components[offset + k];
      // half a unit of the last place that is kept, for rounding
      short rounded = (short) ((Float.floatToRawIntBits(component) + 0x8000) >>> 16);
      page[start + k] = rounded;
      float kept = Float.intBitsToFloat(rounded << 16);
      lengthened += (kept - component) * (kept + component);
    }
    if (biases != null) {
      biases[ordinal] = bias + lengthened / 2;
    }
  }

  /** Heap bytes, arrays only. */
  public static long estimateBytes(int size, int dimension, Metric metric) {
    return (long) size * (dimension * Short.BYTES + (metric == Metric.SQUARE ? Float.BYTES : 0));
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public Metric metric() {
    return metric;
  }

  @Override
  public RowReader rows() {
    return new Reader();
  }

  @Override
  public OrdinalScorer scorer() {
    return new Scorer();
  }

  private final class Scorer extends OrdinalScorer {
    private final DistanceKernels kernels = DistanceKernels.best();
    private final float[] query = new float[dimension];
    private final short[][] arrays = new short[4][];
    private final int[] offsets = new int[4];
    private final float[] out = new float[4];
    private float queryBias;

    @Override
    public void setQuery(int ordinal) {
      int start = ordinal % PAGE_ROWS * dimension;
      kernels.widen(pages[ordinal / PAGE_ROWS], start, dimension, query, 0);
      queryBias = bias(ordinal);
    }

    @Override
    public void score(int[] ordinals, int count, float[] scores) {
      for (int from = 0; from < count; from += 4) {
        for (int i = 0; i < 4; i++) {
          // The last block is filled up with its last row.
          int ordinal = ordinals[Math.min(from + i, count - 1)];
          arrays[i] = pages[ordinal / PAGE_ROWS];
          offsets[i] = ordinal % PAGE_ROWS * dimension;
        }
        kernels.bfloat16Dot4(query, arrays, offsets, out);
        for (int i = 0; i < Math.min(4, count - from); i++) {
          // Biases are added first, so that the score is the same the other way round.
          scores[from + i] = metric.score(out[i], queryBias + bias(ordinals[from + i]));
        }
      }
    }
  }

  private float bias(int ordinal) {
    return biases == null ? 0 : biases[ordinal];
  }

  private final class Reader implements RowReader {
    private short[] block = new short[0];

    @Override
    public void read(int ordinal, float[] destination, int offset) {
      short[] page = pages[ordinal / PAGE_ROWS];
      int start = ordinal % PAGE_ROWS * dimension;
      kernels.widen(page, start, dimension, destination, offset);
    }

    @Override
    public void readBlock(
        int[] ordinals,
        int from,
        int count,
        int components,
        float[] buffer,
        float[] packed,
        int offset)
        throws IOException {
      if (dimension % 2 != 0 || dimension < DistanceKernels.MIN_BFLOAT16_DIMENSION) {
        RowReader.super.readBlock(ordinals, from, count, components, buffer, packed, offset);
        return;
      }
      if (block.length == 0) {
        block = new short[kernels.blockRows() * dimension];
      }
      for (int row = 0; row < count; row++) {
        int ordinal = ordinals[from + row];
        int start = ordinal % PAGE_ROWS * dimension;
        System.arraycopy(pages[ordinal / PAGE_ROWS], start, block, row * dimension, dimension);
      }
      Arrays.fill(block, count * dimension, block.length, (short) 0);
      kernels.interleaveBfloat16(block, dimension, packed, offset);
    }

    @Override
    public float bias(int ordinal) {
      return ReducedVectors.this.bias(ordinal);
    }
  }
}
