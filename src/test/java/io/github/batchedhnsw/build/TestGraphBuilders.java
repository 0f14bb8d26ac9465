package io.github.batchedhnsw.build;

import org.apache.lucene.tests.util.LuceneTestCase;

/** Which builder is used when. */
public class TestGraphBuilders extends LuceneTestCase {

  @Override
  public void tearDown() throws Exception {
    System.clearProperty(GraphBuilders.PROPERTY);
    super.tearDown();
  }

  private static GraphBuilder choose(int maxConn) {
    return GraphBuilders.choose(new BuildParams(maxConn, 100), BuildLog.silent());
  }

  public void testInBulkUpToAnM() {
    assertEquals(PartitionGraphBuilder.class, choose(1).getClass());
    assertEquals(PartitionGraphBuilder.class, choose(16).getClass());
    assertEquals(PartitionGraphBuilder.class, choose(GraphBuilders.MAX_BULK_CONN).getClass());
    assertEquals(BatchGraphBuilder.class, choose(GraphBuilders.MAX_BULK_CONN + 1).getClass());
    assertEquals(BatchGraphBuilder.class, choose(512).getClass());
  }

  public void testChoiceCanBeOverruled() {
    System.setProperty(GraphBuilders.PROPERTY, "bulk");
    assertEquals(PartitionGraphBuilder.class, choose(512).getClass());
    System.setProperty(GraphBuilders.PROPERTY, "insertion");
    assertEquals(BatchGraphBuilder.class, choose(16).getClass());
    System.setProperty(GraphBuilders.PROPERTY, "auto");
    assertEquals(PartitionGraphBuilder.class, choose(16).getClass());
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

  /** 600 bytes for each vector, whatever its dimension; see issue 4. */
  public void testEstimateIsWithinTheBudget() {
    for (int dimension : new int[] {1, 16, 80, 128, 768, 1024}) {
      for (int size : new int[] {100_000, 1_000_000, 10_000_000}) {
        double bytes = GraphBuilders.estimateBytes(new BuildParams(16, 100), size, dimension);
        assertTrue("bytes=" + bytes / size, bytes / size <= 600);
      }
    }
  }
}
