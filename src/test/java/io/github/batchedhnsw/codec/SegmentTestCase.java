// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Indexes with our format, and how well their vectors are found. */
abstract class SegmentTestCase extends LuceneTestCase {
  static final String FIELD = Indexes.FIELD;

  /** Least share of the nearest that a search finds. */
  static final double RECALL = 0.9;

  /** With our format. */
  static IndexWriterConfig config() {
    return Indexes.config(Indexes.codec(Indexes.ours()));
  }

  static Set<Integer> range(int from, int to) {
    Set<Integer> ids = new TreeSet<>();
    for (int i = from; i < to; i++) {
      ids.add(i);
    }
    return ids;
  }

  /** One segment, whose graph holds all of the vectors, document by document, and finds them. */
  static void assertMerged(Directory dir, float[][] vectors) throws IOException {
    Indexes.check(dir);
    try (DirectoryReader reader = DirectoryReader.open(dir)) {
      assertEquals(vectors.length, Indexes.graph(getOnlyLeafReader(reader), FIELD).size());
      assertEquals(range(0, vectors.length), Indexes.idsWithVectors(reader, FIELD, vectors));
      assertRecall(reader, vectors);
    }
  }

  /** Searches for vectors near some of the given ones. */
  static void assertRecall(DirectoryReader reader, float[][] near) throws IOException {
    float[][] queries = new float[30][];
    for (int i = 0; i < queries.length; i++) {
      queries[i] = near[random().nextInt(near.length)].clone();
      for (int d = 0; d < queries[i].length; d++) {
        queries[i][d] += 0.02f * random().nextFloat();
      }
    }
    double recall = Indexes.recall(reader, FIELD, queries, 10, null);
    assertTrue("recall=" + recall, recall >= RECALL);
  }
}
