// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.construction.GraphBuilders;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsReader;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.NamedThreadFactory;

/** Default parameters, but every segment gets a graph; and the parameters themselves. */
public class TestBatchedHnswVectorsFormat extends FormatTestCase {
  private static final int MAX_CONN = Lucene99HnswVectorsFormat.DEFAULT_MAX_CONN;
  private static final int BEAM_WIDTH = Lucene99HnswVectorsFormat.DEFAULT_BEAM_WIDTH;

  @Override
  protected Codec getCodec() {
    return TestUtil.alwaysKnnVectorsFormat(new BatchedHnswVectorsFormat(MAX_CONN, BEAM_WIDTH, 0));
  }

  public void testMaxConnBounds() {
    for (int bad : new int[] {Integer.MIN_VALUE, -1, 0, 513, Integer.MAX_VALUE}) {
      assertSameRejection(
          () -> new BatchedHnswVectorsFormat(bad, BEAM_WIDTH),
          () -> new Lucene99HnswVectorsFormat(bad, BEAM_WIDTH),
          List.of("maxConn must be", "512", "maxConn=" + bad));
    }
    new BatchedHnswVectorsFormat(1, BEAM_WIDTH);
    new BatchedHnswVectorsFormat(512, BEAM_WIDTH);
  }

  public void testBeamWidthBounds() {
    for (int bad : new int[] {Integer.MIN_VALUE, -1, 0, 3201, Integer.MAX_VALUE}) {
      assertSameRejection(
          () -> new BatchedHnswVectorsFormat(MAX_CONN, bad),
          () -> new Lucene99HnswVectorsFormat(MAX_CONN, bad),
          List.of("beamWidth must be", "3200", "beamWidth=" + bad));
    }
    new BatchedHnswVectorsFormat(MAX_CONN, 1);
    new BatchedHnswVectorsFormat(MAX_CONN, 3200);
  }

  /** Not only where the first document is added. */
  public void testSystemPropertyIsCheckedAtOnce() {
    System.setProperty(GraphBuilders.PROPERTY, "fast");
    try {
      for (ThrowingRunnable constructor :
          List.<ThrowingRunnable>of(
              BatchedHnswVectorsFormat::new,
              BatchedHnswScalarQuantizedVectorsFormat::new,
              () -> BatchedHnswCodec.wrap(Codec.getDefault()))) {
        assertEquals(
            "batchedhnsw.builder must be auto, bulk or insertion; batchedhnsw.builder=fast",
            expectThrows(IllegalArgumentException.class, constructor).getMessage());
      }
    } finally {
      System.clearProperty(GraphBuilders.PROPERTY);
    }
  }

  public void testBoundsHoldInEveryConstructor() {
    for (int bad : new int[] {0, 513}) {
      List<ThrowingBuild> builds =
          List.of(
              () -> new BatchedHnswVectorsFormat(bad, 100),
              () -> new BatchedHnswVectorsFormat(bad, 100, 0),
              () -> new BatchedHnswVectorsFormat(bad, 100, 1, null),
              () -> new BatchedHnswVectorsFormat(bad, 100, 1, null, 0),
              () -> new BatchedHnswVectorsFormat(bad, 100, 1, null, 0, 1));
      for (ThrowingBuild build : builds) {
        expectThrows(IllegalArgumentException.class, build::build);
      }
    }
  }

  public void testWorkersAndExecutor() {
    ExecutorService executor =
        Executors.newFixedThreadPool(1, new NamedThreadFactory("workers-and-executor"));
    try {
      assertSameRejection(
          () -> new BatchedHnswVectorsFormat(MAX_CONN, BEAM_WIDTH, 1, executor),
          () -> new Lucene99HnswVectorsFormat(MAX_CONN, BEAM_WIDTH, 1, executor),
          List.of("No executor service is needed as we'll use single thread to merge"));
      expectThrows(
          IllegalArgumentException.class,
          () -> new BatchedHnswVectorsFormat(MAX_CONN, BEAM_WIDTH, 1, executor, 0, 1));
      String message =
          expectThrows(
                  IllegalArgumentException.class,
                  () -> new BatchedHnswVectorsFormat(MAX_CONN, BEAM_WIDTH, 1, null, 0, 3))
              .getMessage();
      assertTrue(message, message.contains("flushWorkers must be 1"));
      assertTrue(message, message.contains("flushWorkers=3"));
      for (int bad : new int[] {Integer.MIN_VALUE, -1, 0}) {
        message =
            expectThrows(
                    IllegalArgumentException.class,
                    () -> new BatchedHnswVectorsFormat(MAX_CONN, BEAM_WIDTH, 2, executor, 0, bad))
                .getMessage();
        assertEquals("flushWorkers must be at least 1; flushWorkers=" + bad, message);
        message =
            expectThrows(
                    IllegalArgumentException.class,
                    () -> new BatchedHnswVectorsFormat(MAX_CONN, BEAM_WIDTH, bad, null))
                .getMessage();
        assertEquals("numMergeWorkers must be at least 1; numMergeWorkers=" + bad, message);
      }
      // Stock takes these as well: workers of the merge scheduler.
      new BatchedHnswVectorsFormat(MAX_CONN, BEAM_WIDTH, 4, null);
      // One worker for merges is fine with an executor where flushes use it.
      new BatchedHnswVectorsFormat(MAX_CONN, BEAM_WIDTH, 1, executor, 0, 2);
    } finally {
      TestUtil.shutdownExecutorService(executor);
    }
  }

  public void testToStringTellsAllParameters() {
    ExecutorService executor = Executors.newFixedThreadPool(1, new NamedThreadFactory("to-string"));
    try {
      String told = new BatchedHnswVectorsFormat(7, 77, 3, executor, 13, 5).toString();
      for (String part :
          List.of(
              "BatchedHnswVectorsFormat(",
              "name=Lucene99HnswVectorsFormat,",
              "maxConn=7,",
              "beamWidth=77,",
              "numMergeWorkers=3,",
              "flushWorkers=5,",
              "executor=" + executor + ",",
              "memoryBudgetBytes=9223372036854775807,",
              "minFlushGraphSize=0,",
              "tinySegmentsThreshold=13,",
              "flatVectorFormat=Lucene99FlatVectorsFormat(")) {
        assertTrue(part + " in " + told, told.contains(part));
      }
      String defaults = new BatchedHnswVectorsFormat().toString();
      for (String part :
          List.of(
              "maxConn=16,",
              "beamWidth=100,",
              "numMergeWorkers=1,",
              "flushWorkers=1,",
              "executor=null,",
              "tinySegmentsThreshold=100,")) {
        assertTrue(part + " in " + defaults, defaults.contains(part));
      }
    } finally {
      TestUtil.shutdownExecutorService(executor);
    }
  }

  public void testSameNameAndLimitsAsStock() {
    KnnVectorsFormat ours = new BatchedHnswVectorsFormat();
    KnnVectorsFormat stock = new Lucene99HnswVectorsFormat();
    assertEquals(stock.getName(), ours.getName());
    assertEquals(stock.getMaxDimensions("any"), ours.getMaxDimensions("any"));
  }

  public void testRecordsTheStockNameAndReadsWithTheStockReader() throws Exception {
    try (Directory dir = newDirectory();
        IndexWriter writer =
            new IndexWriter(
                dir,
                new IndexWriterConfig()
                    .setCodec(
                        Indexes.codec(new BatchedHnswVectorsFormat(MAX_CONN, BEAM_WIDTH, 0))))) {
      Document doc = new Document();
      doc.add(new KnnFloatVectorField("v", new float[] {1, 2, 3}));
      writer.addDocument(doc);
      try (DirectoryReader reader = DirectoryReader.open(writer)) {
        CodecReader leaf = (CodecReader) getOnlyLeafReader(reader);
        FieldInfo info = leaf.getFieldInfos().fieldInfo("v");
        assertEquals(
            "Lucene99HnswVectorsFormat",
            info.getAttribute(PerFieldKnnVectorsFormat.PER_FIELD_FORMAT_KEY));
        PerFieldKnnVectorsFormat.FieldsReader fields =
            (PerFieldKnnVectorsFormat.FieldsReader) leaf.getVectorReader();
        assertEquals(Lucene99HnswVectorsReader.class, fields.getFieldReader("v").getClass());
      }
    }
  }

  @FunctionalInterface
  private interface ThrowingBuild {
    Object build();
  }

  /** Both refuse with the same type, and our message has the parts that the stock message has. */
  private static void assertSameRejection(
      ThrowingBuild ours, ThrowingBuild stock, List<String> messageParts) {
    String stockMessage = expectThrows(IllegalArgumentException.class, stock::build).getMessage();
    String message = expectThrows(IllegalArgumentException.class, ours::build).getMessage();
    for (String part : messageParts) {
      assertTrue(part + " in stock's " + stockMessage, stockMessage.contains(part));
      assertTrue(part + " in " + message, message.contains(part));
    }
  }
}
