// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.candidates;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.construction.candidates.JoinPlan.ColumnCode;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.construction.partition.Clustering;
import io.github.batchedhnsw.construction.partition.Clusters;
import io.github.batchedhnsw.vectors.VectorSet;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;

/** The best by a bound from the nearest clusters are the best of all. */
public class TestRowGroup extends LuceneTestCase {
  private static final int SIZE = 3000;

  /** Members whose estimates reach the given rank among all columns of a row. */
  private static Set<Integer> best(Reached all, Clusters clusters, int position, int rank) {
    float[] sorted = Arrays.copyOf(all.estimates[0], all.counts[0]);
    Arrays.sort(sorted);
    float bound = sorted[Math.max(0, sorted.length - rank)];
    Set<Integer> best = new TreeSet<>();
    for (int i = 0; i < sorted.length; i++) {
      int member = clusters.members()[all.members[0][i]];
      if (all.estimates[0][i] >= bound && member != position) {
        best.add(member);
      }
    }
    return best;
  }

  public void testBestOfAllColumns() throws IOException {
    int[] ordinals = IntStream.range(0, SIZE).toArray();
    for (VectorSimilarityFunction similarity :
        new VectorSimilarityFunction[] {
          VectorSimilarityFunction.EUCLIDEAN, VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT
        }) {
      VectorSet vectors =
          VectorSets.ofHeap(
              VectorData.list(VectorData.lowRank(random(), SIZE, 40, 8, 0.05f)),
              null,
              40,
              similarity);
      ParallelRanges serial = ParallelRanges.serial();
      Clusters clusters = new Clustering(vectors, serial, 64, 3).group(ordinals);
      int[] cells = clusters.cellOfClusters();
      for (ColumnCode code : ColumnCode.values()) {
        ClusterJoin join = new ClusterJoin(vectors, ordinals, clusters, code, serial, 5);
        RowGroup all = join.openGroup();
        RowGroup bounded = join.openGroup();
        for (int repeat = 0; repeat < 12; repeat++) {
          int columns = random().nextInt(1, SIZE);
          int hits = random().nextInt(1, 60);
          int cluster = random().nextInt(clusters.count());
          int from = clusters.starts()[cluster];
          int count = Math.min(clusters.size(cluster), 20);
          bounded.scan(cells[cluster], clusters.members(), from, count, columns, hits);
          for (int row = 0; row < count; row++) {
            int position = clusters.members()[from + row];
            Reached reached =
                all.scanAll(cells[cluster], clusters.members(), from + row, 1, columns);
            int[] found = new int[SIZE];
            int best = bounded.copyBest(row, position, found);
            Set<Integer> actual = new TreeSet<>();
            for (int i = 0; i < best; i++) {
              assertTrue("twice", actual.add(found[i]));
            }
            assertEquals(best(reached, clusters, position, hits + 1), actual);
            int members = 0;
            for (int p = 0; p < all.probes(0); p++) {
              members += clusters.size(all.probe(0, p));
            }
            assertEquals("every member of the probed clusters", members, reached.counts[0]);
          }
        }
      }
    }
  }
}
