// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.codec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.lucene.codecs.hnsw.FlatFieldVectorsWriter;
import org.apache.lucene.codecs.hnsw.FlatVectorsWriter;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.index.Sorter;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.FilterIndexOutput;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.InfoStream;
import org.apache.lucene.util.hnsw.HnswGraphBuilder;

/**
 * Places where something can go wrong: each operation of a directory, each phase of a build, each
 * task given to an executor. They are counted, and one of them can be made to fail. Thread-safe.
 */
final class FaultPoints {

  /** A kind of place. */
  enum Kind {
    CREATE,
    WRITE,
    CLOSE_OUTPUT,
    OPEN,
    READ,
    SYNC,
    RENAME,
    DELETE,
    FLAT_WRITER,
    PHASE,
    EXECUTE
  }

  /** What goes wrong. */
  @FunctionalInterface
  interface Fault {
    void occur() throws IOException;
  }

  private final Map<Kind, AtomicInteger> counts = new EnumMap<>(Kind.class);
  private volatile Kind kind;
  private volatile int index;
  private volatile Fault fault;
  private final AtomicInteger occurred = new AtomicInteger();

  FaultPoints() {
    for (Kind each : Kind.values()) {
      counts.put(each, new AtomicInteger());
    }
  }

  /** How many places of a kind were passed since the last {@link #arm} or {@link #disarm}. */
  int passed(Kind ofKind) {
    return counts.get(ofKind).get();
  }

  /** Lets the place of a kind with an index fail. */
  void arm(Kind ofKind, int atIndex, Fault what) {
    disarm();
    index = atIndex;
    fault = what;
    kind = ofKind;
  }

  /** From now on nothing fails; counts start anew. */
  void disarm() {
    kind = null;
    counts.values().forEach(count -> count.set(0));
  }

  /** How many faults have occurred at all. */
  int occurred() {
    return occurred.get();
  }

  void pass(Kind here) throws IOException {
    int passed = counts.get(here).getAndIncrement();
    if (here == kind && passed == index) {
      kind = null;
      occurred.incrementAndGet();
      fault.occur();
    }
  }

  /**
   * The same directory, with its operations as places.
   *
   * @param names of files whose operations are
   */
  Directory directory(Directory delegate, Predicate<String> names) {
    return new FilterDirectory(delegate) {
      private void pass(Kind here, String name) throws IOException {
        if (names.test(name)) {
          FaultPoints.this.pass(here);
        }
      }

      @Override
      public IndexOutput createOutput(String name, IOContext context) throws IOException {
        pass(Kind.CREATE, name);
        IndexOutput output = super.createOutput(name, context);
        return names.test(name) ? new Output(name, output) : output;
      }

      @Override
      public IndexInput openInput(String name, IOContext context) throws IOException {
        pass(Kind.OPEN, name);
        IndexInput input = super.openInput(name, context);
        return names.test(name) ? new Input(name, input) : input;
      }

      @Override
      public void sync(Collection<String> synced) throws IOException {
        for (String name : synced) {
          pass(Kind.SYNC, name);
        }
        super.sync(synced);
      }

      @Override
      public void rename(String source, String dest) throws IOException {
        FaultPoints.this.pass(Kind.RENAME);
        super.rename(source, dest);
      }

      @Override
      public void deleteFile(String name) throws IOException {
        pass(Kind.DELETE, name);
        super.deleteFile(name);
      }
    };
  }

  private final class Output extends FilterIndexOutput {
    Output(String name, IndexOutput delegate) {
      super("faulty", name, delegate);
    }

    @Override
    public void writeByte(byte b) throws IOException {
      pass(Kind.WRITE);
      super.writeByte(b);
    }

    @Override
    public void writeBytes(byte[] bytes, int offset, int length) throws IOException {
      pass(Kind.WRITE);
      super.writeBytes(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      super.close();
      pass(Kind.CLOSE_OUTPUT);
    }
  }

  private final class Input extends IndexInput {
    private final IndexInput delegate;

    Input(String name, IndexInput delegate) {
      super(name);
      this.delegate = delegate;
    }

    @Override
    public byte readByte() throws IOException {
      pass(Kind.READ);
      return delegate.readByte();
    }

    @Override
    public void readBytes(byte[] bytes, int offset, int length) throws IOException {
      pass(Kind.READ);
      delegate.readBytes(bytes, offset, length);
    }

    @Override
    public void readFloats(float[] floats, int offset, int length) throws IOException {
      pass(Kind.READ);
      delegate.readFloats(floats, offset, length);
    }

    @Override
    public void close() throws IOException {
      delegate.close();
    }

    @Override
    public long getFilePointer() {
      return delegate.getFilePointer();
    }

    @Override
    public void seek(long position) throws IOException {
      delegate.seek(position);
    }

    @Override
    public long length() {
      return delegate.length();
    }

    @Override
    public IndexInput clone() {
      return new Input(toString(), delegate.clone());
    }

    @Override
    public IndexInput slice(String description, long offset, long length) throws IOException {
      return new Input(description, delegate.slice(description, offset, length));
    }
  }

  /** A writer of flat vectors whose calls are places. */
  FlatVectorsWriter flatWriter(FlatVectorsWriter delegate) {
    return new FlatVectorsWriter(delegate.getFlatVectorScorer()) {
      @Override
      public FlatFieldVectorsWriter<?> addField(FieldInfo fieldInfo) throws IOException {
        pass(Kind.FLAT_WRITER);
        return delegate.addField(fieldInfo);
      }

      @Override
      public void flush(int maxDoc, Sorter.DocMap sortMap) throws IOException {
        pass(Kind.FLAT_WRITER);
        delegate.flush(maxDoc, sortMap);
        pass(Kind.FLAT_WRITER);
      }

      @Override
      public void mergeOneFlatVectorField(FieldInfo fieldInfo, MergeState mergeState)
          throws IOException {
        pass(Kind.FLAT_WRITER);
        delegate.mergeOneFlatVectorField(fieldInfo, mergeState);
        pass(Kind.FLAT_WRITER);
      }

      @Override
      public void finish() throws IOException {
        pass(Kind.FLAT_WRITER);
        delegate.finish();
        pass(Kind.FLAT_WRITER);
      }

      @Override
      public void close() throws IOException {
        delegate.close();
        pass(Kind.FLAT_WRITER);
      }

      @Override
      public long ramBytesUsed() {
        return delegate.ramBytesUsed();
      }
    };
  }

  /** Builds tell it about each of their phases; where that fails the build fails there. */
  InfoStream phases() {
    return new InfoStream() {
      @Override
      public void message(String component, String message) {
        try {
          pass(Kind.PHASE);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }

      @Override
      public boolean isEnabled(String component) {
        return component.equals(HnswGraphBuilder.HNSW_COMPONENT);
      }

      @Override
      public void close() {}
    };
  }

  /** The same executor, with the acceptance of tasks as places. */
  ExecutorService executor(ExecutorService delegate) {
    return new AbstractExecutorService() {
      @Override
      public void execute(Runnable task) {
        try {
          pass(Kind.EXECUTE);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        delegate.execute(task);
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
        return delegate.isShutdown();
      }

      @Override
      public boolean isTerminated() {
        return delegate.isTerminated();
      }

      @Override
      public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return delegate.awaitTermination(timeout, unit);
      }
    };
  }
}
