// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import static org.apache.lucene.index.VectorSimilarityFunction.EUCLIDEAN;

import com.sun.management.OperatingSystemMXBean;
import io.github.batchedhnsw.VectorData;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.vectors.VectorSet;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.OneMergeWrappingMergePolicy;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.InfoStream;
import org.apache.lucene.util.NamedThreadFactory;

/**
 * A rollback while a graph is merged returns soon, which is after little work, whatever the merge
 * is doing, and leaves what was committed. {@code -Dtests.nightly=true} does it with 100,000
 * vectors of 768 dimensions.
 */
public class TestMergeAborts extends LuceneTestCase {
  /** Of the process: two threads build, and others compile methods and collect garbage. */
  private static final double MOST_PROCESSOR_SECONDS = 3;

  /** Says when a merge has come to a message. */
  private static final class Watch extends InfoStream {
    final String text;
    final CountDownLatch seen = new CountDownLatch(1);

    Watch(String text) {
      this.text = text;
    }

    @Override
    public void message(String component, String message) {
      if (message.contains(text)) {
        seen.countDown();
      }
    }

    @Override
    public boolean isEnabled(String component) {
      return component.equals("HNSW");
    }

    @Override
    public void close() {}
  }

  public void testRollback() throws Exception {
    int size = TEST_NIGHTLY ? 100_000 : 12_000;
    int dimension = TEST_NIGHTLY ? 768 : 200;
    float[][] some = VectorData.uniform(random(), 2000, dimension);
    for (boolean extend : new boolean[] {false, true}) {
      try (Directory dir = FSDirectory.open(createTempDir())) {
        try (IndexWriter writer =
            new IndexWriter(
                dir,
                Indexes.config(Indexes.codec(Indexes.ours()))
                    .setRAMBufferSizeMB(1500)
                    .setMergePolicy(NoMergePolicy.INSTANCE))) {
          int segment = extend ? size * 9 / 10 : size / 3;
          for (int i = 0; i < size; i++) {
            float[] vector = some[i % some.length].clone();
            vector[i / some.length] += 1;
            vector[random().nextInt(dimension)] += 0.1f;
            writer.addDocument(Indexes.document(i, vector, EUCLIDEAN));
            if (i % segment == segment - 1) {
              writer.flush();
            }
          }
        }
        String[] places =
            extend
                ? new String[] {"merge: building", " kept ", " clusters", "selected neighbours"}
                : new String[] {
                  "merge: building",
                  " clusters",
                  "candidates hold",
                  "selected neighbours",
                  "added reverse edges"
                };
        for (String place : places) {
          rollBack(dir, new Watch(place), size, random().nextInt(300));
        }
      }
    }
  }

  /** While all vectors are read for their lengths, which is before there is any message. */
  public void testLengths() throws IOException {
    Messages messages = new Messages();
    AtomicInteger aborted = new AtomicInteger();
    String readsAll = VectorSet.class.getPackageName();
    MergePolicy merges =
        new OneMergeWrappingMergePolicy(
            new TieredMergePolicy(),
            merge ->
                new MergePolicy.OneMerge(merge.segments) {
                  @Override
                  public void checkAborted() throws MergePolicy.MergeAbortedException {
                    boolean reading =
                        StackWalker.getInstance()
                            .walk(all -> all.anyMatch(f -> f.getClassName().startsWith(readsAll)));
                    if (reading) {
                      aborted.incrementAndGet();
                      setAborted();
                    }
                    super.checkAborted();
                  }
                });
    float[][] vectors = VectorData.uniform(random(), 3000, 4);
    try (Directory dir = newDirectory()) {
      try (IndexWriter writer =
          new IndexWriter(
              dir,
              Indexes.config(Indexes.codec(Indexes.ours()))
                  .setInfoStream(messages)
                  .setMergePolicy(merges))) {
        for (int i = 0; i < vectors.length; i++) {
          writer.addDocument(Indexes.document(i, vectors[i], EUCLIDEAN));
          if (i == vectors.length / 2) {
            writer.flush();
          }
        }
        IOException thrown = expectThrows(IOException.class, () -> writer.forceMerge(1));
        assertEquals(MergePolicy.MergeAbortedException.class, thrown.getCause().getClass());
      }
      assertEquals(1, aborted.get());
      assertEquals(List.of(), messages.with("merge"));
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        assertEquals(2, reader.leaves().size());
        assertEquals(vectors.length, reader.numDocs());
      }
    }
  }

  /**
   * Aborts merges at each place that asks whether to go on, one after the other: at the first time
   * that it does, or at a later one. The merge ends there, and nothing is lost.
   */
  public void testEveryPlace() throws IOException {
    Set<String> places = new TreeSet<>();
    for (Shape shape : Shape.values()) {
      try (Directory dir = newDirectory()) {
        float[][] vectors = shape.index(dir);
        Abort none = new Abort(null, 0);
        merge(dir, shape, none); // and rolls that back
        places.addAll(none.passed.keySet());
        for (Map.Entry<String, Integer> place : none.passed.entrySet()) {
          int later = random().nextInt(place.getValue());
          boolean first = random().nextBoolean();
          for (int time : TEST_NIGHTLY ? new int[] {0, later} : new int[] {first ? 0 : later}) {
            Abort abort = new Abort(place.getKey(), time);
            merge(dir, shape, abort);
            assertTrue(place.toString(), abort.done);
            assertEquals("asked again after " + place, 0, abort.after);
            assertEquals(1, abort.failures.size());
            assertEquals(MergePolicy.MergeAbortedException.class, abort.failures.get(0).getClass());
            try (DirectoryReader reader = DirectoryReader.open(dir)) {
              assertEquals(2, reader.leaves().size());
              assertEquals(
                  vectors.length, Indexes.idsWithVectors(reader, Indexes.FIELD, vectors).size());
            }
          }
        }
        Indexes.check(dir);
      }
    }
    for (String expected :
        List.of(
            "SegmentGraphs.mergedDocs",
            "Duplicates.hashes",
            "Duplicates.representatives",
            "Grouping.makeCells",
            "Grouping.assign",
            "Lloyd.centroids",
            "SampledNeighbors.of",
            "ClusterJoin.checkAborted", // while planning
            "ClusterJoin.forEachRow",
            "KeptLists.takeOver",
            "LongEdgeAdder.addEdges",
            "DegreeTruncator.inDegrees",
            "LevelAdder.addBatch",
            "InsertionOrder.of",
            "Build.enter",
            "BatchInserter.insert",
            "ReverseEdges.scatter",
            "ReverseEdges.forEachTarget",
            "SpanningTree.grow",
            "NavigabilityRepair.search",
            "NavigabilityRepair.recall",
            "FlatAdjacency.moveTo",
            "DuplicateChains.chain",
            "GraphEncoder.write")) {
      assertTrue(expected + " in " + places, places.contains(expected));
    }
  }

  /** What is merged, and how. */
  private enum Shape {
    REBUILD,
    EXTEND,
    INSERT;

    /** Two segments, of which one in three vectors is there twice, unless a graph is extended. */
    float[][] index(Directory dir) throws IOException {
      int size = this == REBUILD ? 8000 : 1500;
      float[][] vectors = VectorData.uniform(random(), size, 4);
      for (int i = 0; i < size && this != EXTEND; i += 3) {
        vectors[i] = vectors[size - 1 - i];
      }
      IndexWriterConfig config =
          Indexes.config(Indexes.codec(Indexes.ours())).setMergePolicy(NoMergePolicy.INSTANCE);
      try (IndexWriter writer = new IndexWriter(dir, config)) {
        for (int i = 0; i < size; i++) {
          writer.addDocument(Indexes.document(i, vectors[i], EUCLIDEAN));
          if (i == (this == EXTEND ? size * 9 / 10 : size / 2)) {
            writer.flush();
          }
        }
      }
      return vectors;
    }

    BuildOptions options() {
      return this == INSERT ? BuildOptions.DEFAULT.withMemoryBudget(1) : BuildOptions.DEFAULT;
    }
  }

  /** Aborts the merge when a place asks for the n-th time; keeps count of all places. */
  private static final class Abort implements BuildListener {
    final Map<String, Integer> passed = new TreeMap<>();
    final List<Throwable> failures = new ArrayList<>();
    private final String place;
    private final int time;
    boolean done;
    int after;

    Abort(String place, int time) {
      this.place = place;
      this.time = time;
    }

    MergePolicy policy() {
      return new OneMergeWrappingMergePolicy(
          new TieredMergePolicy(),
          merge ->
              new MergePolicy.OneMerge(merge.segments) {
                @Override
                public void checkAborted() throws MergePolicy.MergeAbortedException {
                  String caller = caller();
                  if (caller != null) {
                    after += done ? 1 : 0;
                    int before = passed.merge(caller, 1, Integer::sum) - 1;
                    if (caller.equals(place) && before == time) {
                      done = true;
                      setAborted();
                    }
                  }
                  super.checkAborted();
                }
              });
    }

    @Override
    public void failed(String field, int vectors, Throwable cause) {
      failures.add(cause);
    }

    /** Which of our methods asks by {@code ParallelRanges}, or null. */
    private static String caller() {
      String ranges = ParallelRanges.class.getName();
      return StackWalker.getInstance()
          .walk(
              frames ->
                  frames
                      .dropWhile(frame -> !frame.getClassName().startsWith(ranges))
                      .dropWhile(frame -> frame.getClassName().startsWith(ranges))
                      .findFirst()
                      .map(frame -> simple(frame.getClassName()) + "." + frame.getMethodName())
                      .orElse(null));
    }

    private static String simple(String className) {
      return className.substring(1 + Math.max(className.lastIndexOf('.'), className.indexOf('$')));
    }
  }

  /** Merges to one segment, and rolls back. */
  private static void merge(Directory dir, Shape shape, Abort abort) throws IOException {
    BatchedHnswVectorsFormat format =
        new BatchedHnswVectorsFormat(16, 100, shape.options().withListener(abort), 0);
    IndexWriterConfig config = Indexes.config(Indexes.codec(format)).setMergePolicy(abort.policy());
    IndexWriter writer = new IndexWriter(dir, config);
    try {
      writer.forceMerge(1);
      assertFalse("went on after " + abort.place, abort.done);
    } catch (IOException e) {
      assertEquals(MergePolicy.MergeAbortedException.class, e.getCause().getClass());
    } finally {
      writer.rollback();
    }
  }

  /** Unlike the time of day it does not go on while other processes have the processor. */
  private static long processorNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  private static void rollBack(Directory dir, Watch watch, int size, int millis) throws Exception {
    ExecutorService builders = Executors.newFixedThreadPool(1, new NamedThreadFactory("builders"));
    IndexWriterConfig config =
        Indexes.config(Indexes.codec(new BatchedHnswVectorsFormat(16, 100, 2, builders, 0)))
            .setMergeScheduler(new ConcurrentMergeScheduler())
            .setInfoStream(watch);
    try {
      IndexWriter writer = new IndexWriter(dir, config);
      writer.forceMerge(1, false);
      assertTrue(watch.text, watch.seen.await(2, TimeUnit.MINUTES));
      Thread.sleep(millis);
      long startNanos = processorNanos();
      writer.rollback();
      double seconds = (processorNanos() - startNanos) / 1e9;
      assertTrue(
          "after \"" + watch.text + "\" and " + millis + " ms: " + seconds + " s",
          seconds < MOST_PROCESSOR_SECONDS);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        assertEquals(size, reader.numDocs());
        assertTrue(reader.leaves().size() > 1);
      }
    } finally {
      TestUtil.shutdownExecutorService(builders);
    }
  }
}
