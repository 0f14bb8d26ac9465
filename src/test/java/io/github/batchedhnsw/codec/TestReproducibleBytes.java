// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.VectorData;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.NamedThreadFactory;

/** Same input, same bytes, on any number of threads and any executor, whatever builds the graph. */
public class TestReproducibleBytes extends LuceneTestCase {
  private ExecutorService executor;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    executor = Executors.newFixedThreadPool(8, new NamedThreadFactory("builders"));
  }

  @Override
  public void tearDown() throws Exception {
    TestUtil.shutdownExecutorService(executor);
    super.tearDown();
  }

  /** A format by its M, its beam width and its number of workers. */
  @FunctionalInterface
  interface Format {
    KnnVectorsFormat of(int maxConn, int beamWidth, int workers);
  }

  /** What builds graphs. */
  private enum Builder {
    BULK(BuildOptions.DEFAULT),
    /** A budget that nothing fits into makes every build one by insertion. */
    INSERTION(BuildOptions.DEFAULT.withMemoryBudget(1));

    final BuildOptions options;

    Builder(BuildOptions options) {
      this.options = options;
    }

    KnnVectorsFormat format(int maxConn, int beamWidth, int workers, ExecutorService executor) {
      return new BatchedHnswVectorsFormat(
          maxConn,
          beamWidth,
          workers == 1 ? options : options.withWorkers(workers, workers, executor),
          0);
    }
  }

  record Input(float[][] floats, byte[][] bytes, VectorSimilarityFunction similarity, Sort sort) {}

  static Input randomInput() {
    int size = atLeast(900);
    return new Input(
        VectorData.normalized(random(), size, random().nextInt(2, 40)),
        VectorData.smallBytes(random(), size, 5, 2),
        VectorSimilarityFunction.values()[random().nextInt(4)],
        random().nextBoolean() ? new Sort(new SortField("order", SortField.Type.LONG)) : null);
  }

  /** Which segments there are, and so how the graph is made. */
  enum Job {
    FLUSH,
    REBUILD,
    EXTENSION;

    boolean flushesAfter(int doc, int size) {
      return switch (this) {
        case FLUSH -> false;
        case REBUILD -> doc % (size / 3) == 10;
        case EXTENSION -> doc == size * 9 / 10 || doc == size * 95 / 100;
      };
    }
  }

  /** The graph files by extension, without what names the segment. */
  static Map<String, String> write(Input input, KnnVectorsFormat format, Job job)
      throws IOException {
    try (Directory dir = newDirectory()) {
      IndexWriterConfig config =
          Indexes.config(Indexes.anyCodec(format))
              .setMaxBufferedDocs(10_000_000)
              .setRAMBufferSizeMB(256);
      if (input.sort != null) {
        config.setIndexSort(input.sort);
      }
      try (IndexWriter writer = new IndexWriter(dir, config)) {
        int size = input.floats.length;
        for (int i = 0; i < size; i++) {
          Document doc = new Document();
          doc.add(new KnnFloatVectorField("floats", input.floats[i], input.similarity));
          if (i % 4 != 3) {
            doc.add(
                new KnnByteVectorField(
                    "bytes", input.bytes[i], VectorSimilarityFunction.EUCLIDEAN));
          }
          doc.add(new NumericDocValuesField("order", (i * 7919L) % size));
          writer.addDocument(doc);
          if (job.flushesAfter(i, size)) {
            writer.flush();
          }
        }
        writer.commit();
        if (job != Job.FLUSH) {
          writer.forceMerge(1);
          writer.commit();
        }
      }
      Map<String, String> files = new TreeMap<>();
      for (String extension : new String[] {"vex", "vem"}) {
        files.put(extension, HexFormat.of().formatHex(LayoutParser.body(dir, extension)));
      }
      return files;
    }
  }

  public void testFlush() throws IOException {
    for (Builder builder : Builder.values()) {
      check(randomInput(), builder, Job.FLUSH);
    }
  }

  public void testForceMerge() throws IOException {
    for (Builder builder : Builder.values()) {
      check(randomInput(), builder, Job.REBUILD);
    }
  }

  public void testExtension() throws IOException {
    for (Builder builder : Builder.values()) {
      check(randomInput(), builder, Job.EXTENSION);
    }
  }

  /** More vectors than usual, in several cells, and duplicates among them. */
  public void testDuplicates() throws IOException {
    int size = 2600;
    Input input =
        new Input(
            VectorData.withDuplicates(random(), VectorData.uniform(random(), size, 12), 10),
            VectorData.bytes(random(), size, 4),
            VectorSimilarityFunction.EUCLIDEAN,
            null);
    check(input, Builder.BULK, Job.REBUILD);
  }

  private void check(Input input, Builder builder, Job job) throws IOException {
    check(input, (m, beamWidth, workers) -> builder.format(m, beamWidth, workers, executor), job);
  }

  static void check(Input input, Format format, Job job) throws IOException {
    int maxConn = random().nextInt(2, 20);
    int beamWidth = random().nextInt(10, 80);
    Map<String, String> expected = write(input, format.of(maxConn, beamWidth, 1), job);
    assertTrue(expected.get("vex").length() > input.floats.length);
    for (int workers : new int[] {1, 2, 3, 8}) {
      assertEquals(
          workers + " worker(s)",
          expected,
          write(input, format.of(maxConn, beamWidth, workers), job));
    }
    // and a difference would be seen
    assertNotEquals(expected, write(input, format.of(maxConn + 1, beamWidth, 1), job));
  }

  public void testExecutors() throws IOException {
    Input input = randomInput();
    Map<String, String> expected = write(input, Builder.BULK.format(8, 40, 1, null), Job.REBUILD);
    try (ForkJoinPool forkJoin = new ForkJoinPool(3)) {
      for (ExecutorService each :
          List.of(
              executor,
              forkJoin,
              executor(Runnable::run),
              executor(task -> {}),
              executor(
                  task -> {
                    throw new RejectedExecutionException("busy");
                  }))) {
        assertEquals(expected, write(input, Builder.BULK.format(8, 40, 3, each), Job.REBUILD));
      }
    }
  }

  private static ExecutorService executor(Consumer<Runnable> execute) {
    return new AbstractExecutorService() {
      @Override
      public void execute(Runnable task) {
        execute.accept(task);
      }

      @Override
      public void shutdown() {
        throw new AssertionError("not ours to shut down");
      }

      @Override
      public List<Runnable> shutdownNow() {
        throw new AssertionError("not ours to shut down");
      }

      @Override
      public boolean isShutdown() {
        return false;
      }

      @Override
      public boolean isTerminated() {
        return false;
      }

      @Override
      public boolean awaitTermination(long timeout, TimeUnit unit) {
        return false;
      }
    };
  }
}
