// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.merge;

import io.github.batchedhnsw.construction.BuildLog;
import io.github.batchedhnsw.construction.BuildParams;
import io.github.batchedhnsw.construction.GraphBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.InfoStream;
import org.apache.lucene.util.hnsw.HnswGraph;

/** The builder that follows from a plan, what is said about it, and the share that Lucene joins. */
public class TestMergeBuilders extends LuceneTestCase {

  /** Keeps all messages. */
  private static final class Told extends InfoStream {
    final List<String> messages = new ArrayList<>();

    @Override
    public void message(String component, String message) {
      messages.add(message);
    }

    @Override
    public boolean isEnabled(String component) {
      return true;
    }

    @Override
    public void close() {}
  }

  /** New ordinals of a segment whose first vectors are deleted. */
  private static int[] newOrdinals(int size, int deleted) {
    return IntStream.range(0, size).map(i -> Math.max(-1, i - deleted)).toArray();
  }

  private static MergeSource segment(int size, int deleted) {
    return MergeSource.of(newOrdinals(size, deleted), 16, () -> HnswGraph.EMPTY);
  }

  private static MergeSource withoutGraph(int size) {
    return MergeSource.withoutGraph(newOrdinals(size, 0));
  }

  /** The only message of a choice begins as expected and gives a reason. */
  private static void assertChoice(String builder, String message, MergeSource... sources)
      throws IOException {
    Told told = new Told();
    int size = Arrays.stream(sources).mapToInt(MergeSource::live).sum();
    GraphBuilder chosen =
        MergeBuilders.choose(
            new BuildParams(16, 100), List.of(sources), size, 128, new BuildLog(told, "title"));
    assertEquals(builder, chosen.name());
    assertEquals(told.messages.toString(), 1, told.messages.size());
    String only = told.messages.get(0);
    assertTrue(only, only.startsWith("field \"title\": " + message + ", because "));
  }

  public void testRebuild() throws IOException {
    assertChoice("bulk", "merge of 2 segments: rebuild", withoutGraph(1000), withoutGraph(2000));
  }

  public void testExtension() throws IOException {
    assertChoice(
        "extension",
        "merge of 3 segments: extend",
        withoutGraph(100),
        segment(9000, 0),
        withoutGraph(200));
  }

  /** Lucene joins to the largest graph those that have lost nothing, and inserts the rest. */
  public void testJoinedShare() {
    MergeSource large = segment(5000, 0);
    MergeSource small = segment(1000, 0);
    MergeSource deleted = segment(6000, 2000);
    assertEquals(0, MergeBuilders.joinedShare(List.of(large)), 0);
    assertEquals(0.5, MergeBuilders.joinedShare(List.of(large, large)), 0);
    assertEquals(2 / 7.0, MergeBuilders.joinedShare(List.of(small, large, small)), 1e-9);
    assertEquals(0.1, MergeBuilders.joinedShare(List.of(small, large, deleted)), 1e-9);
    assertEquals(0.2, MergeBuilders.joinedShare(List.of(small, deleted)), 1e-9);
    assertEquals(0, MergeBuilders.joinedShare(List.of(large, withoutGraph(5000))), 0);
    assertEquals(0, MergeBuilders.joinedShare(List.of()), 0);
  }

  /** Of two that are equally large the first one is the one that others are joined to. */
  public void testJoinedShareOfEquallyLargeSegments() {
    MergeSource whole = segment(4000, 0);
    MergeSource deleted = segment(6000, 2000);
    assertEquals(0, MergeBuilders.joinedShare(List.of(whole, deleted)), 0);
    assertEquals(0.5, MergeBuilders.joinedShare(List.of(deleted, whole)), 0);
  }
}
