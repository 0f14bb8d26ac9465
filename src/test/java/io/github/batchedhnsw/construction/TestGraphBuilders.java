// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.construction;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.PrintStreamInfoStream;

/** Which builder is used when. */
public class TestGraphBuilders extends LuceneTestCase {

  @Override
  public void tearDown() throws Exception {
    System.clearProperty(GraphBuilders.PROPERTY);
    super.tearDown();
  }

  private static GraphBuilder choose(int maxConn) {
    return GraphBuilders.choose(new BuildParams(maxConn, 100), 1000, 10, BuildLog.silent());
  }

  public void testInBulkForEveryM() {
    for (int maxConn : new int[] {1, 16, 100, 512}) {
      assertEquals("bulk", choose(maxConn).name());
    }
  }

  public void testChoiceCanBeOverruled() {
    System.setProperty(GraphBuilders.PROPERTY, "bulk");
    assertEquals("bulk", choose(512).name());
    System.setProperty(GraphBuilders.PROPERTY, "insertion");
    assertEquals("insertion", choose(16).name());
    System.setProperty(GraphBuilders.PROPERTY, "auto");
    assertEquals("bulk", choose(16).name());
    System.setProperty(GraphBuilders.PROPERTY, "other");
    String message = expectThrows(IllegalArgumentException.class, () -> choose(16)).getMessage();
    assertTrue(message, message.contains(GraphBuilders.PROPERTY + "=other"));
  }

  /** At least the lists, and no overflow. */
  public void testEstimate() {
    for (int dimension : new int[] {1, 16, 80, 128, 768, 1024}) {
      for (int size : new int[] {1000, 100_000, 10_000_000}) {
        long bytes = GraphBuilders.estimateBytes(new BuildParams(16, 100), size, dimension);
        assertTrue("bytes=" + bytes, bytes >= 32L * 8 * size);
      }
      long sparse = GraphBuilders.estimateBytes(new BuildParams(8, 100), 100_000, dimension);
      long dense = GraphBuilders.estimateBytes(new BuildParams(64, 100), 100_000, dimension);
      assertTrue(sparse < dense);
    }
    long insertion = GraphBuilders.estimateBytes(new BuildParams(512, 100), 1_000_000, 16);
    assertTrue(insertion > 1_000_000L * 1024 * 8);
  }

  /**
   * 520 bytes for each vector, half a byte for each component, and up to 256 components as floats.
   */
  public void testEstimateIsWithinTheBudget() {
    for (int dimension : new int[] {1, 16, 80, 128, 768, 1024}) {
      for (int size : new int[] {100_000, 1_000_000, 10_000_000}) {
        double bytes = GraphBuilders.estimateBytes(new BuildParams(16, 100), size, dimension);
        assertTrue(
            "bytes=" + bytes / size,
            bytes / size <= 520 + (dimension <= 256 ? 5.1 : 0.5) * dimension);
      }
    }
  }

  /** Insertion where bulk construction takes too much, and the smaller one where both do. */
  public void testMemoryBudget() throws IOException {
    BuildParams unlimited = new BuildParams(16, 100);
    for (int size : new int[] {1, 700, 100_000, 10_000_000}) {
      for (int dimension : new int[] {1, 16, 1024}) {
        long bulk = GraphBuilders.estimateBytes(unlimited, size, dimension);
        assertChoice("bulk", null, unlimited, size, dimension);
        BuildParams enough = unlimited.withMemoryBudget(bulk);
        assertChoice("bulk", null, enough, size, dimension);
        BuildParams tooLittle = unlimited.withMemoryBudget(bulk - 1);
        long insertion = GraphBuilders.estimateBytes(tooLittle, size, dimension);
        assertTrue(insertion + " < " + bulk, insertion < bulk);
        assertChoice("insertion", "building by batched insertion", tooLittle, size, dimension);
        assertChoice(
            "insertion", "so it is exceeded", unlimited.withMemoryBudget(1), size, dimension);
      }
    }
    System.setProperty(GraphBuilders.PROPERTY, "insertion");
    long insertion = GraphBuilders.estimateBytes(unlimited, 1000, 10);
    assertChoice("insertion", null, unlimited.withMemoryBudget(insertion), 1000, 10);
  }

  private static void assertChoice(
      String builder, String message, BuildParams params, int size, int dimension)
      throws IOException {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    try (PrintStream stream = new PrintStream(log, true, StandardCharsets.UTF_8)) {
      BuildLog buildLog = new BuildLog(new PrintStreamInfoStream(stream), "title");
      assertEquals(builder, GraphBuilders.choose(params, size, dimension, buildLog).name());
    }
    String text = log.toString(StandardCharsets.UTF_8);
    assertTrue(text, message == null ? text.isEmpty() : text.contains(message));
  }
}
