// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.construction.candidates.JoinPlan.LongEdges;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.partition.Clustering;
import io.github.batchedhnsw.construction.partition.Clusters;
import io.github.batchedhnsw.construction.survey.SampledNeighbors;
import io.github.batchedhnsw.vectors.Metric;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;

/** What plans follow from what was measured of the vectors. */
public class TestJoinPlanner extends LuceneTestCase {
  private static final int BEAM_WIDTH = 40;
  private static final int DIMENSION = 24;

  private static JoinPlanner planner(double recallAbove) {
    return planner(false, recallAbove);
  }

  private static JoinPlanner planner(boolean bothWays, double recallAbove) {
    return new JoinPlanner(BEAM_WIDTH, DIMENSION, Metric.EUCLIDEAN, 0, bothWays, recallAbove);
  }

  private static JoinPlanner.Choice choose(float[][] rows, double recallAbove) throws IOException {
    return choose(planner(recallAbove), rows);
  }

  private static JoinPlanner.Choice choose(JoinPlanner planner, float[][] rows) throws IOException {
    VectorSet vectors =
        VectorSets.ofHeap(Arrays.asList(rows), null, DIMENSION, VectorSimilarityFunction.EUCLIDEAN);
    int[] ordinals = IntStream.range(0, rows.length).toArray();
    ParallelRanges serial = ParallelRanges.serial();
    Clusters clusters = new Clustering(vectors, serial, 64, 3).group(ordinals);
    SampledNeighbors sample = SampledNeighbors.of(vectors, ordinals, 40, BEAM_WIDTH, 3, serial);
    return planner.choose(
        code -> new ClusterJoin(vectors, ordinals, clusters, code, serial, 5),
        clusters,
        ordinals,
        sample);
  }

  public void testHardSearchesGetLongEdgesAndNoMoreColumns() throws IOException {
    float[][] uniform = VectorData.uniform(new Random(42), 3000, DIMENSION);
    JoinPlanner.Choice easy = choose(uniform, 0.99);
    assertEquals(LongEdges.NONE, easy.plan().longEdges());
    JoinPlanner.Choice hard = choose(uniform, 0.8);
    assertEquals(LongEdges.IN_PLACE, hard.plan().longEdges());
    assertTrue(hard + " after " + easy, hard.plan().columns() <= easy.plan().columns());
    assertTrue(hard.toString(), hard.shares()[0] >= 0.8);
  }

  /** If hits count for both vectors, each of them needs to find less. */
  public void testBothWaysNeedsLess() throws IOException {
    float[][] rows = VectorData.uniform(new Random(42), 6000, DIMENSION);
    JoinPlanner.Choice oneWay = choose(planner(false, 1), rows);
    JoinPlanner.Choice bothWays = choose(planner(true, 1), rows);
    assertEquals(0, oneWay.plan().reversed());
    assertEquals(BEAM_WIDTH / 4, bothWays.plan().reversed());
    assertTrue(oneWay + " after " + bothWays, bothWays.plan().columns() < oneWay.plan().columns());
    assertTrue(oneWay + " after " + bothWays, bothWays.plan().hits() <= oneWay.plan().hits());
    assertTrue(bothWays.toString(), bothWays.shares()[0] >= 0.8);
  }

  /** Clumps of 20 vectors. */
  private static float[][] clumps(Random random, int size) {
    float[][] centers = VectorData.normalized(random, size / 20, DIMENSION);
    float[][] clumps = new float[size][];
    for (int i = 0; i < size; i++) {
      clumps[i] = centers[i % centers.length].clone();
      for (int d = 0; d < DIMENSION; d++) {
        clumps[i][d] += 0.001f * (float) random.nextGaussian();
      }
    }
    return clumps;
  }

  /** A seventh of the vectors in clumps is not enough for other lists, but for long edges. */
  public void testSomeClumpsGetLongEdges() throws IOException {
    Random random = new Random(42);
    float[][] rows = VectorData.uniform(random, 2800, DIMENSION);
    System.arraycopy(clumps(random, 400), 0, rows, 0, 400);
    assertEquals(LongEdges.IN_PLACE, choose(rows, 1).plan().longEdges());
  }

  public void testClumpsGetMoreLongEdgesAndCandidates() throws IOException {
    float[][] clumps = clumps(random(), 3000);
    for (double recallAbove : new double[] {0.8, 1}) {
      JoinPlan plan = choose(clumps, recallAbove).plan();
      assertEquals(LongEdges.BETWEEN_CLUMPS, plan.longEdges());
      assertTrue(plan.toString(), plan.used() >= BEAM_WIDTH);
    }
    assertEquals(
        BEAM_WIDTH * 3 / 2, planner(1).forSmallLevel(3000, LongEdges.BETWEEN_CLUMPS).used());
    assertEquals(BEAM_WIDTH, planner(1).forSmallLevel(3000, LongEdges.ADDED).used());
  }

  /** Where few long edges are wanted, few candidates for them are looked for. */
  public void testSubsets() {
    JoinPlanner planner = planner(1);
    JoinPlan all = planner.forSmallLevel(5000, LongEdges.ADDED);
    assertEquals(all, planner.forSubset(5000, LongEdges.ADDED));
    JoinPlan few = planner.forSubset(5000, LongEdges.IN_PLACE);
    assertEquals(all.columns() / 4, few.columns());
    assertEquals(BEAM_WIDTH / 4, few.hits());
    assertEquals(BEAM_WIDTH / 4, few.used());
    assertEquals(10, planner.forSubset(10, LongEdges.IN_PLACE).columns() * 4, 3);
  }
}
