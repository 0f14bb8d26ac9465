// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import com.carrotsearch.randomizedtesting.generators.RandomPicks;
import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.codec.FaultPoints.Fault;
import io.github.batchedhnsw.codec.FaultPoints.Kind;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.hnsw.DefaultFlatVectorScorer;
import org.apache.lucene.codecs.hnsw.FlatVectorsFormat;
import org.apache.lucene.codecs.hnsw.FlatVectorsReader;
import org.apache.lucene.codecs.hnsw.FlatVectorsWriter;
import org.apache.lucene.codecs.lucene104.Lucene104ScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99FlatVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.store.MockDirectoryWrapper;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.NamedThreadFactory;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;

/**
 * Things go wrong at one place after another. Each time nothing is left open, the last commit is
 * whole, and a second attempt succeeds. Float vectors are as they are, or quantized in one of all
 * ways. {@code -Dtests.multiplier=60} looks at sixty times as many places.
 */
public class TestFaults extends LuceneTestCase {
  private static final int PLACES_PER_WORKLOAD = 10;
  private static final Pattern VECTOR_FILE = Pattern.compile("\\.(vec|vemf|veq|vemq|vex|vem)$");

  /** Of the float vectors, one workload after the other. */
  private static final List<Optional<ScalarEncoding>> ENCODINGS =
      Stream.concat(
              Stream.of(Optional.<ScalarEncoding>empty()),
              Arrays.stream(ScalarEncoding.values()).map(Optional::of))
          .toList();

  private ExecutorService pool;
  private FaultPoints points;
  private int nextEncoding = random().nextInt(ENCODINGS.size());

  @Override
  public void setUp() throws Exception {
    super.setUp();
    newPool();
    points = new FaultPoints();
  }

  @Override
  public void tearDown() throws Exception {
    assertEquals("heap given back", 0, BuildMemory.reservedBytes());
    TestUtil.shutdownExecutorService(pool);
    super.tearDown();
  }

  private void newPool() {
    pool = Executors.newFixedThreadPool(2, new NamedThreadFactory("faults"));
  }

  /** A workload for faults that hit any file. */
  private Workload unsorted() {
    Workload workload;
    do {
      workload = new Workload(random().nextInt(40, 300), random().nextInt(1, 3));
    } while (workload.sorted);
    return workload;
  }

  /** Documents to index, in which way, and what has been committed of them. */
  private final class Workload {
    final float[][] vectors;
    final byte[][] bytes;
    final Set<Integer> target = new TreeSet<>();
    final boolean insertion = random().nextBoolean();
    final boolean sorted;
    final boolean vectorFilesOnly;
    final Optional<ScalarEncoding> encoding = ENCODINGS.get(nextEncoding++ % ENCODINGS.size());
    final GraphVectors graphVectors = RandomPicks.randomFrom(random(), GraphVectors.values());
    final VectorSimilarityFunction similarity =
        VectorSimilarityFunction.values()[random().nextInt(4)];
    final int workers;
    Set<Integer> committed = new TreeSet<>();
    Set<Integer> attempted = committed;

    Workload(int size, int workers) {
      this.workers = workers;
      vectorFilesOnly = random().nextBoolean();
      // Lucene leaves files open where it fails to write stored fields of a sorted index.
      sorted = vectorFilesOnly && random().nextBoolean();
      vectors = VectorData.normalized(random(), size, random().nextInt(2, 6));
      if (random().nextBoolean()) {
        for (int i = 0; i < size; i += 3) {
          vectors[i] = vectors[size - 1];
        }
      }
      bytes = VectorData.bytes(random(), size, 3);
      for (int id = 0; id < size; id++) {
        if (id % 10 != 7) {
          target.add(id);
        }
      }
    }

    BuildOptions options(ExecutorService executor) {
      BuildOptions options = BuildOptions.DEFAULT;
      if (workers > 1) {
        options = options.withWorkers(workers, workers, executor);
      }
      if (insertion) {
        options = options.withMemoryBudget(1);
      }
      return options;
    }

    /** A writer that passes all places, or those of vector files only. */
    IndexWriter writer(Directory directory, IndexWriterConfig config) throws IOException {
      return new IndexWriter(
          points.directory(directory, name -> !vectorFilesOnly || VECTOR_FILE.matcher(name).find()),
          config.setInfoStream(points.phases()));
    }

    IndexWriterConfig config(Codec codec) {
      IndexWriterConfig config = Indexes.config(codec).setMaxBufferedDocs(1_000_000);
      config.setCommitOnClose(false);
      if (sorted) {
        config.setIndexSort(new Sort(new SortField("order", SortField.Type.LONG)));
      }
      return config;
    }

    private void add(IndexWriter writer, int id) throws IOException {
      Document document = Indexes.document(id);
      document.add(new KnnFloatVectorField(Indexes.FIELD, vectors[id], similarity));
      if (id % 3 != 0) {
        document.add(
            new KnnByteVectorField("bytes", bytes[id], VectorSimilarityFunction.EUCLIDEAN));
      }
      document.add(new NumericDocValuesField("order", (id * 7919L) % vectors.length));
      writer.updateDocument(new Term(Indexes.ID, Integer.toString(id)), document);
    }

    Codec codec(ExecutorService executor) {
      return Indexes.anyCodec(format(options(executor)));
    }

    KnnVectorsFormat format(BuildOptions options) {
      return encoding.isEmpty()
          ? new BatchedHnswVectorsFormat(8, 20, options, 0)
          : new BatchedHnswScalarQuantizedVectorsFormat(
              encoding.get(), 8, 20, options, 0, graphVectors);
    }

    FlatVectorsFormat flatFormat() {
      return encoding.isEmpty()
          ? new Lucene99FlatVectorsFormat(DefaultFlatVectorScorer.INSTANCE)
          : new Lucene104ScalarQuantizedVectorsFormat(encoding.get());
    }

    /** The first third, in peace: what the faults find. */
    void begin(Directory directory) throws IOException {
      try (IndexWriter writer = new IndexWriter(directory, config(codec(pool)))) {
        Set<Integer> ids = new TreeSet<>();
        for (int id = 0; id < vectors.length / 3; id++) {
          add(writer, id);
          ids.add(id);
        }
        commit(writer, ids);
      }
    }

    private void commit(IndexWriter writer, Set<Integer> ids) throws IOException {
      attempted = ids;
      writer.commit();
      committed = ids;
    }

    /** The rest: adds in two segments, deletes, merges. */
    void go(IndexWriter writer) throws IOException {
      Set<Integer> ids = new TreeSet<>(committed);
      for (int id = vectors.length / 3; id < vectors.length; id++) {
        add(writer, id);
        ids.add(id);
        if (id == vectors.length / 2) {
          writer.flush();
        }
      }
      commit(writer, new TreeSet<>(ids));
      for (int id = 7; id < vectors.length; id += 10) {
        writer.deleteDocuments(new Term(Indexes.ID, Integer.toString(id)));
        ids.remove(id);
      }
      writer.forceMerge(1);
      commit(writer, ids);
      assertEquals(target, committed);
    }

    /** Once more from what was committed. */
    void retry(Directory directory) throws IOException {
      try (IndexWriter writer = new IndexWriter(directory, config(codec(pool)))) {
        for (int id = 0; id < vectors.length; id++) {
          if (target.contains(id)) {
            add(writer, id);
          } else {
            writer.deleteDocuments(new Term(Indexes.ID, Integer.toString(id)));
          }
        }
        writer.forceMerge(1);
        writer.commit();
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertEquals(target, Indexes.idsWithVectors(reader, Indexes.FIELD, vectors));
        assertEquals(target.size(), Indexes.graph(getOnlyLeafReader(reader), Indexes.FIELD).size());
      }
    }

    void assertWhole(Directory directory) throws IOException {
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        Set<Integer> found = Indexes.idsWithVectors(reader, Indexes.FIELD, vectors);
        // a commit that threw may have happened or not
        assertTrue(
            found + " is neither " + committed + " nor " + attempted,
            found.equals(committed) || found.equals(attempted));
      }
      Indexes.check(directory);
    }
  }

  /** Something that runs a workload on a directory, and may fail. */
  @FunctionalInterface
  private interface Attempt {
    void run(MockDirectoryWrapper directory, Workload workload) throws Exception;
  }

  /** Begins, attempts, checks, tries again, checks; returns what the attempt threw, or null. */
  private Throwable survive(Workload workload, Attempt attempt) throws IOException {
    MockDirectoryWrapper directory = new MockDirectoryWrapper(random(), new ByteBuffersDirectory());
    directory.setThrottling(MockDirectoryWrapper.Throttling.NEVER);
    workload.begin(directory);
    Throwable thrown = null;
    try {
      attempt.run(directory, workload);
    } catch (Throwable t) {
      thrown = t;
    }
    points.disarm();
    Thread.interrupted();
    if (thrown instanceof AssertionError) {
      throw new AssertionError("an assertion failed, not the fault", thrown);
    }
    directory.clearCrash();
    try {
      workload.assertWhole(directory);
      workload.retry(directory);
      directory.close(); // fails on open or unreferenced files, crashes, runs CheckIndex
    } catch (Throwable t) {
      if (thrown != null) {
        t.addSuppressed(thrown);
      }
      throw t;
    }
    return thrown;
  }

  /** Runs the workload with a fault ahead, and rolls back whatever came of it. */
  private void run(Workload workload, IndexWriter writer) throws IOException {
    try {
      workload.go(writer);
    } finally {
      points.disarm();
      Thread.interrupted();
      writer.rollback();
    }
  }

  /**
   * Lets faults occur at places that are chosen evenly among kinds.
   *
   * @param count number of faults
   */
  private void injectFaults(int count, int size, int workers, Set<Kind> kinds, Fault... faults)
      throws IOException {
    int before = points.occurred();
    for (int attempts = 0; points.occurred() - before < count; attempts++) {
      assertTrue("faults do not occur", attempts < 10 + count);
      Workload workload = new Workload(size, workers);
      Map<Kind, Integer> passed = new EnumMap<>(Kind.class);
      Throwable none =
          survive(
              workload,
              (directory, w) -> {
                IndexWriter writer = w.writer(directory, w.config(w.codec(points.executor(pool))));
                points.disarm();
                w.go(writer);
                for (Kind kind : kinds) {
                  if (points.passed(kind) > 0) {
                    passed.put(kind, points.passed(kind));
                  }
                }
                writer.rollback();
              });
      assertNull(none);
      assertTrue(workload.vectorFilesOnly || passed.keySet().containsAll(kinds));
      for (int i = 0; i < PLACES_PER_WORKLOAD; i++) {
        Kind kind = RandomPicks.randomFrom(random(), passed.keySet());
        int index = random().nextInt(passed.get(kind));
        Fault fault = RandomPicks.randomFrom(random(), faults);
        survive(
            workload,
            (directory, w) -> {
              IndexWriter writer = w.writer(directory, w.config(w.codec(points.executor(pool))));
              points.arm(kind, index, fault);
              run(w, writer);
            });
      }
    }
  }

  private static final Fault IO_EXCEPTION =
      () -> {
        throw new MockDirectoryWrapper.FakeIOException();
      };

  private static final Fault OUT_OF_MEMORY =
      () -> {
        throw new OutOfMemoryError("not really");
      };

  private static final Set<Kind> FILES = EnumSet.range(Kind.CREATE, Kind.DELETE);

  public void testFiles() throws IOException {
    injectFaults(atLeast(40), random().nextInt(40, 200), 1, FILES, IO_EXCEPTION, OUT_OF_MEMORY);
  }

  /** Reads fail on whatever thread makes them. */
  public void testFilesWithWorkers() throws IOException {
    injectFaults(atLeast(20), random().nextInt(200, 500), 3, FILES, IO_EXCEPTION, OUT_OF_MEMORY);
  }

  /** Lucene's writer of flat vectors fails under ours. */
  public void testFlatWriter() throws IOException {
    int before = points.occurred();
    int count = atLeast(20);
    while (points.occurred() - before < count) {
      Workload workload = unsorted();
      survive(
          workload,
          (directory, w) -> {
            FormatParams params = new FormatParams(8, 20, w.options(pool), 0);
            KnnVectorsFormat ours = w.format(w.options(pool));
            KnnVectorsFormat format =
                new KnnVectorsFormat(ours.getName()) {
                  private final FlatVectorsFormat flat = w.flatFormat();

                  @Override
                  public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
                    FlatVectorsWriter writer = points.flatWriter(flat.fieldsWriter(state));
                    return LuceneVersion.api()
                        .newWriter(
                            state, params, flat, writer, FlatVectorsReader::getFloatVectorValues);
                  }

                  @Override
                  public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
                    return ours.fieldsReader(state);
                  }

                  @Override
                  public int getMaxDimensions(String field) {
                    return 10;
                  }
                };
            IndexWriter writer = w.writer(directory, w.config(Indexes.anyCodec(format)));
            points.arm(
                Kind.FLAT_WRITER,
                random().nextInt(24),
                random().nextBoolean() ? IO_EXCEPTION : OUT_OF_MEMORY);
            run(w, writer);
          });
    }
  }

  /** In each phase of builds, at flushes and merges. */
  public void testPhases() throws IOException {
    Set<Kind> phases = EnumSet.of(Kind.PHASE);
    injectFaults(atLeast(20), random().nextInt(40, 200), 1, phases, IO_EXCEPTION, OUT_OF_MEMORY);
    injectFaults(atLeast(5), 2100, 3, phases, IO_EXCEPTION, OUT_OF_MEMORY);
  }

  /** The executor rejects, has no memory for another thread, ends, or interrupts the builder. */
  public void testExecutor() throws IOException {
    Set<Kind> execute = EnumSet.of(Kind.EXECUTE);
    injectFaults(
        atLeast(20),
        random().nextInt(300, 600),
        3,
        execute,
        OUT_OF_MEMORY,
        () -> {
          throw new RejectedExecutionException("not really");
        },
        () -> {
          throw new IllegalStateException("not really");
        },
        () -> {
          pool.shutdownNow();
          newPool();
        },
        () -> Thread.currentThread().interrupt());
  }

  /** Lucene's own: files fail at random, for as long as the writer lives. */
  public void testRandomIOExceptions() throws IOException {
    int failed = 0;
    for (int count = atLeast(20); failed < count; ) {
      Throwable thrown =
          survive(
              unsorted(),
              (directory, w) -> {
                IndexWriter writer = new IndexWriter(directory, w.config(w.codec(pool)));
                directory.setRandomIOExceptionRate(random().nextDouble() * 0.05);
                directory.setRandomIOExceptionRateOnOpen(random().nextDouble() * 0.05);
                try {
                  w.go(writer);
                } finally {
                  directory.setRandomIOExceptionRate(0);
                  directory.setRandomIOExceptionRateOnOpen(0);
                  writer.rollback();
                }
              });
      failed += thrown != null ? 1 : 0;
    }
  }

  /** Lucene's own: the disk is full. */
  public void testDiskFull() throws IOException {
    int failed = 0;
    for (int count = atLeast(20); failed < count; ) {
      Throwable thrown =
          survive(
              unsorted(),
              (directory, w) -> {
                directory.setTrackDiskUsage(true);
                IndexWriter writer = new IndexWriter(directory, w.config(w.codec(pool)));
                long used = directory.sizeInBytes();
                directory.setMaxSizeInBytes(used + random().nextLong(used * 6));
                try {
                  w.go(writer);
                } finally {
                  directory.setMaxSizeInBytes(0);
                  writer.rollback();
                }
              });
      failed += thrown != null ? 1 : 0;
    }
  }

  /** Lucene's own: the machine stops, and loses or garbles what was not synced. */
  public void testCrash() throws IOException {
    int before = points.occurred();
    int count = atLeast(20);
    while (points.occurred() - before < count) {
      Workload workload = unsorted();
      Kind kind = random().nextBoolean() ? Kind.WRITE : Kind.CREATE;
      survive(
          workload,
          (directory, w) -> {
            IndexWriter writer = w.writer(directory, w.config(w.codec(pool)));
            points.arm(kind, random().nextInt(kind == Kind.WRITE ? 2000 : 40), directory::crash);
            try {
              w.go(writer);
            } finally {
              points.disarm();
              try {
                writer.rollback();
              } catch (
                  @SuppressWarnings("unused")
                  IOException crashed) {
                // it cannot delete what it wrote
              }
            }
          });
    }
  }

  /** A merge is aborted by the end of its writer, wherever it happens to be. */
  public void testAbortedMerges() throws IOException {
    int before = points.occurred();
    int count = atLeast(15);
    int aborted = 0;
    while (points.occurred() - before < count) {
      int workers = random().nextInt(1, 4);
      Workload workload = new Workload(random().nextInt(300, 900), workers);
      Throwable thrown =
          survive(
              workload,
              (directory, w) -> {
                IndexWriter writer =
                    w.writer(
                        directory,
                        w.config(w.codec(points.executor(pool)))
                            .setMergeScheduler(new ConcurrentMergeScheduler()));
                CountDownLatch merging = new CountDownLatch(1);
                Thread closer =
                    new Thread(
                        () -> {
                          try {
                            merging.await();
                            writer.rollback();
                          } catch (InterruptedException | IOException e) {
                            throw new AssertionError(e);
                          }
                        });
                closer.start();
                Kind kind = RandomPicks.randomFrom(random(), List.of(Kind.READ, Kind.PHASE));
                points.arm(
                    kind,
                    random().nextInt(kind == Kind.READ ? 3000 : 40),
                    () -> {
                      merging.countDown();
                      sleep();
                    });
                try {
                  w.go(writer);
                } finally {
                  merging.countDown();
                  closer.join();
                }
              });
      aborted += thrown != null ? 1 : 0;
    }
    assertTrue("aborted=" + aborted, aborted > count / 3);
  }

  private static void sleep() {
    try {
      Thread.sleep(random().nextInt(3));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
