// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.partition;

import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import java.io.IOException;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Centroids are means of the vectors that are nearest to them. */
public class TestLloyd extends LuceneTestCase {

  public void testOneCentroidIsTheMean() throws IOException {
    float[][] vectors = {{1, 2}, {3, 4}, {8, 0}};
    float[][] centroids = Lloyd.centroids(vectors, 1, 5, ParallelRanges.serial());
    assertArrayEquals(new float[] {4, 2}, centroids[0], 0);
    assertArrayEquals("not written to", new float[] {1, 2}, vectors[0], 0);
  }

  /** The start is one vector of each half, and two rounds come to rest. */
  public void testTwoGroups() throws IOException {
    float[][] vectors = {{0, 0}, {0, 2}, {2, 0}, {2, 2}, {100, 0}, {102, 0}, {100, 2}, {102, 2}};
    float[][] centroids = Lloyd.centroids(vectors, 2, 9, ParallelRanges.serial());
    assertArrayEquals(new float[] {1, 1}, centroids[0], 0);
    assertArrayEquals(new float[] {101, 1}, centroids[1], 0);
  }

  /** A centroid that is nearest to no vector stays where it started. */
  public void testDuplicates() throws IOException {
    float[][] vectors = {{3, 1}, {3, 1}, {3, 1}, {3, 1}};
    for (float[] centroid : Lloyd.centroids(vectors, 3, 9, ParallelRanges.serial())) {
      assertArrayEquals(new float[] {3, 1}, centroid, 0);
    }
  }

  public void testNearest() {
    float[][] centroids = {{9, 0}, {5, 0}, {1, 0}, {-1, 0}, {7, 0}, {5, 0}};
    Lloyd.Nearest nearest = new Lloyd.Nearest();
    int[] found = {7, 7, 7, 7}; // what was there before does not count
    nearest.of(new float[][] {{0.5f, 3}, {0, 0}, {5, 1}, {6.9f, 0}}, 4, centroids, found, 0);
    assertEquals(2, found[0]);
    assertEquals("the first of equal ones", 2, found[1]);
    assertEquals("the first of equal ones", 1, found[2]);
    assertEquals("in the last four", 4, found[3]);
    nearest.of(new float[][] {{9, 9}, {Float.NaN, 0}, {-3, 0}, {7, 7}}, 4, centroids, found, 0);
    assertArrayEquals("no number is nearest to the first", new int[] {0, 0, 3, 4}, found);
    int[] some = {7, 7, 7, 7};
    nearest.of(new float[][] {{5, 1}, {-3, 0}, {9, 0}, {9, 0}}, 2, centroids, some, 1);
    assertArrayEquals("only those asked for", new int[] {7, 1, 3, 7}, some);
  }
}
