// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.opensearch;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.github.batchedhnsw.codec.BatchedHnswCodec;
import io.github.batchedhnsw.codec.BatchedHnswVectorsFormat;
import io.github.batchedhnsw.codec.GraphRebuild;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The graphs of a shard are rebuilt while its node is stopped, and the node goes on with it. */
public class TestOfflineRebuild {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static final int DIMENSION = 32;
  private static final int COUNT = 3000;
  private static final int K = 10;
  private static final int WIDTH = 40;
  private static final float[][] VECTORS = ClusteredVectors.clustered(3, COUNT + 1000, DIMENSION);
  private static final float[][] QUERIES = ClusteredVectors.clustered(4, 40, DIMENSION);

  @Test
  public void testStoppedNode() throws Exception {
    Assume.standIn(); // k-NN's own codec is not at hand here
    try (NodeProcess node = new NodeProcess(FOLDER.getRoot().toPath().resolve("node"), "node")) {
      node.start();
      VectorIndex index =
          VectorIndex.create(node.http(), "old", DIMENSION, ", \"number_of_replicas\": 0");
      index.index(VECTORS, 0, COUNT / 2);
      index.flush();
      index.index(VECTORS, COUNT / 3, COUNT); // some for the second time
      index.flush();
      node.stop();

      Path shard =
          node.shardFiles().stream()
              .filter(file -> file.getFileName().toString().startsWith("segments_"))
              .findFirst()
              .orElseThrow()
              .getParent();
      Map<String, String> told = userData(shard);
      int[] documents = documents(shard);
      rebuild(shard);
      assertEquals(told, userData(shard));
      int[] after = documents(shard);
      assertEquals("none is lost, also of those replaced", documents[0], after[0]);
      assertTrue("rebuilt segments: " + after[1], after[1] >= 2);

      node.start();
      node.http().get("_cluster/health/old?wait_for_status=green&timeout=60s");
      assertEquals(COUNT, index.count());
      float[][] indexed = Arrays.copyOf(VECTORS, COUNT);
      double recall = ClusteredVectors.recall(indexed, QUERIES, index.nearest(QUERIES, WIDTH), K);
      assertTrue("recall=" + recall, recall >= 0.95);
      index.index(VECTORS, COUNT, COUNT + 1000);
      index.forceMerge();
      index.flush();
      assertEquals(COUNT + 1000, index.count());
    }
  }

  private static void rebuild(Path shard) throws IOException {
    Codec codec = BatchedHnswCodec.wrap(Codec.getDefault(), new BatchedHnswVectorsFormat(16, 100));
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(codec)
            .setSoftDeletesField("__soft_deletes")
            .setMergePolicy(NoMergePolicy.INSTANCE);
    try (Directory directory = FSDirectory.open(shard);
        IndexWriter writer = new IndexWriter(directory, config)) {
      GraphRebuild.rebuild(writer);
    }
  }

  private static Map<String, String> userData(Path shard) throws IOException {
    try (Directory directory = FSDirectory.open(shard)) {
      return SegmentInfos.readLatestCommit(directory).getUserData();
    }
  }

  /** Documents, the softly deleted ones included, and segments that have been rebuilt. */
  private static int[] documents(Path shard) throws IOException {
    try (Directory directory = FSDirectory.open(shard);
        DirectoryReader reader = DirectoryReader.open(directory)) {
      int rebuilt = 0;
      for (SegmentCommitInfo segment : SegmentInfos.readLatestCommit(directory)) {
        rebuilt += segment.info.getDiagnostics().containsKey(GraphRebuild.DIAGNOSTIC) ? 1 : 0;
      }
      return new int[] {reader.numDocs(), rebuilt};
    }
  }
}
