// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import static org.junit.Assert.assertEquals;

import io.github.batchedhnsw.codec.BuildListener;
import io.github.batchedhnsw.codec.BuiltGraph;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.lucene.index.MergePolicy;
import org.junit.Test;
import org.opensearch.common.io.stream.BytesStreamOutput;
import org.opensearch.common.xcontent.json.JsonXContent;
import org.opensearch.core.xcontent.ToXContent;
import org.opensearch.core.xcontent.XContentBuilder;

/** What is counted, and that counts survive the way from node to node. */
public class TestBuildStatistics {

  @Test
  public void testCounts() throws IOException {
    BuildStatistics statistics = new BuildStatistics(1 << 20);
    BuildListener one = statistics.listener("one");
    BuildListener two = statistics.listener("two");
    one.built(new BuiltGraph("_0", "vec", "bulk", 1000, 8, 1, 500_000_000, 0.9));
    two.built(new BuiltGraph("_1", "vec", "bulk", 200, 8, 2, 250_000_000, 0.9));
    two.built(new BuiltGraph("_3", "vec", "bulk", 600, 8, 1, 0, 0.7));
    two.built(new BuiltGraph("_2", "vec", "insertion", 30, 8, 1, 250_000_000, Double.NaN));
    one.failed("vec", 7, new MergePolicy.MergeAbortedException("closed"));
    for (int i = 0; i < 12; i++) {
      two.failed("vec", i, new IOException("disk full " + i));
    }
    one.notReplaced("bits", "KNN990HnswBinaryVectorsFormat");
    statistics.listener("one").notReplaced("bits", "KNN990HnswBinaryVectorsFormat");
    two.notReplaced("bits", "other");
    BuildCounts counts = statistics.counts();
    assertEquals(
        Map.of("one/bits", "KNN990HnswBinaryVectorsFormat", "two/bits", "other"),
        counts.notReplaced());
    assertEquals(1 << 20, counts.memoryBudgetBytes());
    assertEquals("nothing is being built", 0, counts.reservedBytes());
    assertEquals(1830, counts.vectors());
    assertEquals(1_000_000_000, counts.nanos());
    assertEquals(Map.of("bulk", 3L, "insertion", 1L), counts.graphsByPlan());
    RecallEstimate first = counts.estimatedRecall().get("one/vec");
    assertEquals(new RecallEstimate(1000, 0.9, 0.9), first);
    RecallEstimate second = counts.estimatedRecall().get("two/vec");
    assertEquals("graphs without an estimate do not count", 800, second.vectors());
    assertEquals((200 * 0.9 + 600 * 0.7) / 800, second.mean(), 1e-12);
    assertEquals(0.7, second.lowest(), 0);
    assertEquals(1, counts.abortedMerges());
    assertEquals(12, counts.failed());
    assertEquals("the last ones", 10, counts.lastFailures().size());
    BuildFailure last = counts.lastFailures().get(9);
    assertEquals("two", last.index());
    assertEquals(11, last.vectors());
    assertEquals("java.io.IOException: disk full 11", last.error());

    try (BytesStreamOutput out = new BytesStreamOutput()) {
      counts.writeTo(out);
      assertEquals(counts, new BuildCounts(out.bytes().streamInput()));
    }
  }

  @Test
  public void testJson() throws IOException {
    BuildCounts counts =
        new BuildCounts(
            2000,
            1000,
            9,
            1_500_000_000,
            2,
            1,
            Map.of("bulk", 3L),
            Map.of("one/vec", new RecallEstimate(9, 0.75, 0.5)),
            Map.of("one/bits", "other"),
            List.of(new BuildFailure(0, "one", "vec", 5, "java.io.IOException: no")));
    try (XContentBuilder json = JsonXContent.contentBuilder()) {
      json.startObject();
      counts.toXContent(json, ToXContent.EMPTY_PARAMS);
      json.endObject();
      assertEquals(
          "{\"graphs\":3,\"vectors\":9,\"build_seconds\":1.5,\"plans\":{\"bulk\":3},"
              + "\"memory_budget_in_bytes\":2000,\"reserved_memory_in_bytes\":1000,"
              + "\"aborted_merges\":2,\"failed\":1,"
              + "\"estimated_recall\":{\"one/vec\":{\"vectors\":9,\"mean\":0.75,\"lowest\":0.5}},"
              + "\"not_replaced\":{\"one/bits\":\"other\"},"
              + "\"last_failures\":[{"
              + "\"time\":\"1970-01-01T00:00:00Z\",\"index\":\"one\",\"field\":\"vec\","
              + "\"vectors\":5,\"error\":\"java.io.IOException: no\"}]}",
          json.toString());
    }
  }
}
