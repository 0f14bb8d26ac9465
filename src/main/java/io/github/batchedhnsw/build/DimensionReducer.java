package io.github.batchedhnsw.build;

import io.github.batchedhnsw.graph.ScoredOrdinal;
import io.github.batchedhnsw.graph.SplitMix;
import io.github.batchedhnsw.vectors.DistanceKernels;
import io.github.batchedhnsw.vectors.Panel;
import io.github.batchedhnsw.vectors.ReducedVectors;
import io.github.batchedhnsw.vectors.RowReader;
import io.github.batchedhnsw.vectors.RowSource;
import java.io.IOException;
import java.util.Arrays;

/**
 * Projects vectors onto the principal subspace of a sample, where the sample says that neighbours
 * stay neighbours there. Products are kept best by the subspace that holds most of the vectors'
 * squared length, so no mean is subtracted.
 */
final class DimensionReducer {
  private static final int STRIP_ROWS = DistanceKernels.STRIP_ROWS;
  private static final int RANGE_ROWS = 8 * STRIP_ROWS;
  private static final int MIN_SAMPLE = 768;
  private static final int MAX_SAMPLE = 2048;
  private static final int MAX_QUERIES = 256;
  private static final int ITERATIONS = 2;

  /** Fewest vectors for which the projection is worth its fixed cost. */
  static final int MIN_VECTORS = 1000;

  /** Components that are kept. */
  static final int REDUCED_DIMENSION = 80;

  /** Share of a sampled vector's nearest neighbours in the sample that must stay. */
  static final double MIN_OVERLAP = 0.9;

  private static final int NEIGHBORS = 10;

  private final RowSource vectors;
  private final ParallelRanges parallel;
  private final long seed;
  private final BuildLog log;

  DimensionReducer(RowSource vectors, ParallelRanges parallel, long seed, BuildLog log) {
    this.log = log;
    this.vectors = vectors;
    this.parallel = parallel;
    this.seed = seed;
  }

  /** The reduced vectors, or the original ones where a reduction does not pay or is too coarse. */
  RowSource reduce() throws IOException {
    log.begin(BuildPhase.REDUCE);
    if (vectors.size() < MIN_VECTORS) {
      return vectors;
    }
    int[] sample = sampleOrdinals();
    Panel samplePanel = new Panel(vectors.dimension());
    samplePanel.load(vectors.rows(), sample, 0, sample.length);
    int dimension = Math.min(vectors.dimension(), REDUCED_DIMENSION);
    // With few components all are kept, but close together and half as long: rows are read many
    // times at random.
    Panel basis = vectors.dimension() <= REDUCED_DIMENSION ? null : panel(basis(sample));
    ReducedVectors reducedSample = new ReducedVectors(sample.length, dimension, vectors.metric());
    reduce(samplePanel, basis, sample.length, reducedSample, 0);
    double overlap = overlap(samplePanel, reducedSample);
    boolean accepted = overlap >= MIN_OVERLAP;
    log.message(
        "%d of %d dimensions keep %.3f of the nearest neighbours in a sample (at least %.2f): %s",
        dimension,
        vectors.dimension(),
        overlap,
        MIN_OVERLAP,
        accepted ? "partition and select there" : "use all dimensions");
    if (!accepted) {
      return vectors;
    }
    ReducedVectors reduced = new ReducedVectors(vectors.size(), dimension, vectors.metric());
    forEachRange((panel, from, to) -> reduce(panel, basis, to - from, reduced, from));
    return reduced;
  }

  /** Works on a panel of consecutive vectors. */
  @FunctionalInterface
  private interface PanelBody {
    void run(Panel panel, int from, int to) throws IOException;
  }

  private void forEachRange(PanelBody body) throws IOException {
    RowReader[] readers = new RowReader[parallel.workers()];
    Panel[] panels = new Panel[parallel.workers()];
    for (int i = 0; i < readers.length; i++) {
      readers[i] = vectors.rows();
      panels[i] = new Panel(vectors.dimension());
    }
    parallel.forEach(
        vectors.size(),
        RANGE_ROWS,
        (worker, from, to) -> {
          int[] ordinals = new int[to - from];
          Arrays.setAll(ordinals, i -> from + i);
          panels[worker].load(readers[worker], ordinals, 0, ordinals.length);
          body.run(panels[worker], from, to);
        });
  }

  private int[] sampleOrdinals() {
    int count =
        Math.min(vectors.size() / 2, Math.clamp(vectors.size() / 8, MIN_SAMPLE, MAX_SAMPLE));
    int[] sample = new int[count];
    for (int i = 0; i < count; i++) {
      sample[i] = SplitMix.sample(seed, i, count, vectors.size());
    }
    SplitMix.shuffle(sample, seed); // the first ones are queries below
    return sample;
  }

  /**
   * Subspace iteration: rows span the principal subspace of the sample, orthonormal. Vectors that
   * are queries later are left out, so that they are judged as any other.
   */
  private float[][] basis(int[] sample) throws IOException {
    int dimension = vectors.dimension();
    int queries = queries(sample.length);
    float[][] rows = new float[sample.length - queries][dimension];
    RowReader reader = vectors.rows();
    for (int i = 0; i < rows.length; i++) {
      reader.read(sample[queries + i], rows[i], 0);
    }
    float[][] basis = new float[REDUCED_DIMENSION][dimension];
    for (int i = 0; i < basis.length; i++) {
      for (int k = 0; k < dimension; k++) {
        basis[i][k] = (float) (SplitMix.hash(seed + 1, (long) i * dimension + k) * 0x1p-63);
      }
    }
    Panel rowPanel = panel(rows);
    Panel columnPanel = panel(transpose(rows));
    for (int iteration = 0; iteration < ITERATIONS; iteration++) {
      orthonormalize(basis);
      // basis <- (X^T X) basis
      float[][] image = multiply(panel(basis), rowPanel);
      basis = multiply(panel(image), columnPanel);
    }
    orthonormalize(basis);
    return basis;
  }

  /** All products of the rows of two panels. */
  private static float[][] multiply(Panel left, Panel right) {
    float[][] result = new float[left.rows()][];
    float[] strip = new float[STRIP_ROWS * right.columns()];
    for (int row = 0; row < left.rows(); row += STRIP_ROWS) {
      left.products(row, right, 0, right.columns(), strip, 0, right.columns());
      for (int r = row; r < Math.min(row + STRIP_ROWS, left.rows()); r++) {
        int offset = (r - row) * right.columns();
        result[r] = Arrays.copyOfRange(strip, offset, offset + right.rows());
      }
    }
    return result;
  }

  private static float[][] transpose(float[][] matrix) {
    float[][] result = new float[matrix[0].length][matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < result.length; j++) {
        result[j][i] = matrix[i][j];
      }
    }
    return result;
  }

  /** Modified Gram-Schmidt; a row that depends on those before becomes zero. */
  private static void orthonormalize(float[][] rows) {
    DistanceKernels kernels = DistanceKernels.best();
    for (int i = 0; i < rows.length; i++) {
      float[] row = rows[i];
      float before = kernels.dot(row, row);
      for (int j = 0; j < i; j++) {
        float product = kernels.dot(row, rows[j]);
        for (int k = 0; k < row.length; k++) {
          row[k] -= product * rows[j][k];
        }
      }
      float after = kernels.dot(row, row);
      float factor = after > before * 1e-10f ? (float) (1 / Math.sqrt(after)) : 0;
      for (int k = 0; k < row.length; k++) {
        row[k] *= factor;
      }
    }
  }

  private static Panel panel(float[][] rows) throws IOException {
    Panel panel = new Panel(rows[0].length);
    int[] all = new int[rows.length];
    Arrays.setAll(all, i -> i);
    panel.load(
        new RowReader() {
          @Override
          public void read(int row, float[] destination, int offset) {
            System.arraycopy(rows[row], 0, destination, offset, rows[row].length);
          }

          @Override
          public float bias(int row) {
            return 0;
          }
        },
        all,
        0,
        rows.length);
    return panel;
  }

  /**
   * Stores the projections of a panel's rows on a basis, or the rows themselves where it is null.
   */
  private static void reduce(
      Panel panel, Panel basis, int count, ReducedVectors target, int firstOrdinal) {
    if (basis == null) {
      float[] row = new float[panel.dimension()];
      for (int r = 0; r < count; r++) {
        panel.copyRow(r, row);
        target.set(firstOrdinal + r, row, 0, panel.bias(r));
      }
      return;
    }
    int stride = basis.columns();
    float[] strip = new float[STRIP_ROWS * stride];
    for (int row = 0; row < count; row += STRIP_ROWS) {
      panel.products(row, basis, 0, stride, strip, 0, stride);
      for (int r = row; r < Math.min(row + STRIP_ROWS, count); r++) {
        target.set(firstOrdinal + r, strip, (r - row) * stride, panel.bias(r));
      }
    }
  }

  /** How many vectors of a sample, the first ones, are looked up in both spaces. */
  private static int queries(int sampled) {
    return Math.min(MAX_QUERIES, sampled / 4) / STRIP_ROWS * STRIP_ROWS;
  }

  /** Mean share of a sampled vector's nearest neighbours that are the same in both spaces. */
  private double overlap(Panel full, ReducedVectors reducedSample) throws IOException {
    int count = full.rows();
    int[] all = new int[count];
    Arrays.setAll(all, i -> i);
    Panel reduced = new Panel(reducedSample.dimension());
    reduced.load(reducedSample.rows(), all, 0, count);
    int queries = queries(count);
    int[][] expected = new int[queries][];
    nearest(full, queries, all, (row, found) -> expected[row] = ordinals(found));
    int[] same = new int[1];
    nearest(
        reduced,
        queries,
        all,
        (row, found) -> {
          int[] actual = ordinals(found);
          for (int ordinal : expected[row]) {
            if (Arrays.binarySearch(actual, ordinal) >= 0) {
              same[0]++;
            }
          }
        });
    return same[0] / (double) (queries * NEIGHBORS);
  }

  private void nearest(Panel panel, int queries, int[] all, NearestColumns.Visitor visitor)
      throws IOException {
    new NearestColumns(vectors.metric(), panel.dimension(), NEIGHBORS)
        .find(panel, 0, queries, panel, all, 0, NEIGHBORS, visitor);
  }

  private static int[] ordinals(Beam found) {
    int[] ordinals = new int[found.size()];
    for (int i = 0; i < ordinals.length; i++) {
      ordinals[i] = ScoredOrdinal.ordinal(found.pairs()[i]);
    }
    Arrays.sort(ordinals);
    return ordinals;
  }
}
