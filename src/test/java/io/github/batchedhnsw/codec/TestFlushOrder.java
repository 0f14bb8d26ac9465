// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.VectorData;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.FilterIndexOutput;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.NamedThreadFactory;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;

/** When a flush writes the flat vectors. */
public class TestFlushOrder extends LuceneTestCase {
  private static final int SIZE = 1000;
  private static final int DIMENSION = 8;
  private static final long FLAT_BYTES = (long) SIZE * DIMENSION * Float.BYTES;

  /** Counts what is written to the flat file, and lets others wait for the last vector. */
  private static final class FlatFile {
    final AtomicLong bytes = new AtomicLong();
    final CountDownLatch complete = new CountDownLatch(1);

    Directory in(Directory directory) {
      return new FilterDirectory(directory) {
        @Override
        public IndexOutput createOutput(String name, IOContext context) throws IOException {
          IndexOutput output = super.createOutput(name, context);
          return name.endsWith(".vec") ? counted(name, output) : output;
        }
      };
    }

    private IndexOutput counted(String name, IndexOutput output) {
      return new FilterIndexOutput(name, name, output) {
        @Override
        public void writeBytes(byte[] b, int offset, int length) throws IOException {
          super.writeBytes(b, offset, length);
          if (bytes.addAndGet(length) >= FLAT_BYTES) {
            complete.countDown();
          }
        }
      };
    }
  }

  /** Is told when a graph has been built, before the flush goes on. */
  private interface Built {
    void run() throws InterruptedException;
  }

  private static BuildOptions options(int workers, ExecutorService executor, Built built) {
    return BuildOptions.DEFAULT
        .withWorkers(1, workers, executor)
        .withListener(
            new BuildListener() {
              @Override
              public void built(BuiltGraph graph) {
                try {
                  built.run();
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
              }
            });
  }

  /**
   * Flushes one segment.
   *
   * @param built is run when its graph has been built
   */
  private static void flush(Function<Built, KnnVectorsFormat> format, FlatFile flat, Built built)
      throws IOException {
    AtomicInteger graphs = new AtomicInteger();
    Built counted =
        () -> {
          graphs.incrementAndGet();
          built.run();
        };
    flush(format.apply(counted), flat);
    assertEquals("graphs that were told of", 1, graphs.get());
  }

  private static void flush(KnnVectorsFormat format, FlatFile flat) throws IOException {
    float[][] vectors = VectorData.uniform(random(), SIZE, DIMENSION);
    try (Directory dir = newDirectory()) {
      try (IndexWriter writer =
          new IndexWriter(flat.in(dir), Indexes.config(Indexes.anyCodec(format)))) {
        for (int i = 0; i < SIZE; i++) {
          writer.addDocument(Indexes.document(i, vectors[i], VectorSimilarityFunction.EUCLIDEAN));
        }
      }
      Indexes.check(dir);
    }
    assertTrue(flat.bytes + " bytes", flat.bytes.get() >= FLAT_BYTES);
  }

  /** With a thread to spare they are written while the graph is being built. */
  public void testSideBySide() throws IOException {
    ExecutorService one = Executors.newFixedThreadPool(1, new NamedThreadFactory("flat"));
    try {
      FlatFile flat = new FlatFile();
      Built built = () -> assertTrue(flat.complete.await(60, TimeUnit.SECONDS));
      flush(told -> new BatchedHnswVectorsFormat(8, 20, options(2, one, told), 0), flat, built);
    } finally {
      TestUtil.shutdownExecutorService(one);
    }
  }

  public void testOneThread() throws IOException {
    FlatFile flat = new FlatFile();
    Built built = () -> assertTrue(flat.bytes + " bytes", flat.bytes.get() < FLAT_BYTES / 2);
    flush(told -> new BatchedHnswVectorsFormat(8, 20, options(1, null, told), 0), flat, built);
  }

  /** A writer that normalises and centres vectors in place has to wait. */
  public void testQuantizedAfterwards() throws IOException {
    ExecutorService several = Executors.newFixedThreadPool(3, new NamedThreadFactory("flat"));
    try {
      FlatFile flat = new FlatFile();
      Built built = () -> assertTrue(flat.bytes + " bytes", flat.bytes.get() < FLAT_BYTES / 2);
      flush(
          told ->
              new BatchedHnswScalarQuantizedVectorsFormat(
                  ScalarEncoding.SEVEN_BIT, 8, 20, options(4, several, told), 0, GraphVectors.RAW),
          flat,
          built);
    } finally {
      TestUtil.shutdownExecutorService(several);
    }
  }
}
