// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import io.github.batchedhnsw.VectorData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.FilterIndexOutput;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** What a host hears about graphs, and that it hears nothing else. */
public class TestBuildListener extends LuceneTestCase {

  private static final class Heard implements BuildListener {
    final List<BuiltGraph> graphs = Collections.synchronizedList(new ArrayList<>());
    final List<String> failures = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void built(BuiltGraph graph) {
      graphs.add(graph);
    }

    @Override
    public void failed(String field, int vectors, Throwable cause) {
      failures.add(field + " " + vectors + " " + cause.getMessage());
    }
  }

  private static Codec codec(BuildListener listener) {
    return BatchedHnswCodec.wrap(
        TestUtil.getDefaultCodec(), BuildOptions.DEFAULT.withListener(listener));
  }

  private static void index(IndexWriter writer, float[][] vectors) throws IOException {
    for (int i = 0; i < vectors.length; i++) {
      writer.addDocument(Indexes.document(i, vectors[i], VectorSimilarityFunction.EUCLIDEAN));
    }
  }

  public void testFlushMergeAndNoGraph() throws IOException {
    Heard heard = new Heard();
    float[][] vectors = VectorData.uniform(random(), 1500, 6);
    try (Directory dir = newDirectory();
        IndexWriter writer = new IndexWriter(dir, Indexes.config(codec(heard)))) {
      index(writer, vectors);
      writer.commit();
      index(writer, VectorData.uniform(random(), 10, 6)); // too few for a graph
      writer.commit();
      assertEquals(1, heard.graphs.size());
      writer.forceMerge(1);
    }
    assertEquals(2, heard.graphs.size());
    assertEquals(List.of(), heard.failures);
    BuiltGraph flushed = heard.graphs.get(0);
    BuiltGraph merged = heard.graphs.get(1);
    assertEquals(1500, flushed.vectors());
    assertEquals(1510, merged.vectors());
    assertNotEquals(flushed.segment(), merged.segment());
    for (BuiltGraph graph : heard.graphs) {
      assertEquals(Indexes.FIELD, graph.field());
      assertEquals(6, graph.dimension());
      assertEquals(1, graph.workers());
      assertTrue("nanos=" + graph.nanos(), graph.nanos() > 0);
    }
    assertEquals("bulk", flushed.plan());
    assertEquals("extension", merged.plan());
  }

  /** The flat vectors cannot be merged, or not be opened for the graph that is built from them. */
  public void testFailureBeforeTheGraph() throws IOException {
    for (boolean writing : new boolean[] {true, false}) {
      Heard heard = new Heard();
      AtomicBoolean failing = new AtomicBoolean();
      try (Directory dir = newDirectory()) {
        Directory files =
            new FilterDirectory(dir) {
              @Override
              public IndexOutput createOutput(String name, IOContext context) throws IOException {
                IndexOutput output = super.createOutput(name, context);
                return !failing.get() || !writing || !name.endsWith(".vec")
                    ? output
                    : new FilterIndexOutput(name, name, output) {
                      @Override
                      public void writeBytes(byte[] b, int offset, int length) throws IOException {
                        if (getFilePointer() > 1000) {
                          throw new IOException("disk full");
                        }
                        super.writeBytes(b, offset, length);
                      }
                    };
              }

              @Override
              public IndexInput openInput(String name, IOContext context) throws IOException {
                if (failing.get() && !writing && name.endsWith(".vemf")) {
                  throw new IOException("cannot open");
                }
                return super.openInput(name, context);
              }
            };
        IndexWriter writer = new IndexWriter(files, Indexes.config(codec(heard)));
        index(writer, VectorData.uniform(random(), 400, 6));
        writer.commit();
        index(writer, VectorData.uniform(random(), 400, 6));
        writer.commit();
        DirectoryReader.open(writer).close(); // the segments to be merged are open from now on
        try (DirectoryReader reader = DirectoryReader.open(writer)) {
          assertEquals(2, reader.leaves().size());
          failing.set(true);
          expectThrows(IOException.class, () -> writer.forceMerge(1));
          failing.set(false);
        }
        writer.rollback();
      }
      assertEquals(
          List.of(Indexes.FIELD + " 0 " + (writing ? "disk full" : "cannot open")), heard.failures);
    }
  }

  public void testFailure() throws IOException {
    Heard heard = new Heard();
    try (Directory dir = newDirectory()) {
      Directory failing =
          new FilterDirectory(dir) {
            @Override
            public IndexOutput createOutput(String name, IOContext context) throws IOException {
              IndexOutput output = super.createOutput(name, context);
              return !name.endsWith(".vex")
                  ? output
                  : new FilterIndexOutput(name, name, output) {
                    @Override
                    public void writeBytes(byte[] b, int offset, int length) throws IOException {
                      if (length > 100) {
                        throw new IOException("disk full");
                      }
                      super.writeBytes(b, offset, length);
                    }
                  };
            }
          };
      IndexWriter writer = new IndexWriter(failing, Indexes.config(codec(heard)));
      index(writer, VectorData.uniform(random(), 800, 6));
      IOException thrown = expectThrows(IOException.class, writer::commit);
      assertEquals("disk full", thrown.getMessage());
      writer.rollback();
    }
    assertEquals(List.of(), heard.graphs);
    assertEquals(List.of(Indexes.FIELD + " 800 disk full"), heard.failures);
  }
}
