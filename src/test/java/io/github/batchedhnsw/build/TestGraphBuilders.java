package io.github.batchedhnsw.build;

import org.apache.lucene.tests.util.LuceneTestCase;

/** Which builder is used when. */
public class TestGraphBuilders extends LuceneTestCase {

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
}
