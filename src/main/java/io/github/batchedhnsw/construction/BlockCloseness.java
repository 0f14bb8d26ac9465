package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.construction.selection.PairwiseScores;
import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.vectors.DistanceKernels;
import io.github.batchedhnsw.vectors.Metric;
import io.github.batchedhnsw.vectors.Panel;
import io.github.batchedhnsw.vectors.RowReader;
import io.github.batchedhnsw.vectors.RowSource;
import java.io.IOException;
import java.util.Arrays;

/**
 * Scores all pairs of candidates at once, as one block of products. Choosing a candidate then
 * strikes out all those that are too close to it.
 */
final class BlockCloseness implements PairwiseScores {
  private final DistanceKernels kernels = DistanceKernels.best();
  private final RowReader rows;
  private final Metric metric;
  private final Panel panel;
  private final int[] ordinals;
  private final float[] products;
  private final float[] bounds; // least product, less the other's bias, that makes a pair too close
  private final long[] struckOut; // bit set over candidates
  private int stride;

  /**
   * @param maxCandidates longest list
   */
  BlockCloseness(RowSource vectors, int maxCandidates) throws IOException {
    this.rows = vectors.rows();
    this.metric = vectors.metric();
    this.panel = new Panel(vectors.dimension());
    int padded = maxCandidates + kernels.blockRows();
    this.ordinals = new int[maxCandidates];
    this.products = new float[padded * padded];
    this.bounds = new float[padded];
    this.struckOut = new long[padded / Long.SIZE + 1];
  }

  @Override
  public void reset(long[] candidates, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      ordinals[i] = ScoredOrdinal.ordinal(candidates[i]);
    }
    panel.load(rows, ordinals, 0, count);
    stride = panel.columns();
    for (int i = 0; i < count; i++) {
      bounds[i] = metric.product(ScoredOrdinal.score(candidates[i]), panel.bias(i));
    }
    Arrays.fill(bounds, count, stride, Float.POSITIVE_INFINITY);
    Arrays.fill(struckOut, 0);
    // Candidates are compared with later ones only: the upper triangle is enough.
    for (int row = 0; row < count; row += DistanceKernels.STRIP_ROWS) {
      int first = row / kernels.blockRows() * kernels.blockRows();
      panel.products(row, panel, first, stride, products, row * stride + first, stride);
    }
  }

  @Override
  public boolean isCloseToChosen(int candidate) {
    return (struckOut[candidate >>> 6] & 1L << candidate) != 0;
  }

  @Override
  public void choose(int candidate) {
    int first = candidate / kernels.blockRows() * kernels.blockRows();
    kernels.markAtLeast(
        products, candidate * stride, first, stride, panel.bias(candidate), bounds, struckOut);
  }
}
