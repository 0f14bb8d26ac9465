// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import static org.apache.lucene.index.VectorSimilarityFunction.EUCLIDEAN;

import io.github.batchedhnsw.VectorData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.NamedThreadFactory;

/** Threads that index, build, merge and search at the same time. */
public class TestIndexingThreads extends SegmentTestCase {

  /** Several threads index, merges run beside them, and every reader finds what it has. */
  public void testSearchWhileIndexing() throws Exception {
    int threads = 3;
    int perThread = atLeast(400);
    float[][] vectors = VectorData.uniform(random(), threads * perThread, 6);
    float[][] queries = VectorData.uniform(random(), 5, 6);
    ExecutorService builders = Executors.newFixedThreadPool(2, new NamedThreadFactory("builders"));
    ExecutorService indexers =
        Executors.newFixedThreadPool(threads, new NamedThreadFactory("indexers"));
    try (Directory dir = newDirectory()) {
      IndexWriterConfig config =
          new IndexWriterConfig()
              .setCodec(Indexes.codec(new BatchedHnswVectorsFormat(16, 60, 2, builders, 0, 2)))
              .setMergeScheduler(new ConcurrentMergeScheduler())
              .setMaxBufferedDocs(50);
      try (IndexWriter writer = new IndexWriter(dir, config)) {
        AtomicBoolean failed = new AtomicBoolean();
        List<Future<?>> futures = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
          int first = t * perThread;
          futures.add(
              indexers.submit(
                  () -> {
                    for (int i = first; i < first + perThread && !failed.get(); i++) {
                      writer.addDocument(Indexes.document(i, vectors[i], EUCLIDEAN));
                    }
                    return null;
                  }));
        }
        int seen = 0;
        try {
          while (futures.stream().anyMatch(f -> !f.isDone())) {
            try (DirectoryReader reader = DirectoryReader.open(writer)) {
              int docs = reader.numDocs();
              assertTrue("documents vanished", docs >= seen);
              seen = docs;
              assertEquals(docs, Indexes.idsWithVectors(reader, FIELD, vectors).size());
              if (docs > 0) {
                assertTrue(Indexes.recall(reader, FIELD, queries, 10, null) >= 0.8);
              }
            }
          }
        } finally {
          failed.set(true);
        }
        for (Future<?> future : futures) {
          future.get();
        }
        writer.commit();
        try (DirectoryReader reader = DirectoryReader.open(writer)) {
          assertEquals(range(0, vectors.length), Indexes.idsWithVectors(reader, FIELD, vectors));
          assertRecall(reader, vectors);
        }
        writer.forceMerge(1);
      }
      assertMerged(dir, vectors);
    } finally {
      TestUtil.shutdownExecutorService(indexers);
      TestUtil.shutdownExecutorService(builders);
    }
  }

  /** Workers without an executor of ours: the merge scheduler's threads. */
  public void testMergeSchedulersThreads() throws IOException {
    float[][] vectors = VectorData.uniform(random(), atLeast(600), 6);
    try (Directory dir = newDirectory()) {
      IndexWriterConfig config =
          new IndexWriterConfig()
              .setCodec(Indexes.codec(new BatchedHnswVectorsFormat(8, 40, 4, null, 0)))
              .setMergeScheduler(new ConcurrentMergeScheduler());
      try (IndexWriter writer = new IndexWriter(dir, config)) {
        for (int i = 0; i < vectors.length; i++) {
          writer.addDocument(Indexes.document(i, vectors[i], EUCLIDEAN));
          if (i % 100 == 50) {
            writer.flush();
          }
        }
        writer.forceMerge(1);
      }
      assertMerged(dir, vectors);
    }
  }
}
