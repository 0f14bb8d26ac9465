// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

import io.github.batchedhnsw.construction.partition.Clusters;
import io.github.batchedhnsw.vectors.DistanceKernels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.apache.lucene.tests.util.LuceneTestCase;

/**
 * The probes of rows against their definition. All components are small whole numbers, so that
 * distances and products are exact and many of them are equal.
 */
public class TestProbeFinder extends LuceneTestCase {

  /** Clusters around the given centroids, with the given cells and sizes. */
  private static Clusters clusters(
      float[][] centroids, float[][] cellCentroids, int[] cellStarts, IntUnaryOperator size) {
    int[] starts = new int[centroids.length + 1];
    for (int cluster = 0; cluster < centroids.length; cluster++) {
      starts[cluster + 1] = starts[cluster] + size.applyAsInt(cluster);
    }
    int[] members = IntStream.range(0, starts[centroids.length]).toArray();
    return new Clusters(members, starts, centroids, cellStarts, cellCentroids);
  }

  /** Several cells of random clusters. */
  private static Clusters randomClusters(int dimension) {
    int cells = random().nextInt(1, 10);
    int[] cellStarts = new int[cells + 1];
    for (int cell = 0; cell < cells; cell++) {
      cellStarts[cell + 1] = cellStarts[cell] + random().nextInt(1, 60);
    }
    int largest = random().nextInt(1, 200);
    int rarity = random().nextInt(1, 20); // most clusters are small unless it is 1
    return clusters(
        vectors(cellStarts[cells], dimension),
        vectors(cells, dimension),
        cellStarts,
        cluster -> random().nextInt(rarity) == 0 ? largest : 1);
  }

  private static float[][] vectors(int count, int dimension) {
    float[][] vectors = new float[count][dimension];
    for (float[] vector : vectors) {
      for (int k = 0; k < dimension; k++) {
        vector[k] = random().nextInt(-9, 10);
      }
    }
    return vectors;
  }

  /** What a finder found. */
  private record Probes(int[][] found, float[][] values, int[] counts) {
    int[] of(int row) {
      return Arrays.copyOf(found[row], counts[row]);
    }
  }

  private static Probes find(
      ProbeFinder finder, Clusters clusters, int cell, float[][] rows, boolean innerProduct) {
    int dimension = rows[0].length;
    int padded = (rows.length + DistanceKernels.STRIP_ROWS - 1) & -DistanceKernels.STRIP_ROWS;
    float[] framed = new float[padded * dimension];
    float[] squares = new float[padded];
    for (int row = 0; row < rows.length; row++) {
      for (int k = 0; k < dimension; k++) {
        float origin = innerProduct ? 0 : clusters.cellCentroids()[cell][k];
        float component = rows[row][k] - origin;
        framed[row * dimension + k] = component;
        squares[row] += component * component;
      }
    }
    finder.setRows(framed, squares);
    int most = finder.mostProbes();
    Probes probes =
        new Probes(new int[rows.length][most], new float[rows.length][most], new int[rows.length]);
    finder.find(rows.length, probes.found, probes.values, probes.counts);
    return probes;
  }

  /** Rows of numbers on a line, in the only cell, whose centroid is 0. */
  private static Probes find(ProbeFinder finder, Clusters clusters, float... rows) {
    float[][] vectors = new float[rows.length][];
    Arrays.setAll(vectors, row -> new float[] {rows[row]});
    return find(finder, clusters, 0, vectors, false);
  }

  private static float squaredDistance(float[] a, float[] b) {
    float sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += (a[k] - b[k]) * (a[k] - b[k]);
    }
    return sum;
  }

  private static float product(float[] a, float[] b) {
    float sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += a[k] * b[k];
    }
    return sum;
  }

  /** All clusters, those of the cell first, then those of the nearest cell. */
  private static List<Integer> byCell(Clusters clusters, int cell) {
    float[][] cells = clusters.cellCentroids();
    List<Integer> order = new ArrayList<>(IntStream.range(0, clusters.cells()).boxed().toList());
    order.sort(
        Comparator.comparing((Integer c) -> c != cell)
            .thenComparing(c -> squaredDistance(cells[c], cells[cell]))
            .thenComparing(Comparator.naturalOrder()));
    List<Integer> all = new ArrayList<>();
    for (int c : order) {
      IntStream.range(clusters.cellStarts()[c], clusters.cellStarts()[c + 1]).forEach(all::add);
    }
    return all;
  }

  public void testAgainstTheDefinition() throws IOException {
    for (int round = 0; round < 30; round++) {
      int dimension = random().nextInt(1, 12);
      Clusters clusters = randomClusters(dimension);
      boolean innerProduct = random().nextBoolean();
      ProbeFinder finder = new ProbeFinder(clusters, dimension, innerProduct);
      int cell = random().nextInt(clusters.cells());
      int columns = 1;
      for (int repeat = 0; repeat < 6; repeat++) {
        if (random().nextBoolean()) { // another cell, another number of columns, both or none
          cell = random().nextInt(clusters.cells());
        }
        if (random().nextBoolean()) {
          columns = random().nextInt(1, clusters.members().length + 2);
        }
        finder.setCell(cell, columns);
        float[][] rows = vectors(random().nextInt(1, 150), dimension);
        Probes probes = find(finder, clusters, cell, rows, innerProduct);
        List<Integer> all = byCell(clusters, cell);
        for (int row = 0; row < rows.length; row++) {
          assertProbes(probes, row, rows[row], clusters, all, innerProduct, columns, finder);
        }
      }
    }
  }

  /**
   * The best clusters until they have enough members; among equally good ones those that are
   * considered earlier.
   */
  private static void assertProbes(
      Probes probes,
      int row,
      float[] vector,
      Clusters clusters,
      List<Integer> all,
      boolean innerProduct,
      int columns,
      ProbeFinder finder) {
    float[] value = new float[clusters.count()];
    for (int cluster = 0; cluster < value.length; cluster++) {
      float[] centroid = clusters.centroids()[cluster];
      value[cluster] = innerProduct ? product(vector, centroid) : squaredDistance(vector, centroid);
    }
    List<Integer> sorted = new ArrayList<>(all);
    sorted.sort(Comparator.comparing(cluster -> innerProduct ? -value[cluster] : value[cluster]));
    int count = 0;
    for (int members = 0; count < finder.mostProbes() && members < columns; count++) {
      members += clusters.size(sorted.get(count));
    }
    int[] expected = sorted.subList(0, count).stream().mapToInt(Integer::intValue).toArray();
    assertArrayEquals(expected, probes.of(row));
    for (int i = 0; i < count; i++) {
      assertEquals(value[expected[i]], probes.values[row][i], 0f);
    }
  }

  /** On a line, a hundred clusters of one member and behind them a hundred of 19: 10 on average. */
  private static Clusters smallAndLarge() {
    float[][] centroids = new float[200][1];
    Arrays.setAll(centroids, cluster -> new float[] {cluster});
    return clusters(centroids, new float[1][1], new int[] {0, 200}, c -> c < 100 ? 1 : 19);
  }

  /** A row among small clusters probes up to twice as many as have enough members on average. */
  public void testSmallClusters() throws IOException {
    Clusters clusters = smallAndLarge();
    ProbeFinder finder = new ProbeFinder(clusters, 1, false);
    finder.setCell(0, 100);
    assertEquals(16 + 20, finder.mostProbes());
    Probes probes = find(finder, clusters, 0, 199);
    assertArrayEquals(IntStream.range(0, 36).toArray(), probes.of(0));
    assertArrayEquals(new int[] {199, 198, 197, 196, 195, 194}, probes.of(1)); // 114 members
  }

  /** No more clusters than it takes to have just enough members. */
  public void testJustEnoughMembers() throws IOException {
    Clusters clusters = smallAndLarge();
    ProbeFinder finder = new ProbeFinder(clusters, 1, false);
    finder.setCell(0, 38);
    assertArrayEquals(new int[] {199, 198}, find(finder, clusters, 199).of(0));
    finder.setCell(0, 39);
    assertArrayEquals(new int[] {199, 198, 197}, find(finder, clusters, 199).of(0));
  }

  /** If there are more than 2,048 clusters, only those of the nearest cells are considered. */
  public void testManyClusters() throws IOException {
    int inCell = 1024;
    Clusters clusters =
        clusters(
            vectors(3 * inCell, 2),
            new float[][] {{0, 0}, {6, 8}, {-11, 0}},
            new int[] {0, inCell, 2 * inCell, 3 * inCell},
            cluster -> 1);
    ProbeFinder finder = new ProbeFinder(clusters, 2, false);
    int[][] considered = {{0, 1}, {0, 1}, {0, 2}}; // by cell
    for (int cell = 0; cell < 3; cell++) {
      finder.setCell(cell, 3 * inCell);
      assertEquals(2 * inCell, finder.mostProbes());
      int[] found = find(finder, clusters, cell, vectors(1, 2), false).of(0);
      Arrays.sort(found);
      int[] expected =
          Arrays.stream(considered[cell])
              .flatMap(c -> IntStream.range(c * inCell, (c + 1) * inCell))
              .toArray();
      assertArrayEquals(expected, found);
    }
  }

  /** A row whose distances are no numbers probes all clusters if it would without that. */
  public void testNotANumber() throws IOException {
    Clusters clusters = smallAndLarge(); // not a multiple of a block
    ProbeFinder finder = new ProbeFinder(clusters, 1, false);
    finder.setCell(0, clusters.members().length);
    Probes probes = find(finder, clusters, Float.NaN, 3);
    assertArrayEquals(IntStream.range(0, 200).toArray(), probes.of(0));
    assertTrue(Float.isNaN(probes.values[0][0]));
    assertEquals(200, probes.counts[1]);
    assertEquals(3, probes.found[1][0]);
  }
}
