// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.VectorData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.PrintStreamInfoStream;

/** A build keeps to its budget where it can, and says what it does. */
public class TestMemoryBudget extends LuceneTestCase {

  public void testBounds() {
    for (long bad : new long[] {Long.MIN_VALUE, -1, 0}) {
      String message =
          expectThrows(
                  IllegalArgumentException.class, () -> BuildOptions.DEFAULT.withMemoryBudget(bad))
              .getMessage();
      assertEquals("memoryBudgetBytes must be at least 1; memoryBudgetBytes=" + bad, message);
    }
    assertEquals(1, BuildOptions.DEFAULT.withMemoryBudget(1).memoryBudgetBytes());
    String told =
        new BatchedHnswVectorsFormat(16, 100, BuildOptions.DEFAULT.withMemoryBudget(5), 0)
            .toString();
    assertTrue(told, told.contains("memoryBudgetBytes=5,"));
  }

  /** Flush and merge; enough for bulk construction, for insertion, for neither. */
  public void testDegrades() throws IOException {
    int size = atLeast(800);
    float[][] vectors = VectorData.uniform(random(), 2 * size, 8);
    // 1200 bytes are enough for a vector in bulk; a merge has twice as many vectors.
    assertPlans(vectors, 2 * size * 1200L, List.of("bulk", "bulk", "extension"), List.of());
    assertPlans(
        vectors,
        size * 1200L,
        List.of("bulk", "bulk", "insertion"),
        List.of("building by batched insertion"));
    assertPlans(
        vectors,
        size * 50L,
        List.of("insertion", "insertion", "insertion"),
        List.of("building by batched insertion", "so it is exceeded"));
  }

  private static void assertPlans(
      float[][] vectors, long budgetBytes, List<String> expected, List<String> messages)
      throws IOException {
    List<String> plans = new ArrayList<>();
    BuildOptions options =
        BuildOptions.DEFAULT
            .withMemoryBudget(budgetBytes)
            .withListener(
                new BuildListener() {
                  @Override
                  public void built(BuiltGraph graph) {
                    plans.add(graph.plan());
                  }
                });
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    try (Directory dir = newDirectory();
        PrintStream stream = new PrintStream(log, true, StandardCharsets.UTF_8)) {
      IndexWriterConfig config =
          Indexes.config(Indexes.codec(new BatchedHnswVectorsFormat(16, 100, options, 0)))
              .setInfoStream(new PrintStreamInfoStream(stream));
      try (IndexWriter writer = new IndexWriter(dir, config)) {
        for (int id = 0; id < vectors.length; id++) {
          writer.addDocument(Indexes.document(id, vectors[id], VectorSimilarityFunction.EUCLIDEAN));
          if (id + 1 == vectors.length / 2) {
            writer.flush();
          }
        }
        writer.flush();
        writer.forceMerge(1);
      }
      Indexes.check(dir);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        float[][] queries = VectorData.uniform(random(), 20, 8);
        double recall = Indexes.recall(reader, Indexes.FIELD, queries, 10, null);
        assertTrue("recall=" + recall, recall >= 0.9);
      }
    }
    assertEquals(expected, plans);
    String text = log.toString(StandardCharsets.UTF_8);
    for (String message : List.of("building by batched insertion", "so it is exceeded")) {
      assertEquals(text, messages.contains(message), text.contains(message));
    }
  }
}
