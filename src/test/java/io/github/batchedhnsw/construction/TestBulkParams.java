package io.github.batchedhnsw.construction;

import org.apache.lucene.tests.util.LuceneTestCase;

/** What the numbers of a bulk build must be, whatever they are tuned to. */
public class TestBulkParams extends LuceneTestCase {

  private static void check(BulkParams bulk, int maxDegree) {
    assertEquals(maxDegree, bulk.maxDegree());
    assertTrue(bulk.toString(), bulk.candidates() >= maxDegree);
    assertTrue(bulk.toString(), bulk.picks() >= 1 && bulk.picks() <= bulk.candidates());
    assertTrue(bulk.toString(), bulk.manyPicks() >= bulk.picks());
    assertTrue(bulk.toString(), bulk.targetFill() >= 1 && bulk.targetFill() <= maxDegree);
    assertTrue(bulk.toString(), bulk.forwardFill() >= 1);
    assertTrue(bulk.toString(), bulk.forwardFill() <= bulk.targetFill());
    assertTrue(bulk.toString(), bulk.reverseDegree() >= 1);
    assertTrue(bulk.toString(), bulk.reverseDegree() <= bulk.targetFill());
    assertTrue(bulk.toString(), bulk.maxConsidered() > maxDegree);
  }

  public void testBounds() {
    for (int i = 0; i < 1000; i++) {
      int maxDegree = random().nextInt(1, 257);
      int beamWidth = random().nextInt(1, 3201);
      int size = random().nextInt(1, 200_000);
      BulkParams segment = BulkParams.ofSegment(maxDegree, beamWidth, size);
      check(segment, maxDegree);
      check(BulkParams.ofUpperLevel(maxDegree, beamWidth), maxDegree);
      BulkParams sparse = segment.forDiversity(random().nextDouble(40), size);
      check(sparse, maxDegree);
      assertTrue(sparse.targetFill() <= segment.targetFill());
      double target = BulkParams.targetQuality(maxDegree, beamWidth, size);
      assertTrue("target=" + target, target < 1);
    }
  }

  /** Middle segments get more edges; what others get does not depend on their size. */
  public void testMiddleSegments() {
    BulkParams usual = BulkParams.of(32, 100);
    for (int size : new int[] {1025, 5000, 12_000, 80_001, 10_000_000}) {
      assertEquals(usual, BulkParams.ofSegment(32, 100, size));
      assertEquals(usual.targetFill(), usual.fewestCandidates(size));
    }
    for (int size : new int[] {12_001, 30_000, 80_000}) {
      BulkParams middle = BulkParams.ofSegment(32, 100, size);
      assertEquals(usual.targetFill(), middle.targetFill());
      assertTrue(middle.forwardFill() > usual.forwardFill());
      assertTrue(middle.reverseDegree() > usual.reverseDegree());
      assertTrue(middle.fewestCandidates(size) > usual.targetFill());
    }
  }

  /** A wider beam asks for more. */
  public void testBeamWidth() {
    for (int size : new int[] {500, 5000, 30_000, 200_000}) {
      BulkParams before = BulkParams.ofSegment(32, 10, size);
      for (int beamWidth : new int[] {25, 50, 100, 250, 1000}) {
        BulkParams wider = BulkParams.ofSegment(32, beamWidth, size);
        assertTrue(wider.candidates() >= before.candidates());
        assertTrue(wider.targetFill() >= before.targetFill());
        before = wider;
      }
      assertTrue(BulkParams.targetQuality(16, 50, size) < BulkParams.targetQuality(16, 100, size));
    }
  }
}
