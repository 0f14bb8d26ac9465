// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction.search;

import io.github.batchedhnsw.graph.ScoredOrdinal;
import java.util.Arrays;
import java.util.Collections;
import java.util.TreeSet;
import org.apache.lucene.tests.util.LuceneTestCase;

/** The best so far, against a sorted set. */
public class TestBeam extends LuceneTestCase {

  public void testKeepsTheBestInOrder() {
    Beam beam = new Beam(50);
    for (int round = 0; round < 100; round++) {
      int capacity = random().nextInt(1, 51);
      beam.reset(capacity);
      TreeSet<Long> expected = new TreeSet<>(Collections.reverseOrder());
      int offers = random().nextInt(200);
      for (int ordinal = 0; ordinal < offers; ordinal++) {
        // few scores: ties are decided by ordinal
        long pair = ScoredOrdinal.encode(random().nextInt(8) / 4f - 1, offers - ordinal);
        expected.add(pair);
        boolean taken = true;
        if (expected.size() > capacity) {
          taken = expected.pollLast() != pair;
        }
        int position = beam.offer(pair);
        if (taken) {
          assertEquals(expected.headSet(pair).size(), position);
        } else {
          assertEquals(beam.size(), position);
        }
        assertEquals(expected.size(), beam.size());
        float worst =
            expected.size() < capacity
                ? Float.NEGATIVE_INFINITY
                : ScoredOrdinal.score(expected.last());
        assertEquals(worst, beam.worst(), 0f);
      }
      assertArrayEquals(
          expected.stream().mapToLong(Long::longValue).toArray(),
          Arrays.copyOf(beam.pairs(), beam.size()));
    }
  }

  public void testMarksStayWithTheirPairs() {
    Beam beam = new Beam(3);
    beam.reset(3);
    long middle = ScoredOrdinal.encode(0.5f, 7);
    beam.offer(middle);
    beam.pairs()[0] |= ScoredOrdinal.MARK;
    assertEquals(0, beam.offer(ScoredOrdinal.encode(0.5f, 6)));
    assertEquals(2, beam.offer(ScoredOrdinal.encode(0.5f, 8)));
    assertEquals(middle | ScoredOrdinal.MARK, beam.pairs()[1]);
    assertEquals(3, beam.offer(ScoredOrdinal.encode(0.5f, 9)));
    assertEquals(0, beam.offer(ScoredOrdinal.encode(0.75f, 10)));
    assertEquals(3, beam.size());
    assertEquals(middle | ScoredOrdinal.MARK, beam.pairs()[2]);
  }

  public void testSortBestFirst() {
    long[] pairs = random().longs(random().nextInt(1, 60)).toArray();
    int count = random().nextInt(pairs.length + 1);
    long[] expected = pairs.clone();
    Long[] sorted = Arrays.stream(pairs, 0, count).boxed().toArray(Long[]::new);
    Arrays.sort(sorted, Collections.reverseOrder());
    for (int i = 0; i < count; i++) {
      expected[i] = sorted[i];
    }
    Beam.sortBestFirst(pairs, count);
    assertArrayEquals(expected, pairs);
  }
}
