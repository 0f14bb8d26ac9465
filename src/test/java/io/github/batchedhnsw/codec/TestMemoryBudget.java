// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.construction.BuildParams;
import io.github.batchedhnsw.construction.GraphBuilders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.NamedThreadFactory;
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

  /** What one build takes, another one cannot have, in whichever index; and it is given back. */
  public void testSharedByAllBuilds() throws IOException {
    int size = atLeast(800);
    float[][] vectors = VectorData.uniform(random(), size, 8);
    List<String> plans = new ArrayList<>();
    BuildOptions budget =
        BuildOptions.DEFAULT
            .withMemoryBudget(size * 1200L)
            .withListener(
                new BuildListener() {
                  @Override
                  public void built(BuiltGraph graph) {
                    plans.add(graph.plan());
                  }
                });
    assertEquals(0, BuildMemory.reservedBytes());
    long[] reserved = new long[2];
    BuildOptions unlimited =
        BuildOptions.DEFAULT.withListener(
            new BuildListener() {
              @Override
              public void built(BuiltGraph graph) { // its build holds what it has reserved
                reserved[0] = BuildMemory.reservedBytes();
                flush(vectors, budget);
                reserved[1] = BuildMemory.reservedBytes();
                throw new UnsupportedOperationException("so that it fails");
              }
            });
    flush(vectors, budget);
    expectThrows(UnsupportedOperationException.class, () -> flush(vectors, unlimited));
    flush(vectors, budget);
    assertEquals(List.of("bulk", "insertion", "bulk"), plans);
    assertTrue("reserved=" + reserved[0], reserved[0] > size * 16L * 2 * Float.BYTES);
    assertEquals("while the other build holds its own", reserved[0], reserved[1]);
    assertEquals("after a failure", 0, BuildMemory.reservedBytes());
  }

  /** Builds at the same time never reserve more than a budget that each of them fits into. */
  public void testConcurrentReservations() throws Exception {
    BuildParams params = new BuildParams(16, 100);
    long bulk = GraphBuilders.estimateBytes(params, 1000, 8);
    BuildParams two = params.withMemoryBudget(2 * bulk);
    CyclicBarrier together = new CyclicBarrier(3);
    AtomicInteger inBulk = new AtomicInteger();
    Callable<Void> build =
        () -> {
          for (int round = 0; round < 1000; round++) {
            together.await();
            BuildMemory memory = BuildMemory.reserve(two, 1000, 8);
            if (GraphBuilders.buildsInBulk(memory.params(), 1000, 8)) {
              inBulk.incrementAndGet();
            }
            together.await();
            memory.close();
          }
          return null;
        };
    ExecutorService threads = Executors.newFixedThreadPool(3, new NamedThreadFactory("builds"));
    try {
      for (Future<Void> done : threads.invokeAll(List.of(build, build, build))) {
        done.get();
      }
    } finally {
      threads.shutdown();
    }
    assertEquals("two of three each round", 2000, inBulk.get());
    assertEquals(0, BuildMemory.reservedBytes());
  }

  private static void flush(float[][] vectors, BuildOptions options) {
    IndexWriterConfig config =
        Indexes.config(Indexes.codec(new BatchedHnswVectorsFormat(16, 100, options, 0)));
    try (Directory dir = newDirectory();
        IndexWriter writer = new IndexWriter(dir, config)) {
      for (int id = 0; id < vectors.length; id++) {
        writer.addDocument(Indexes.document(id, vectors[id], VectorSimilarityFunction.EUCLIDEAN));
      }
      writer.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
