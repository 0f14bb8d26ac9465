package io.github.batchedhnsw.construction;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
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
  private static final int MAX_QUERIES = 128;
  private static final int QUERY_STEP = 16; // whole blocks of any kernel
  private static final int ITERATIONS = 1;

  /** Fewest vectors for which the projection is worth its fixed cost. */
  static final int MIN_VECTORS = 1000;

  /** Most components that are kept. */
  static final int REDUCED_DIMENSION = 80;

  /** Components that are kept where they are enough. */
  private static final int FEW_DIMENSIONS = 32;

  /** Share of a sampled vector's nearest neighbours in the sample that must stay. */
  static final double MIN_OVERLAP = 0.9;

  /** The same for few components: the others cost little more. */
  private static final double MIN_FEW_OVERLAP = 0.97;

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
    Sample sample = new Sample(sampleOrdinals());
    if (vectors.dimension() <= REDUCED_DIMENSION) {
      // All are kept, but close together and half as long: rows are read many times at random.
      return sample.keepsNeighbors(null, MIN_OVERLAP) ? project(null) : vectors;
    }
    float[][] few = extend(new float[0][], FEW_DIMENSIONS, sample);
    Panel basis = panel(few);
    if (!sample.keepsNeighbors(basis, MIN_FEW_OVERLAP)) {
      basis = panel(extend(few, REDUCED_DIMENSION, sample));
      if (!sample.keepsNeighbors(basis, MIN_OVERLAP)) {
        return vectors;
      }
    }
    return project(basis);
  }

  /**
   * @param basis null for all dimensions
   */
  private RowSource project(Panel basis) throws IOException {
    int dimension = basis == null ? vectors.dimension() : basis.rows();
    ReducedVectors reduced = new ReducedVectors(vectors.size(), dimension, vectors.metric());
    forEachRange((panel, from, to) -> reduce(panel, basis, to - from, reduced, from));
    return reduced;
  }

  /**
   * Some vectors. The first ones are queries, by which a basis is judged; it is made from the
   * others only, so that the queries are judged as any other.
   */
  private final class Sample {
    final Panel panel = new Panel(vectors.dimension());
    final int queries;
    final Panel columns; // of the others
    private final int[] positions;
    private int[][] expected;

    Sample(int[] ordinals) throws IOException {
      panel.load(vectors.rows(), ordinals, 0, ordinals.length);
      queries = Math.min(MAX_QUERIES, ordinals.length / 4) / QUERY_STEP * QUERY_STEP;
      columns = new Panel(ordinals.length - queries);
      columns.loadColumns(vectors.rows(), vectors.dimension(), ordinals, queries);
      positions = new int[ordinals.length];
      Arrays.setAll(positions, i -> i);
    }

    /** Whether enough of the queries' nearest neighbours in the sample are the same on a basis. */
    boolean keepsNeighbors(Panel basis, double minOverlap) throws IOException {
      int dimension = basis == null ? vectors.dimension() : basis.rows();
      ReducedVectors reduced = new ReducedVectors(panel.rows(), dimension, vectors.metric());
      reduce(panel, basis, panel.rows(), reduced, 0);
      Panel reducedPanel = new Panel(dimension);
      reducedPanel.load(reduced.rows(), positions, 0, panel.rows());
      if (expected == null) {
        expected = nearest(panel);
      }
      int[][] actual = nearest(reducedPanel);
      int same = 0;
      for (int query = 0; query < queries; query++) {
        for (int ordinal : expected[query]) {
          if (Arrays.binarySearch(actual[query], ordinal) >= 0) {
            same++;
          }
        }
      }
      double overlap = same / (double) (queries * NEIGHBORS);
      log.message(
          "%d of %d dimensions keep %.3f of the nearest neighbours in a sample (at least %.2f): %s",
          dimension,
          vectors.dimension(),
          overlap,
          minOverlap,
          overlap >= minOverlap ? "partition and select there" : "too few");
      return overlap >= minOverlap;
    }

    /** Of each query, ascending. */
    private int[][] nearest(Panel space) throws IOException {
      int[][] nearest = new int[queries][];
      new NearestColumns(vectors.metric(), space.dimension(), NEIGHBORS)
          .find(
              space,
              0,
              queries,
              space,
              positions,
              0,
              NEIGHBORS,
              (row, found) -> {
                nearest[row] = new int[found.size()];
                Arrays.setAll(nearest[row], i -> ScoredOrdinal.ordinal(found.pairs()[i]));
                Arrays.sort(nearest[row]);
              });
      return nearest;
    }
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
    SplitMix.shuffle(sample, seed); // the first ones are queries
    return sample;
  }

  /**
   * Subspace iteration: rows span the principal subspace of the sample, orthonormal.
   *
   * @param known its first rows
   * @param count number of rows
   */
  private float[][] extend(float[][] known, int count, Sample sample) throws IOException {
    float[][] added = new float[count - known.length][];
    // The products of random rows with the sample, as if from an iteration before.
    float[][] image = new float[added.length][sample.columns.dimension()];
    for (int i = 0; i < image.length; i++) {
      for (int k = 0; k < image[i].length; k++) {
        long random = SplitMix.hash(seed + 1, (long) (known.length + i) * image[i].length + k);
        image[i][k] = random * 0x1p-63f;
      }
    }
    float[][] basis = Arrays.copyOf(known, count);
    for (int iteration = 0; ; iteration++) {
      added = multiply(panel(image), sample.columns, 0);
      System.arraycopy(added, 0, basis, known.length, added.length);
      orthonormalize(basis, known.length);
      if (iteration == ITERATIONS) {
        return basis;
      }
      image = multiply(panel(added), sample.panel, sample.queries);
    }
  }

  /** All products of the rows of two panels, from a row of the right one on. */
  private float[][] multiply(Panel left, Panel right, int fromRow) throws IOException {
    float[][] result = new float[left.rows()][];
    int columns = right.columns() - fromRow;
    parallel.forEach(
        left.rows(),
        STRIP_ROWS,
        (worker, from, to) -> {
          float[] strip = new float[STRIP_ROWS * columns];
          left.products(from, right, fromRow, right.columns(), strip, 0, columns);
          for (int row = from; row < to; row++) {
            int offset = (row - from) * columns;
            result[row] = Arrays.copyOfRange(strip, offset, offset + right.rows() - fromRow);
          }
        });
    return result;
  }

  /**
   * Modified Gram-Schmidt for the rows from {@code from} on; a row that depends on those before
   * becomes zero.
   */
  private static void orthonormalize(float[][] rows, int from) {
    DistanceKernels kernels = DistanceKernels.best();
    for (int i = from; i < rows.length; i++) {
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
}
