// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.merge;

import io.github.batchedhnsw.construction.BuildParams;
import io.github.batchedhnsw.construction.GraphBuilders;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.hnsw.HnswGraph;

/** Which plan is chosen. */
public class TestMergePlanner extends LuceneTestCase {
  private static final BuildParams PARAMS = new BuildParams(16, 100);
  private static final int DIMENSION = 128;

  private static MergeSource segment(int size, int deleted, int maxConn) {
    int[] newOrdinals = new int[size];
    for (int i = 0; i < size; i++) {
      newOrdinals[i] = i < deleted ? -1 : i - deleted;
    }
    return maxConn == 0
        ? MergeSource.withoutGraph(newOrdinals)
        : MergeSource.of(newOrdinals, maxConn, () -> HnswGraph.EMPTY);
  }

  private static MergePlan plan(MergeSource... sources) {
    return plan(PARAMS, sources);
  }

  private static MergePlan plan(BuildParams params, MergeSource... sources) {
    int size = Arrays.stream(sources).mapToInt(MergeSource::live).sum();
    return MergePlanner.plan(List.of(sources), params, size, DIMENSION);
  }

  public void testVectorsThatNoSegmentHas() {
    MergePlan plan = MergePlanner.plan(List.of(segment(1000, 0, 16)), PARAMS, 1001, DIMENSION);
    assertTrue(plan.toString(), plan instanceof MergePlan.Rebuild);
    assertEquals("the segments report 1000 vectors, but the merge has 1001", plan.reason());
  }

  private static void assertExtends(int base, MergeSource... sources) {
    MergePlan plan = plan(sources);
    assertTrue(plan.toString(), plan instanceof MergePlan.Extend);
    assertEquals(plan.toString(), base, ((MergePlan.Extend) plan).base());
  }

  private static void assertRebuilds(String reason, MergeSource... sources) {
    MergePlan plan = plan(sources);
    assertTrue(plan.toString(), plan instanceof MergePlan.Rebuild);
    assertTrue(plan.reason(), plan.reason().contains(reason));
  }

  public void testSizes() {
    MergeSource small = segment(1000, 0, 16);
    assertExtends(0, segment(90_000, 0, 16), small, small, small);
    assertExtends(2, small, small, segment(90_000, 0, 16));
    assertExtends(1, segment(1000, 0, 0), segment(20_000, 0, 16));
    assertExtends(0, segment(5000, 0, 16)); // nothing to add
    MergeSource tenth = segment(10_000, 0, 16);
    assertRebuilds("extending it is estimated at", tenth, tenth, tenth, tenth, tenth, tenth);
    assertRebuilds("extending it is estimated at", tenth, tenth, tenth);
    assertExtends(0, tenth, tenth);
  }

  public void testTheCostOfAnExtensionIsInTheReason() {
    MergePlan plan = plan(segment(1000, 0, 16));
    assertEquals(
        "the largest graph has 1000 of 1000 vectors and 0 deleted ones: extending it is estimated"
            + " at 0.22 of a rebuild in bulk, and must be below 0.80",
        plan.reason());
    // just few enough deleted ones: 81 % of the lists have lost at most 6 of 24 neighbours
    assertEquals(
        "the largest graph has 800 of 800 vectors and 200 deleted ones: extending it is estimated"
            + " at 0.57 of a rebuild in bulk, and must be below 0.80",
        plan(segment(1000, 200, 16)).reason());
  }

  /**
   * An extension that costs just as much as it may is not worth it: the rebuilt graph is better.
   */
  public void testEqualCosts() {
    // .22 for each of 5,000 vectors, and 1 for each of 2,900: .8 of a rebuild
    assertRebuilds("estimated at 0.80 of", segment(2100, 0, 16), segment(2900, 0, 0));
    assertExtends(0, segment(2101, 0, 16), segment(2899, 0, 0));
  }

  /** By insertion it takes seven times as long, so that any graph that can be used is worth it. */
  public void testRebuildByInsertion() {
    MergeSource[] tenths = new MergeSource[10];
    Arrays.fill(tenths, segment(10_000, 0, 16));
    assertTrue(plan(PARAMS, tenths) instanceof MergePlan.Rebuild);
    System.setProperty(GraphBuilders.PROPERTY, "insertion");
    try {
      MergePlan plan = plan(PARAMS, tenths);
      assertTrue(plan.toString(), plan instanceof MergePlan.Extend);
      assertTrue(plan.reason(), plan.reason().contains(" of a rebuild by insertion"));
      Arrays.fill(tenths, segment(10_000, 0, 0));
      plan = plan(PARAMS, tenths);
      assertTrue(plan.toString(), plan instanceof MergePlan.Rebuild);
    } finally {
      System.clearProperty(GraphBuilders.PROPERTY);
    }
  }

  /** An extension takes as much as bulk construction; insertion takes less. */
  public void testMemoryBudget() {
    MergeSource large = segment(90_000, 0, 16);
    long bulk = GraphBuilders.estimateBytes(PARAMS, 90_000, DIMENSION);
    assertTrue(plan(PARAMS.withMemoryBudget(bulk), large) instanceof MergePlan.Extend);
    MergePlan plan = plan(PARAMS.withMemoryBudget(bulk - 1), large);
    assertTrue(plan.toString(), plan instanceof MergePlan.Rebuild);
    String budget =
        String.format(Locale.ROOT, "%.1f MB that the memory budget leaves", (bulk - 1) / 1e6);
    assertTrue(plan.reason(), plan.reason().contains(budget));
  }

  public void testDeletes() {
    MergeSource small = segment(1000, 0, 16);
    assertExtends(0, segment(90_000, 900, 16), small);
    // most lists have lost a few of their neighbours
    assertExtends(0, segment(90_000, 4500, 16), small);
    assertExtends(0, segment(90_000, 10_000, 16), segment(5000, 0, 16));
    assertRebuilds("extending it is", segment(90_000, 15_000, 16), segment(80_000, 0, 0));
    assertRebuilds("none of 2 segments has a graph", segment(90_000, 20_000, 16), small0());
    // the largest graph cannot be used, and the next one is too small
    assertRebuilds("extending it is", segment(90_000, 20_000, 16), segment(20_000, 0, 16));
  }

  private static MergeSource small0() {
    return segment(10, 0, 0);
  }

  public void testGraphsWithTooShortLists() {
    assertExtends(0, segment(5000, 0, 12));
    assertExtends(0, segment(5000, 0, 512));
    assertRebuilds("none of 1 segments has a graph of M 12", segment(5000, 0, 11));
  }

  public void testNoGraphs() {
    assertRebuilds("none of 2 segments", segment(5000, 0, 0), segment(3, 0, 0));
    assertRebuilds("none of 0 segments");
  }
}
